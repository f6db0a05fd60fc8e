#include "backends/cpu/simd/pool.hpp"

#include "backends/cpu/simd/lanes.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

/// The part [begin, end) of a window that lies in the input; `skipped` elements before it do not.
struct Part {
  long begin, end, skipped;
};

[[gnu::always_inline]] inline Part part_of(const PoolAxis& a, long window) {
  const long start = window * a.stride - a.before, end = start + a.size;
  return {start < 0 ? 0 : start, end > a.in ? a.in : end, start < 0 ? -start : 0};
}

/// A window: its parts along the three axes, with what is needed to walk over it.
struct Box {
  Part d, h, w;
  long d_step, h_step, w_step;  // in elements of x
  long d_places, h_places;      // places in the window
  [[gnu::always_inline]] long count() const {
    return (d.end - d.begin) * (h.end - h.begin) * (w.end - w.begin);
  }
  [[gnu::always_inline]] long begin() const {
    return d.begin * d_step + h.begin * h_step + w.begin * w_step;
  }
};

/// Calls f(offset in the image, place in the window) for every element of the window.
template <class F>
[[gnu::always_inline]] inline void walk(const Box& b, F f) {
  for (long d = b.d.begin; d < b.d.end; ++d) {
    for (long h = b.h.begin; h < b.h.end; ++h) {
      long at = d * b.d_step + h * b.h_step + b.w.begin * b.w_step;
      long place = (b.d.skipped + d - b.d.begin) * b.d_places +
                   (b.h.skipped + h - b.h.begin) * b.h_places + b.w.skipped;
      for (long w = b.w.begin; w < b.w.end; ++w, at += b.w_step, ++place) f(at, place);
    }
  }
}

/// Calls wide(c) for channels [c, c + 4 lanes), narrow(c) for [c, c + lanes) and one(c) for single
/// ones, so that every channel is met. `again`: one may be met twice (then the last lanes overlap).
template <bool again, class Wide, class Narrow, class One>
[[gnu::always_inline]] inline void each_channel(long channels, Wide wide, Narrow narrow, One one) {
  long c = 0;
  for (; c + 4 * lanes <= channels; c += 4 * lanes) wide(c);
  for (; c + lanes <= channels; c += lanes) narrow(c);
  if (again && c < channels && channels >= lanes) {
    narrow(channels - lanes);
    return;
  }
  for (; c < channels; ++c) one(c);
}

template <int count, bool indexed>
[[gnu::always_inline]] inline void max_lanes(const Box& b, const float* x, float* y,
                                             unsigned char* index) {
  Floats most[count];
  Ints where[count];
  const float* const start = x + b.begin();
  const int place0 =
      static_cast<int>(b.d.skipped * b.d_places + b.h.skipped * b.h_places + b.w.skipped);
  for (int i = 0; i < count; ++i) {
    most[i] = load_lanes<Floats>(start + i * lanes);
    where[i] = Ints{} + place0;
  }
  walk(
      b, [&](long at, long place) __attribute__((always_inline)) {
        for (int i = 0; i < count; ++i) {
          const Floats v = load_lanes<Floats>(x + at + i * lanes);
          const Ints better = (v > most[i]) | (v != v);
          most[i] = better ? v : most[i];
          if (indexed) where[i] = better ? Ints{} + static_cast<int>(place) : where[i];
        }
      });
  for (int i = 0; i < count; ++i) {
    store_lanes(y + i * lanes, most[i]);
    if (indexed) store_lanes(index + i * lanes, __builtin_convertvector(where[i], Bytes));
  }
}

template <bool indexed>
[[gnu::always_inline]] inline void max_one(const Box& b, const float* x, float* y,
                                           unsigned char* index) {
  float most = x[b.begin()];
  long where = b.d.skipped * b.d_places + b.h.skipped * b.h_places + b.w.skipped;
  walk(
      b, [&](long at, long place) __attribute__((always_inline)) {
        const float v = x[at];
        const bool better = (v > most) | (v != v);
        most = better ? v : most;
        where = better ? place : where;
      });
  *y = most;
  if (indexed) *index = static_cast<unsigned char>(where);
}

/// Calls f(box, offset of its pixel in y) for the windows of row `row` of rows().
template <class F>
[[gnu::always_inline]] inline void windows_of_row(const PoolGeometry& g, long row, F f) {
  Box b;
  b.w_step = g.channels;
  b.h_step = g.w.in * g.channels;
  b.d_step = g.h.in * b.h_step;
  b.h_places = g.w.size;
  b.d_places = g.h.size * g.w.size;
  b.h = part_of(g.h, row % g.h.out);
  b.d = part_of(g.d, row / g.h.out % g.d.out);
  for (long w = 0; w < g.w.out; ++w) {
    b.w = part_of(g.w, w);
    f(b, (row * g.w.out + w) * g.channels);
  }
}

template <bool indexed>
void max_rows(const PoolGeometry& g, const float* x, float* y, unsigned char* index, long first,
              long last) {
  for (long row = first; row < last; ++row) {
    const float* image = x + row / (g.h.out * g.d.out) * g.x_image();
    windows_of_row(
        g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
          float* to = y + pixel;
          unsigned char* mark = indexed ? index + pixel : nullptr;
          each_channel<true>(
              g.channels,
              [&](long c) __attribute__((always_inline)) {
                max_lanes<4, indexed>(b, image + c, to + c, indexed ? mark + c : nullptr);
              },
              [&](long c) __attribute__((always_inline)) {
                max_lanes<1, indexed>(b, image + c, to + c, indexed ? mark + c : nullptr);
              },
              [&](long c) __attribute__((always_inline)) {
                max_one<indexed>(b, image + c, to + c, indexed ? mark + c : nullptr);
              });
        });
  }
}

void max(const PoolGeometry& g, const float* x, float* y, unsigned char* index, long first,
         long last) {
  if (index != nullptr)
    max_rows<true>(g, x, y, index, first, last);
  else
    max_rows<false>(g, x, y, nullptr, first, last);
}

template <int count>
[[gnu::always_inline]] inline void sum_lanes(const Box& b, float divisor, const float* x,
                                             float* y) {
  Floats total[count] = {};
  walk(
      b, [&](long at, long) __attribute__((always_inline)) {
        for (int i = 0; i < count; ++i) total[i] += load_lanes<Floats>(x + at + i * lanes);
      });
  for (int i = 0; i < count; ++i) store_lanes(y + i * lanes, total[i] / divisor);
}

void sum(const PoolGeometry& g, bool mean, const float* x, float* y, long first, long last) {
  for (long row = first; row < last; ++row) {
    const float* image = x + row / (g.h.out * g.d.out) * g.x_image();
    windows_of_row(
        g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
          float* to = y + pixel;
          const float divisor = mean ? static_cast<float>(b.count()) : 1.0f;
          each_channel<true>(
              g.channels,
              [&](long c)
                  __attribute__((always_inline)) { sum_lanes<4>(b, divisor, image + c, to + c); },
              [&](long c)
                  __attribute__((always_inline)) { sum_lanes<1>(b, divisor, image + c, to + c); },
              [&](long c) __attribute__((always_inline)) {
                float total = 0;
                walk(
                    b, [&](long at, long)
                           __attribute__((always_inline)) { total += image[at + c]; });
                to[c] = total / divisor;
              });
        });
  }
}

/// What the windows leave of x, where they lie side by side: everything behind the last ones.
[[gnu::always_inline]] inline long covered(const PoolAxis& a) { return part_of(a, a.out - 1).end; }
[[gnu::always_inline]] inline bool side_by_side(const PoolAxis& a) { return a.stride == a.size; }

void zero(float* x, long count) {
  for (long i = 0; i < count; ++i) x[i] = 0;
}

/// Whether each element of x is in at most one window and those in none are behind the last; else
/// every element is made 0 now, to be added to. Sets the ones behind the last to 0.
bool begin_image(const PoolGeometry& g, float* x) {
  if (!side_by_side(g.d) || !side_by_side(g.h) || !side_by_side(g.w)) {
    zero(x, g.x_image());
    return false;
  }
  const long row = g.w.in * g.channels, depth = covered(g.d), height = covered(g.h),
             width = covered(g.w) * g.channels;
  for (long d = 0; d < depth; ++d) {
    float* plane = x + d * g.h.in * row;
    if (width < row) {
      for (long h = 0; h < height; ++h) zero(plane + h * row + width, row - width);
    }
    zero(plane + height * row, (g.h.in - height) * row);
  }
  zero(x + depth * g.h.in * row, (g.d.in - depth) * g.h.in * row);
  return true;
}

template <bool once, int count>
[[gnu::always_inline]] inline void max_grad_lanes(const Box& b, const unsigned char* index,
                                                  const float* dy, float* dx) {
  Floats flow[count];
  Ints where[count];
  for (int i = 0; i < count; ++i) {
    flow[i] = load_lanes<Floats>(dy + i * lanes);
    where[i] = __builtin_convertvector(load_lanes<Bytes>(index + i * lanes), Ints);
  }
  walk(
      b, [&](long at, long place) __attribute__((always_inline)) {
        for (int i = 0; i < count; ++i) {
          float* to = dx + at + i * lanes;
          const Floats part = where[i] == static_cast<int>(place) ? flow[i] : Floats{};
          store_lanes(to, once ? part : load_lanes<Floats>(to) + part);
        }
      });
}

template <bool once>
void max_grad_image(const PoolGeometry& g, const unsigned char* index, const float* dy, float* dx,
                    long image) {
  const long rows = g.d.out * g.h.out;
  for (long row = image * rows; row < (image + 1) * rows; ++row) {
    windows_of_row(
        g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
          const float* from = dy + pixel;
          const unsigned char* mark = index + pixel;
          each_channel<once>(
              g.channels,
              [&](long c) __attribute__((always_inline)) {
                max_grad_lanes<once, 4>(b, mark + c, from + c, dx + c);
              },
              [&](long c) __attribute__((always_inline)) {
                max_grad_lanes<once, 1>(b, mark + c, from + c, dx + c);
              },
              [&](long c) __attribute__((always_inline)) {
                walk(
                    b, [&](long at, long place) __attribute__((always_inline)) {
                      const float part = mark[c] == place ? from[c] : 0.0f;
                      dx[at + c] = once ? part : dx[at + c] + part;
                    });
              });
        });
  }
}

void max_grad(const PoolGeometry& g, const unsigned char* index, const float* dy, float* dx,
              long first, long last) {
  for (long image = first; image < last; ++image) {
    float* to = dx + image * g.x_image();
    if (begin_image(g, to))
      max_grad_image<true>(g, index, dy, to, image);
    else
      max_grad_image<false>(g, index, dy, to, image);
  }
}

template <bool once, int count>
[[gnu::always_inline]] inline void spread_lanes(const Box& b, float divisor, const float* y,
                                                float* x) {
  Floats part[count];
  for (int i = 0; i < count; ++i) part[i] = load_lanes<Floats>(y + i * lanes) / divisor;
  walk(
      b, [&](long at, long) __attribute__((always_inline)) {
        for (int i = 0; i < count; ++i) {
          float* to = x + at + i * lanes;
          store_lanes(to, once ? part[i] : load_lanes<Floats>(to) + part[i]);
        }
      });
}

template <bool once>
void spread_image(const PoolGeometry& g, bool mean, const float* y, float* x, long image) {
  const long rows = g.d.out * g.h.out;
  for (long row = image * rows; row < (image + 1) * rows; ++row) {
    windows_of_row(
        g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
          const float* from = y + pixel;
          const float divisor = mean ? static_cast<float>(b.count()) : 1.0f;
          each_channel<once>(
              g.channels,
              [&](long c) __attribute__((always_inline)) {
                spread_lanes<once, 4>(b, divisor, from + c, x + c);
              },
              [&](long c) __attribute__((always_inline)) {
                spread_lanes<once, 1>(b, divisor, from + c, x + c);
              },
              [&](long c) __attribute__((always_inline)) {
                const float part = from[c] / divisor;
                walk(
                    b, [&](long at, long) __attribute__((always_inline)) {
                      x[at + c] = once ? part : x[at + c] + part;
                    });
              });
        });
  }
}

void spread(const PoolGeometry& g, bool mean, const float* y, float* x, long first, long last) {
  for (long image = first; image < last; ++image) {
    float* to = x + image * g.x_image();
    if (begin_image(g, to))
      spread_image<true>(g, mean, y, to, image);
    else
      spread_image<false>(g, mean, y, to, image);
  }
}

}  // namespace

const PoolLoops pool_loops = {max, max_grad, sum, spread};

}  // namespace weft::cpu::WEFT_ISA
