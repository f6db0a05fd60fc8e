// The gradient of x where x has one to four channels: sums over filters, a vector of filters at a
// time.
#include "backends/cpu/simd/conv_few_channels.hpp"

#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

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

extern const FewChannelsLoops few_channels_loops = {lanes, input_grad};

}  // namespace weft::cpu::WEFT_ISA
