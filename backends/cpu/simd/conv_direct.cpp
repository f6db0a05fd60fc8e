// A tile of results stays in registers while the window is gone through: some positions of a row
// times one or two vectors of filters forward; some elements of the window times the same for the
// weights' gradient, over some rows. The window's rows are read where they are, so that nothing
// is gathered.
#include "backends/cpu/simd/conv_direct.hpp"

#include "backends/cpu/simd/tiles.hpp"
#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int most = 12;
#else
constexpr int most = 6;
#endif
constexpr long width = 2 * lanes;
/// What is kept in L2 meanwhile, in floats.
constexpr long block_floats = 1 << 15;

/// Calls f.template operator()<vectors>(first) for the strips of filters.
template <class F>
WEFT_HD void each_strip(long filters, F&& f) {
  long first = 0;
  for (; first + width <= filters; first += width) f.template operator()<2>(first);
  if (first < filters) f.template operator()<1>(first);
}

/// `positions` in a row from x on, `vectors` of filters.
template <int positions, int vectors>
void forward_tile(const DirectConv& s, const float* x, const float* weights, const float* bias,
                  bool apply_relu, float* y) {
  Vector sum[positions][vectors];
  for_all<positions, vectors>([&](int p, int v) WEFT_INLINE_LAMBDA {
    sum[p][v] = bias == nullptr ? Vector{} : load_vector(bias + v * lanes);
  });
  // Three positions from each pointer: their addresses fit base + index * scale.
  constexpr int groups = (positions + 2) / 3;
  const long step = s.x_step;
  for (long r = 0; r < s.window_rows; ++r, x += s.x_window_row) {
    const float* from[groups];
    for (int i = 0; i < groups; ++i) from[i] = x + 3 * i * step;
    WEFT_UNROLL_LOOP
    for (long j = 0; j < s.run; ++j, weights += vectors * lanes) {
      Vector w[vectors];
      WEFT_UNROLL
      for (int v = 0; v < vectors; ++v) w[v] = load_vector(weights + v * lanes);
      WEFT_UNROLL
      for (int p = 0; p < positions; ++p) {
        const Vector value = all_lanes(from[p / 3][p % 3 * step]);
        WEFT_UNROLL
        for (int v = 0; v < vectors; ++v) sum[p][v] = multiply_add(value, w[v], sum[p][v]);
      }
      WEFT_UNROLL
      for (int i = 0; i < groups; ++i) ++from[i];
    }
  }
  for_all<positions, vectors>([&](int p, int v) WEFT_INLINE_LAMBDA {
    const Vector value = sum[p][v];
    store_vector(y + p * s.filters + v * lanes, apply_relu ? relu(value) : value);
  });
}

/// Some rows at a time, which stay in the cache while a strip of weights after the other is used.
void forward(const DirectConv& s, const float* x, const float* packed, const float* bias, bool relu,
             float* y) {
  const long y_down = s.columns * s.filters, floats = s.x_down + y_down;
  const long block = floats < block_floats ? block_floats / floats : 1;
  for (long first = 0; first < s.rows; first += block) {
    const long end = s.rows - first < block ? s.rows : first + block;
    each_strip(s.filters, [&]<int vectors>(long f) WEFT_INLINE_LAMBDA {
      for (long row = first; row < end; ++row) {
        for_tiles<most>(0, s.columns, [&]<int positions>(long column) WEFT_INLINE_LAMBDA {
          forward_tile<positions, vectors>(
              s, x + row * s.x_down + column * s.x_step, packed + f * s.elements(),
              bias == nullptr ? bias : bias + f, relu, y + row * y_down + column * s.filters + f);
        });
      }
    });
  }
}

/// Elements [first, first + elements) of the window where they follow each other in a row of it.
template <int elements>
struct Adjacent {
  const float* x;
  WEFT_HD Adjacent(const DirectConv& s, long first, const float* image)
      : x(image + first / s.run * s.x_window_row + first % s.run) {}
  WEFT_HD float operator()(int i, long at) const { return x[at + i]; }
  WEFT_HD void down(long floats) { x += floats; }
};

/// The same where they lie in several rows.
template <int elements>
struct Apart {
  const float* x[elements];
  WEFT_HD Apart(const DirectConv& s, long first, const float* image) {
    for (int i = 0; i < elements; ++i)
      x[i] = image + (first + i) / s.run * s.x_window_row + (first + i) % s.run;
  }
  WEFT_HD float operator()(int i, long at) const { return x[i][at]; }
  WEFT_HD void down(long floats) {
    for (int i = 0; i < elements; ++i) x[i] += floats;
  }
};

template <int elements, int vectors, template <int> class Elements>
void grad_tile(const DirectConv& s, long rows, long first, const float* x, const float* g,
               float* weights) {
  Vector sum[elements][vectors];
  for_all<elements, vectors>([&](int i, int v) WEFT_INLINE_LAMBDA { sum[i][v] = Vector{}; });
  Elements<elements> from(s, first, x);
  const long step = s.x_step, filters = s.filters, end = s.columns * step;
  for (long row = 0; row < rows; ++row) {
    WEFT_UNROLL_LOOP
    for (long at = 0; at < end; at += step, g += filters) {
      Vector dy[vectors];
      WEFT_UNROLL
      for (int v = 0; v < vectors; ++v) dy[v] = load_vector(g + v * lanes);
      WEFT_UNROLL
      for (int i = 0; i < elements; ++i) {
        const Vector value = all_lanes(from(i, at));
        WEFT_UNROLL
        for (int v = 0; v < vectors; ++v) sum[i][v] = multiply_add(value, dy[v], sum[i][v]);
      }
    }
    from.down(s.x_down);
  }
  for_all<elements, vectors>([&](int i, int v) WEFT_INLINE_LAMBDA {
    float* to = weights + (first + i) * filters + v * lanes;
    store_vector(to, load_vector(to) + sum[i][v]);
  });
}

/// The window in `parts` that have their tiles for themselves.
template <int vectors, template <int> class Elements>
void grad_strip(const DirectConv& s, long parts, long rows, const float* x, const float* g,
                float* weights) {
  const long size = s.elements() / parts;
  for (long part = 0; part < parts; ++part) {
    for_tiles<most>(part * size, (part + 1) * size,
                    [&]<int elements>(long first) WEFT_INLINE_LAMBDA {
                      grad_tile<elements, vectors, Elements>(s, rows, first, x, g, weights);
                    });
  }
}

/// Some rows at a time, whose g and x stay in the caches while elements and filters are gone
/// through.
void kernel_grad(const DirectConv& s, const float* x, const float* g, float* weights) {
  constexpr long positions = 256;
  const bool adjacent = s.run % most == 0 || s.run > 4 * most;
  long block = positions / s.columns;
  if (block * s.x_down > block_floats) block = block_floats / s.x_down;
  if (block < 1) block = 1;
  for (long row = 0; row < s.rows; row += block) {
    const long rows = s.rows - row < block ? s.rows - row : block;
    const float *from = x + row * s.x_down, *dy = g + row * s.columns * s.filters;
    each_strip(s.filters, [&]<int vectors>(long f) WEFT_INLINE_LAMBDA {
      if (adjacent)
        grad_strip<vectors, Adjacent>(s, s.window_rows, rows, from, dy + f, weights + f);
      else
        grad_strip<vectors, Apart>(s, 1, rows, from, dy + f, weights + f);
    });
  }
}

void pack(const float* weights, long elements, long filters, float* packed) {
  each_strip(filters, [&]<int vectors>(long f) WEFT_INLINE_LAMBDA {
    const float* from = weights + f;
    for (long i = 0; i < elements; ++i, from += filters, packed += vectors * lanes) {
      for (int v = 0; v < vectors; ++v)
        store_vector(packed + v * lanes, load_vector(from + v * lanes));
    }
  });
}

void pack_turned(const float* weights, long taps, long channels, long filters, float* packed) {
  each_strip(channels, [&]<int vectors>(long c) WEFT_INLINE_LAMBDA {
    for (long tap = taps; tap-- > 0;) {
      const float* from = weights + (tap * channels + c) * filters;
      for (long f = 0; f < filters; ++f, packed += vectors * lanes)
        for (int i = 0; i < vectors * lanes; ++i) packed[i] = from[i * filters + f];
    }
  });
}

}  // namespace

extern const DirectConvLoops direct_conv_loops = {lanes, pack, pack_turned, forward, kernel_grad};

}  // namespace weft::cpu::WEFT_ISA
