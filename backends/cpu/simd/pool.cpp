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
  /// The place of the first element.
  [[gnu::always_inline]] long first_place() const {
    return d.skipped * d_places + h.skipped * h_places + w.skipped;
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

/// Whether a pixel's channels fill a vector; the loops for fewer go over pixels instead.
[[gnu::always_inline]] inline bool many(const PoolGeometry& g) { return g.channels >= lanes; }

/// Calls wide(c) for channels [c, c + 4 lanes) and narrow(c) for [c, c + lanes), so that each of at
/// least `lanes` channels is met, the last ones perhaps twice.
template <class Wide, class Narrow>
[[gnu::always_inline]] inline void each_channel(long channels, Wide wide, Narrow narrow) {
  long c = 0;
  for (; c + 4 * lanes <= channels; c += 4 * lanes) wide(c);
  for (; c + lanes <= channels; c += lanes) narrow(c);
  if (c < channels) narrow(channels - lanes);
}

/// The same, each met once: one(c) for single ones.
template <class Wide, class Narrow, class One>
[[gnu::always_inline]] inline void each_channel_once(long channels, Wide wide, Narrow narrow,
                                                     One one) {
  long c = 0;
  for (; c + 4 * lanes <= channels; c += 4 * lanes) wide(c);
  for (; c + lanes <= channels; c += lanes) narrow(c);
  for (; c < channels; ++c) one(c);
}

template <int count, bool indexed>
[[gnu::always_inline]] inline void max_lanes(const Box& b, const float* x, float* y,
                                             unsigned char* index) {
  Floats most[count];
  Ints where[count];
  const float* const start = x + b.begin();
  const int place0 = static_cast<int>(b.first_place());
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

/// For few channels: calls f(offset in the image, first window, end, place) for each place of row
/// `row`'s windows, over the windows along the last axis that have it inside x; from one to the
/// next the offset grows by w.stride * channels.
template <class F>
[[gnu::always_inline]] inline void places_of_row(const PoolGeometry& g, long row, F f) {
  const Part h = part_of(g.h, row % g.h.out), d = part_of(g.d, row / g.h.out % g.d.out);
  for (long i = d.begin; i < d.end; ++i) {
    for (long j = h.begin; j < h.end; ++j) {
      const long line = (i * g.h.in + j) * g.w.in;
      const long place = (d.skipped + i - d.begin) * g.h.size + h.skipped + j - h.begin;
      for (long w = 0; w < g.w.size; ++w) {
        const long missing = g.w.before - w, left = g.w.in - 1 + missing;
        const long begin = missing > 0 ? (missing + g.w.stride - 1) / g.w.stride : 0;
        const long all = left < 0 ? 0 : left / g.w.stride + 1, end = all < g.w.out ? all : g.w.out;
        f((line + begin * g.w.stride - missing) * g.channels, begin, end, place * g.w.size + w);
      }
    }
  }
}

/// Calls f(i, k) for the elements i of windows [begin, end) of a row of y and the offsets k, from
/// `at` on, of what they see in x. `fixed`: the number of channels, or 0 when it is not known.
template <int fixed, class F>
[[gnu::always_inline]] inline void each_seen(const PoolGeometry& g, long at, long begin, long end,
                                             F f) {
  const long channels = fixed != 0 ? fixed : g.channels, step = g.w.stride * channels;
  for (long w = begin; w < end; ++w, at += step) {
    for (long c = 0; c < channels; ++c) f(w * channels + c, at + c);
  }
}

/// Calls f with the number of channels as a constant where it is a frequent one.
template <class F>
[[gnu::always_inline]] inline void with_channels(long channels, F f) {
  if (channels == 1)
    f.template operator()<1>();
  else if (channels == 3)
    f.template operator()<3>();
  else
    f.template operator()<0>();
}

// b ? x : y, without a branch: which place of a window is the largest cannot be predicted.
[[gnu::always_inline]] inline int chosen(bool b, int x, int y) {
  const int mask = -static_cast<int>(b);
  return (x & mask) | (y & ~mask);
}
[[gnu::always_inline]] inline float chosen(bool b, float x, float y) {
  return __builtin_bit_cast(float,
                            chosen(b, __builtin_bit_cast(int, x), __builtin_bit_cast(int, y)));
}

template <int fixed, bool indexed>
[[gnu::always_inline]] inline void max_few(const PoolGeometry& g, long row, const float* x,
                                           float* y, unsigned char* index) {
  windows_of_row(
      g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
        const long i = pixel - row * g.w.out * g.channels;
        for (long c = 0; c < g.channels; ++c) {
          y[i + c] = x[b.begin() + c];
          if (indexed) index[i + c] = static_cast<unsigned char>(b.first_place());
        }
      });
  places_of_row(
      g, row, [&](long at, long begin, long end, long place) __attribute__((always_inline)) {
        each_seen<fixed>(
            g, at, begin, end, [&](long i, long k) __attribute__((always_inline)) {
              const float v = x[k], most = y[i];
              const bool better = (v > most) | (v != v);
              y[i] = chosen(better, v, most);
              if (indexed)
                index[i] =
                    static_cast<unsigned char>(chosen(better, static_cast<int>(place), index[i]));
            });
      });
}

template <bool indexed>
void max_rows(const PoolGeometry& geometry, const float* x, float* y, unsigned char* index,
              long first, long last) {
  const PoolGeometry g = geometry;  // of its own: a byte that is written may be anything else
  const long line = g.w.out * g.channels;
  for (long row = first; row < last; ++row) {
    const float* image = x + row / (g.h.out * g.d.out) * g.x_image();
    if (!many(g)) {
      unsigned char* marks = indexed ? index + row * line : nullptr;
      with_channels(
          g.channels, [&]<int fixed>() __attribute__((always_inline)) {
            max_few<fixed, indexed>(g, row, image, y + row * line, marks);
          });
      continue;
    }
    windows_of_row(
        g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
          const auto part = [&]<int count>(long c) __attribute__((always_inline)) {
            max_lanes<count, indexed>(b, image + c, y + pixel + c,
                                      indexed ? index + pixel + c : nullptr);
          };
          each_channel(
              g.channels,
              [&](long c) __attribute__((always_inline)) { part.template operator()<4>(c); },
              [&](long c) __attribute__((always_inline)) { part.template operator()<1>(c); });
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

/// The number that sums of window w of a row are divided by.
[[gnu::always_inline]] inline float divisor_of(const Box& b, bool mean) {
  return mean ? static_cast<float>(b.count()) : 1.0f;
}

template <int fixed>
[[gnu::always_inline]] inline void sum_few(const PoolGeometry& g, bool mean, long row,
                                           const float* x, float* y) {
  for (long i = 0; i < g.w.out * g.channels; ++i) y[i] = 0;
  places_of_row(
      g, row, [&](long at, long begin, long end, long) __attribute__((always_inline)) {
        each_seen<fixed>(
            g, at, begin,
            end, [&](long i, long k) __attribute__((always_inline)) { y[i] += x[k]; });
      });
  windows_of_row(
      g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
        const long i = pixel - row * g.w.out * g.channels;
        for (long c = 0; c < g.channels; ++c) y[i + c] = y[i + c] / divisor_of(b, mean);
      });
}

void sum(const PoolGeometry& g, bool mean, const float* x, float* y, long first, long last) {
  for (long row = first; row < last; ++row) {
    const float* image = x + row / (g.h.out * g.d.out) * g.x_image();
    if (!many(g)) {
      with_channels(
          g.channels, [&]<int fixed>() __attribute__((always_inline)) {
            sum_few<fixed>(g, mean, row, image, y + row * g.w.out * g.channels);
          });
      continue;
    }
    windows_of_row(
        g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
          const auto part = [&]<int count>(long c) __attribute__((always_inline)) {
            sum_lanes<count>(b, divisor_of(b, mean), image + c, y + pixel + c);
          };
          each_channel(
              g.channels,
              [&](long c) __attribute__((always_inline)) { part.template operator()<4>(c); },
              [&](long c) __attribute__((always_inline)) { part.template operator()<1>(c); });
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

template <int fixed, bool once>
[[gnu::always_inline]] inline void max_grad_few(const PoolGeometry& g, long row,
                                                const unsigned char* index, const float* dy,
                                                float* dx) {
  places_of_row(
      g, row, [&](long at, long begin, long end, long place) __attribute__((always_inline)) {
        each_seen<fixed>(
            g, at, begin, end, [&](long i, long k) __attribute__((always_inline)) {
              const float part = chosen(index[i] == place, dy[i], 0.0f);
              dx[k] = once ? part : dx[k] + part;
            });
      });
}

template <bool once>
void max_grad_image(const PoolGeometry& g, const unsigned char* index, const float* dy, float* dx,
                    long image) {
  const long rows = g.d.out * g.h.out, line = g.w.out * g.channels;
  for (long row = image * rows; row < (image + 1) * rows; ++row) {
    if (!many(g)) {
      with_channels(
          g.channels, [&]<int fixed>() __attribute__((always_inline)) {
            max_grad_few<fixed, once>(g, row, index + row * line, dy + row * line, dx);
          });
      continue;
    }
    windows_of_row(
        g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
          const float* from = dy + pixel;
          const unsigned char* mark = index + pixel;
          const auto part = [&]<int count>(long c) __attribute__((always_inline)) {
            max_grad_lanes<once, count>(b, mark + c, from + c, dx + c);
          };
          const auto wide = [&](long c) __attribute__((always_inline)) {
            part.template operator()<4>(c);
          };
          const auto narrow = [&](long c) __attribute__((always_inline)) {
            part.template operator()<1>(c);
          };
          if (once) return each_channel(g.channels, wide, narrow);
          each_channel_once(
              g.channels, wide, narrow, [&](long c) __attribute__((always_inline)) {
                walk(
                    b, [&](long at, long place) __attribute__((always_inline)) {
                      dx[at + c] += mark[c] == place ? from[c] : 0.0f;
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

/// Where all of a row's windows have the same number of elements (inside x, or without `mean`).
[[gnu::always_inline]] inline bool one_divisor(const PoolGeometry& g, bool mean) {
  return !mean || (g.w.before == 0 &&
                   part_of(g.w, g.w.out - 1).end == (g.w.out - 1) * g.w.stride + g.w.size);
}

template <int fixed, bool once>
[[gnu::always_inline]] inline void spread_few(const PoolGeometry& g, float divisor, long row,
                                              const float* y, float* x) {
  places_of_row(
      g, row, [&](long at, long begin, long end, long) __attribute__((always_inline)) {
        each_seen<fixed>(
            g, at, begin, end, [&](long i, long k) __attribute__((always_inline)) {
              const float part = y[i] / divisor;
              x[k] = once ? part : x[k] + part;
            });
      });
}

template <bool once>
void spread_image(const PoolGeometry& g, bool mean, const float* y, float* x, long image) {
  const long rows = g.d.out * g.h.out, line = g.w.out * g.channels;
  for (long row = image * rows; row < (image + 1) * rows; ++row) {
    if (!many(g) && one_divisor(g, mean)) {
      const long count = (part_of(g.h, row % g.h.out).end - part_of(g.h, row % g.h.out).begin) *
                         (part_of(g.d, row / g.h.out % g.d.out).end -
                          part_of(g.d, row / g.h.out % g.d.out).begin) *
                         g.w.size;
      const float divisor = mean ? static_cast<float>(count) : 1.0f;
      with_channels(
          g.channels, [&]<int fixed>() __attribute__((always_inline)) {
            spread_few<fixed, once>(g, divisor, row, y + row * line, x);
          });
      continue;
    }
    windows_of_row(
        g, row, [&](const Box& b, long pixel) __attribute__((always_inline)) {
          const float* from = y + pixel;
          const float divisor = divisor_of(b, mean);
          const auto wide = [&](long c) __attribute__((always_inline)) {
            spread_lanes<once, 4>(b, divisor, from + c, x + c);
          };
          const auto narrow = [&](long c) __attribute__((always_inline)) {
            spread_lanes<once, 1>(b, divisor, from + c, x + c);
          };
          if (once && many(g)) return each_channel(g.channels, wide, narrow);
          each_channel_once(
              g.channels, wide, narrow, [&](long c) __attribute__((always_inline)) {
                walk(
                    b, [&](long at, long) __attribute__((always_inline)) {
                      x[at + c] = once ? from[c] / divisor : x[at + c] + from[c] / divisor;
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
