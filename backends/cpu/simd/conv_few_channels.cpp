// A tile of results stays in registers while the window is gone through: some positions of a row
// times one or two vectors of filters forward; some elements of the window times the same for the
// weights' gradient, over some rows. The window's rows are read where they are, so that nothing
// is gathered.
#include "backends/cpu/simd/conv_few_channels.hpp"

#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

#if defined(__AVX512F__)
constexpr long tile = 12;
#else
constexpr long tile = 6;
#endif

/// `positions` in a row from x on, `vectors` of filters.
template <int positions, int vectors>
void forward_tile(const FewChannels& s, const float* x, const float* weights, const float* bias,
                  bool apply_relu, float* y) {
  Vector sum[positions][vectors];
  for (int v = 0; v < vectors; ++v) {
    const Vector first = bias == nullptr ? Vector{} : load_vector(bias + v * lanes);
    for (int p = 0; p < positions; ++p) sum[p][v] = first;
  }
  const long step = s.x_step;
  for (long r = 0; r < s.window_rows; ++r, x += s.x_window_row) {
    // Three positions from each pointer: their addresses fit base + index * scale.
    const float* from[(positions + 2) / 3];
    for (int i = 0; i < (positions + 2) / 3; ++i) from[i] = x + 3 * i * step;
    for (long j = 0; j < s.run; ++j, weights += s.filters) {
      Vector w[vectors];
      for (int v = 0; v < vectors; ++v) w[v] = load_vector(weights + v * lanes);
      for (int p = 0; p < positions; ++p) {
        const Vector value = all_lanes(from[p / 3][p % 3 * step]);
        for (int v = 0; v < vectors; ++v) sum[p][v] = multiply_add(value, w[v], sum[p][v]);
      }
      for (int i = 0; i < (positions + 2) / 3; ++i) ++from[i];
    }
  }
  for (int p = 0; p < positions; ++p) {
    for (int v = 0; v < vectors; ++v) {
      const Vector value = sum[p][v];
      store_vector(y + p * s.filters + v * lanes, apply_relu ? relu(value) : value);
    }
  }
}

template <int vectors>
void forward_row(const FewChannels& s, const float* x, const float* weights, const float* bias,
                 bool relu, float* y) {
  using Tile = void (*)(const FewChannels&, const float*, const float*, const float*, bool, float*);
  static constexpr Tile tiles[] = {
      nullptr,
      forward_tile<1, vectors>,
      forward_tile<2, vectors>,
      forward_tile<3, vectors>,
      forward_tile<4, vectors>,
      forward_tile<5, vectors>,
      forward_tile<6, vectors>,
      forward_tile<(tile > 7 ? 7 : 1), vectors>,
      forward_tile<(tile > 7 ? 8 : 1), vectors>,
      forward_tile<(tile > 7 ? 9 : 1), vectors>,
      forward_tile<(tile > 7 ? 10 : 1), vectors>,
      forward_tile<(tile > 7 ? 11 : 1), vectors>,
      forward_tile<(tile > 7 ? 12 : 1), vectors>,
  };
  // Tiles of about one size: a small one at the end would wait for its few sums.
  const long count = (s.columns + tile - 1) / tile;
  for (long i = 0; i < count; ++i) {
    const long begin = s.columns * i / count, end = s.columns * (i + 1) / count;
    tiles[end - begin](s, x + begin * s.x_step, weights, bias, relu, y + begin * s.filters);
  }
}

/// All filters of a row before the next: the row of y stays in the cache.
void forward(const FewChannels& s, const float* x, const float* weights, const float* bias,
             bool relu, float* y) {
  for (long row = 0; row < s.rows; ++row, x += s.x_down, y += s.columns * s.filters) {
    long f = 0;
    for (; f + 2 * lanes <= s.filters; f += 2 * lanes)
      forward_row<2>(s, x, weights + f, bias == nullptr ? bias : bias + f, relu, y + f);
    if (f < s.filters)
      forward_row<1>(s, x, weights + f, bias == nullptr ? bias : bias + f, relu, y + f);
  }
}

/// Elements [first, first + elements) of the window, in Keras's order.
template <int elements, int vectors>
void grad_tile(const FewChannels& s, long rows, long first, const float* x, const float* g,
               float* weights) {
  Vector sum[elements][vectors] = {};
  long offset[elements];
  for (int i = 0; i < elements; ++i)
    offset[i] = (first + i) / s.run * s.x_window_row + (first + i) % s.run;
  for (long row = 0; row < rows; ++row) {
    const float* from[elements];
    for (int i = 0; i < elements; ++i) from[i] = x + row * s.x_down + offset[i];
    long at = 0;
    for (long column = 0; column < s.columns; ++column, g += s.filters, at += s.x_step) {
      Vector dy[vectors];
      for (int v = 0; v < vectors; ++v) dy[v] = load_vector(g + v * lanes);
      for (int i = 0; i < elements; ++i) {
        const Vector value = all_lanes(from[i][at]);
        for (int v = 0; v < vectors; ++v) sum[i][v] = multiply_add(value, dy[v], sum[i][v]);
      }
    }
  }
  for (int i = 0; i < elements; ++i) {
    for (int v = 0; v < vectors; ++v) {
      float* to = weights + (first + i) * s.filters + v * lanes;
      store_vector(to, load_vector(to) + sum[i][v]);
    }
  }
}

template <int vectors>
void grad_strip(const FewChannels& s, long rows, const float* x, const float* g, float* weights) {
  const long window = s.window_rows * s.run;
  long i = 0;
  for (; i + 6 <= window; i += 6) grad_tile<6, vectors>(s, rows, i, x, g, weights);
  switch (window - i) {
    case 5:
      return grad_tile<5, vectors>(s, rows, i, x, g, weights);
    case 4:
      return grad_tile<4, vectors>(s, rows, i, x, g, weights);
    case 3:
      return grad_tile<3, vectors>(s, rows, i, x, g, weights);
    case 2:
      return grad_tile<2, vectors>(s, rows, i, x, g, weights);
    case 1:
      return grad_tile<1, vectors>(s, rows, i, x, g, weights);
    default:
      return;
  }
}

/// Some rows at a time, whose g stays in the first cache while elements and filters are gone
/// through.
void kernel_grad(const FewChannels& s, const float* x, const float* g, float* weights) {
  constexpr long most = 4096;  // floats
  const long width = s.columns * s.filters, block = width < most ? most / width : 1;
  for (long row = 0; row < s.rows; row += block) {
    const long rows = s.rows - row < block ? s.rows - row : block;
    const float *from = x + row * s.x_down, *dy = g + row * width;
    long f = 0;
    for (; f + 2 * lanes <= s.filters; f += 2 * lanes)
      grad_strip<2>(s, rows, from, dy + f, weights + f);
    if (f < s.filters) grad_strip<1>(s, rows, from, dy + f, weights + f);
  }
}

/// The sum of a vector's elements.
WEFT_HD float total(Vector v) {
#if defined(__AVX2__)
#if defined(__AVX512F__)
  // What g++ 12 offers for the halves warns of its own header.
  const __m256 half = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                      __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
#else
  const __m256 half = v;
#endif
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
#else
  return (v[0] + v[2]) + (v[1] + v[3]);
#endif
}

/// The elements [first, end) of the window that reach pixels [pixel, pixel + pixels) from positions
/// that there are; `size` positions.
WEFT_HD void reaching(long pixel, long pixels, long before, long dilation, long window, long size,
                      long& first, long& end) {
  // 0 <= pixel + before - k * dilation, and the last pixel's is below size.
  const long high = pixel + before, low = pixel + pixels - 1 + before - size + 1;
  first = low <= 0 ? 0 : (low + dilation - 1) / dilation;
  end = high < 0 ? 0 : high / dilation + 1;
  if (end > window) end = window;
}

/// `pixels` of a row of x from `column` on: their sums over filters lie side by side in vectors.
template <int pixels, int channels>
void input_tile(const FewChannelsInput& s, long row, long column, const float* g,
                const float* weights, float* dx) {
  Vector sum[pixels][channels] = {};
  long first_row, end_row, first, end;
  reaching(row, 1, s.row_before, s.row_dilation, s.window_rows, s.rows, first_row, end_row);
  reaching(column, pixels, s.column_before, s.column_dilation, s.window_columns, s.columns, first,
           end);
  for (long r = first_row; r < end_row; ++r) {
    const long line = (row + s.row_before - r * s.row_dilation) * s.columns;
    for (long k = first; k < end; ++k) {
      const float* from = g + (line + column + s.column_before - k * s.column_dilation) * s.filters;
      const float* w = weights + (r * s.window_columns + k) * channels * s.filters;
      for (long f = 0; f < s.filters; f += lanes) {
        Vector weight[channels];
        for (int c = 0; c < channels; ++c) weight[c] = load_vector(w + c * s.filters + f);
        for (int p = 0; p < pixels; ++p) {
          const Vector dy = load_vector(from + p * s.filters + f);
          for (int c = 0; c < channels; ++c) sum[p][c] = multiply_add(dy, weight[c], sum[p][c]);
        }
      }
    }
  }
  for (int p = 0; p < pixels; ++p)
    for (int c = 0; c < channels; ++c) dx[p * channels + c] = total(sum[p][c]);
}

template <int channels>
void input_rows(const FewChannelsInput& s, const float* g, const float* weights, float* dx) {
  constexpr int pixels = 8 / channels;
  // Pixels that all of the window's columns reach: in tiles; the others one by one.
  const long reach = (s.window_columns - 1) * s.column_dilation;
  const long inner = reach > s.column_before ? reach - s.column_before : 0;
  const long outer =
      s.columns - s.column_before < s.in_columns ? s.columns - s.column_before : s.in_columns;
  for (long row = 0; row < s.in_rows; ++row) {
    float* to = dx + row * s.in_columns * channels;
    for (long column = 0; column < s.in_columns;) {
      if (column >= inner && column + pixels <= outer) {
        input_tile<pixels, channels>(s, row, column, g, weights, to + column * channels);
        column += pixels;
      } else {
        input_tile<1, channels>(s, row, column, g, weights, to + column * channels);
        ++column;
      }
    }
  }
}

void input_grad(const FewChannelsInput& s, const float* g, const float* weights, float* dx) {
  switch (s.channels) {
    case 1:
      return input_rows<1>(s, g, weights, dx);
    case 2:
      return input_rows<2>(s, g, weights, dx);
    case 3:
      return input_rows<3>(s, g, weights, dx);
    default:
      return input_rows<4>(s, g, weights, dx);
  }
}

}  // namespace

extern const FewChannelsLoops few_channels_loops = {lanes, forward, kernel_grad, input_grad};

}  // namespace weft::cpu::WEFT_ISA
