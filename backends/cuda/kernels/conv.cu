// conv, conv_input_grad and conv_kernel_grad for every floating type: products of matrices that are
// nowhere in memory, tile by tile through shared memory, sums in float32 (float64 for float64).
#include "backends/cuda/partial_sums.hpp"
#include "backends/cuda/tile_product.hpp"
#include "backends/shapes/conv_shape.hpp"

namespace weft::cuda {
namespace {

/// A convolution, and how its numbers come apart.
struct Conv : ConvShape {
  IndexDivisor image_in, row_in[2], image_out, row_out[2];  ///< a pixel's image and coordinates
  IndexDivisor tap_channels, tap_filters, tap[2];           ///< a term's tap, its channel or filter
  IndexDivisor by_stride[3];

  explicit Conv(const KernelRequest& r) : ConvShape(r) {
    image_in = IndexDivisor(pixels_in());
    image_out = IndexDivisor(pixels_out());
    for (int d = 0; d < 2; ++d) {
      row_in[d] = IndexDivisor(d == 0 ? in[1] * in[2] : in[2]);
      row_out[d] = IndexDivisor(d == 0 ? out[1] * out[2] : out[2]);
      tap[d] = IndexDivisor(d == 0 ? window[1] * window[2] : window[2]);
    }
    tap_channels = IndexDivisor(channels_per_group());
    tap_filters = IndexDivisor(filters_per_group());
    for (int d = 0; d < 3; ++d) by_stride[d] = IndexDivisor(stride[d]);
  }
};

/// The three coordinates of a pixel, a position or a tap.
WEFT_HD void coordinates(const IndexDivisor by[2], std::int64_t number, std::int64_t at[3]) {
  std::int64_t rest = 0;
  at[0] = by[0].divide(number, rest);
  at[1] = by[1].divide(rest, at[2]);
}

/// x as a matrix: a line for each position of the output, in it all that the position's window
/// sees, channel by channel, tap by tap. `x` begins at the group's first channel.
template <class T>
struct Patches {
  using Value = Compute<T>;
  struct Line {
    const T* image;
    std::int64_t first[3];
  };
  struct Term {
    std::int64_t channel, offset[3];
  };
  const Conv& s;
  const T* x;

  __device__ static bool terms_first() { return true; }
  __device__ Line line(std::int64_t position) const {
    Line to;
    std::int64_t number = 0, o[3];
    to.image = x + s.image_out.divide(position, number) * s.pixels_in() * s.channels;
    coordinates(s.row_out, number, o);
    for (int d = 0; d < 3; ++d) to.first[d] = o[d] * s.stride[d] - s.before[d];
    return to;
  }
  __device__ Term term(std::int64_t number) const {
    Term to;
    std::int64_t k[3];
    coordinates(s.tap, s.tap_channels.divide(number, to.channel), k);
    for (int d = 0; d < 3; ++d) to.offset[d] = k[d] * s.dilation[d];
    return to;
  }
  __device__ Value at(const Line& line, const Term& term) const {
    std::int64_t pixel = 0;
    for (int d = 0; d < 3; ++d) {
      const std::int64_t i = line.first[d] + term.offset[d];
      if (i < 0 || i >= s.in[d]) return Value(0);
      pixel = pixel * s.in[d] + i;
    }
    return load(line.image[pixel * s.channels + term.channel]);
  }
};

/// The gradient of y as a matrix: a line for each pixel of x, in it the gradients of all positions
/// whose windows reach the pixel, filter by filter, tap by tap. `g` begins at the group's first
/// filter.
template <class T>
struct Reaches {
  using Value = Compute<T>;
  struct Line {
    const T* image;
    std::int64_t at[3];
  };
  struct Term {
    std::int64_t filter, offset[3];
  };
  const Conv& s;
  const T* g;

  __device__ static bool terms_first() { return true; }
  __device__ Line line(std::int64_t pixel) const {
    Line to;
    std::int64_t number = 0;
    to.image = g + s.image_in.divide(pixel, number) * s.pixels_out() * s.filters;
    coordinates(s.row_in, number, to.at);
    for (int d = 0; d < 3; ++d) to.at[d] += s.before[d];
    return to;
  }
  __device__ Term term(std::int64_t number) const {
    Term to;
    std::int64_t k[3];
    coordinates(s.tap, s.tap_filters.divide(number, to.filter), k);
    for (int d = 0; d < 3; ++d) to.offset[d] = k[d] * s.dilation[d];
    return to;
  }
  __device__ Value at(const Line& line, const Term& term) const {
    std::int64_t position = 0;
    for (int d = 0; d < 3; ++d) {
      const std::int64_t distance = line.at[d] - term.offset[d];
      if (distance < 0) return Value(0);
      std::int64_t between = 0;
      const std::int64_t o = s.by_stride[d].divide(distance, between);
      if (between != 0 || o >= s.out[d]) return Value(0);
      position = position * s.out[d] + o;
    }
    return load(line.image[position * s.filters + term.filter]);
  }
};

/// The kernel as the input's gradient reads it: a line for each channel, a term for each filter of
/// each tap. `kernel` begins at the group's first filter.
template <class T>
struct KernelLines {
  using Value = Compute<T>;
  using Line = const T*;
  using Term = std::int64_t;
  const Conv& s;
  const T* kernel;

  __device__ static bool terms_first() { return true; }
  __device__ Line line(std::int64_t channel) const { return kernel + channel * s.filters; }
  __device__ Term term(std::int64_t number) const {
    std::int64_t filter = 0;
    const std::int64_t tap = s.tap_filters.divide(number, filter);
    return tap * s.channels_per_group() * s.filters + filter;
  }
  __device__ Value at(Line line, Term term) const { return load(line[term]); }
};

/// A factor whose lines are another's terms.
template <class F>
struct Turned {
  using Value = typename F::Value;
  using Line = typename F::Term;
  using Term = typename F::Line;
  F of;

  __device__ static bool terms_first() { return false; }
  __device__ Line line(std::int64_t i) const { return of.term(i); }
  __device__ Term term(std::int64_t k) const { return of.line(k); }
  __device__ Value at(const Line& line, const Term& term) const { return of.at(term, line); }
};

template <class Tiles>
WEFT_HD TileGrid<Tiles> forward_grid(const Conv& s) {
  return {s.batch * s.pixels_out(), s.filters_per_group()};
}
template <class Tiles>
WEFT_HD TileGrid<Tiles> input_grid(const Conv& s) {
  return {s.batch * s.pixels_in(), s.channels_per_group()};
}
template <class Tiles>
WEFT_HD TileGrid<Tiles> kernel_grid(const Conv& s) {
  return {s.taps() * s.channels_per_group(), s.filters_per_group()};
}

template <class T, class R, class Tiles>
__global__ void forward_kernel(Conv s, const T* x, const T* kernel, const R* bias, bool relu,
                               R* y) {
  using C = Compute<T>;
  const auto grid = forward_grid<Tiles>(s);
  for (std::int64_t group = blockIdx.z; group < s.groups; group += gridDim.z) {
    const std::int64_t first = group * s.filters_per_group();
    const Patches<T> left{s, x + group * s.channels_per_group()};
    const StoredFactor<T> right{kernel + first, s.filters, false};
    for_each_row(grid.count(), [&](std::int64_t tile) {
      C sums[Tiles::own][Tiles::own] = {};
      tile_product(grid, tile, 0, s.taps() * s.channels_per_group(), left, right, sums);
      each_sum(grid, tile, sums, [&](std::int64_t i, std::int64_t j, C sum) {
        if (bias != nullptr) sum += static_cast<C>(load(bias[first + j]));
        if (relu && !(sum > 0) && sum == sum) sum = 0;
        y[i * s.filters + first + j] = store<R>(sum);
      });
    });
  }
}

template <class T, class R, class Tiles>
__global__ void input_grad_kernel(Conv s, const T* g, const T* kernel, R* dx) {
  using C = Compute<T>;
  const auto grid = input_grid<Tiles>(s);
  for (std::int64_t group = blockIdx.z; group < s.groups; group += gridDim.z) {
    const std::int64_t first = group * s.filters_per_group();
    const Reaches<T> left{s, g + first};
    const KernelLines<T> right{s, kernel + first};
    R* to = dx + group * s.channels_per_group();
    for_each_row(grid.count(), [&](std::int64_t tile) {
      C sums[Tiles::own][Tiles::own] = {};
      tile_product(grid, tile, 0, s.taps() * s.filters_per_group(), left, right, sums);
      each_sum(grid, tile, sums, [&](std::int64_t i, std::int64_t j, C sum) {
        to[i * s.channels + j] = store<R>(sum);
      });
    });
  }
}

/// The sums over a part of the positions, `out` [parts, taps, channels / groups, filters].
template <class T, class R, class Tiles>
__global__ void kernel_grad_kernel(Conv s, std::int64_t parts, const T* x, const T* g, R* out) {
  using C = Compute<T>;
  const auto grid = kernel_grid<Tiles>(s);
  const std::int64_t positions = s.batch * s.pixels_out();
  for (std::int64_t z = blockIdx.z; z < s.groups * parts; z += gridDim.z) {
    const std::int64_t group = z % s.groups, part = z / s.groups;
    const std::int64_t first = group * s.filters_per_group();
    const Turned<Patches<T>> left{{s, x + group * s.channels_per_group()}};
    const StoredFactor<T> right{g + first, s.filters, false};
    R* to = out + part * grid.m * s.filters + first;
    for_each_row(grid.count(), [&](std::int64_t tile) {
      C sums[Tiles::own][Tiles::own] = {};
      tile_product(grid, tile, positions * part / parts, positions * (part + 1) / parts, left,
                   right, sums);
      each_sum(grid, tile, sums, [&](std::int64_t i, std::int64_t j, C sum) {
        to[i * s.filters + j] = store<R>(sum);
      });
    });
  }
}

/// Calls f(Type<LargeTile>) or f(Type<SmallTile>) for sums [m, n] of `groups` products.
template <class F>
void choose_tiles(std::int64_t m, std::int64_t n, std::int64_t groups, F&& f) {
  if (large_tiles_fill(m, n, groups))
    f(Type<LargeTile>());
  else
    f(Type<SmallTile>());
}

PreparedKernel prepare_forward(const KernelRequest& r, std::string& why_not) {
  const Conv s(r);
  const bool bias = r.inputs.size() == 3;
  const bool relu = r.attrs.get<std::string>("activation", "") == "relu";
  return dispatch_product<Types::floating>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return PreparedKernel{.run = [=](const KernelArgs& a) {
      choose_tiles(s.batch * s.pixels_out(), s.filters_per_group(), s.groups,
                   [&]<class Tiles>(Type<Tiles>) {
                     launch(forward_kernel<T, R, Tiles>,
                            forward_grid<Tiles>(s).launch_shape(s.groups), a.stream, s, a.in<T>(0),
                            a.in<T>(1), bias ? a.in<R>(2) : nullptr, relu, a.out<R>(0));
                   });
    }};
  });
}

PreparedKernel prepare_input_grad(const KernelRequest& r, std::string& why_not) {
  return dispatch_product<Types::floating>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return PreparedKernel{.run = [s = Conv(r)](const KernelArgs& a) {
      choose_tiles(
          s.batch * s.pixels_in(), s.channels_per_group(), s.groups, [&]<class Tiles>(Type<Tiles>) {
            launch(input_grad_kernel<T, R, Tiles>, input_grid<Tiles>(s).launch_shape(s.groups),
                   a.stream, s, a.in<T>(0), a.in<T>(1), a.out<R>(0));
          });
    }};
  });
}

/// Large tiles where neither side of the gradient wastes half of one.
bool large_kernel_tiles(const Conv& s) {
  return s.taps() * s.channels_per_group() > 32 && s.filters_per_group() > 32;
}

template <class T, class R, class Tiles>
PreparedKernel kernel_grad_of(const Conv& s) {
  using C = Compute<T>;
  const auto grid = kernel_grid<Tiles>(s);
  const std::int64_t size = grid.m * s.filters;
  const std::size_t bytes = static_cast<std::size_t>(size) * sizeof(C);
  const std::int64_t parts =
      parts_of_sum(s.batch * s.pixels_out(), grid.count() * s.groups, 256, bytes);
  if (parts == 1) {
    return {.run = [=](const KernelArgs& a) {
      launch(kernel_grad_kernel<T, R, Tiles>, grid.launch_shape(s.groups), a.stream, s,
             std::int64_t{1}, a.in<T>(0), a.in<T>(1), a.out<R>(0));
    }};
  }
  return {.run =
              [=](const KernelArgs& a) {
                auto* partial = static_cast<C*>(a.workspace);
                launch(kernel_grad_kernel<T, C, Tiles>, grid.launch_shape(s.groups * parts),
                       a.stream, s, parts, a.in<T>(0), a.in<T>(1), partial);
                launch_partial_sums(size, parts, partial, a.out<R>(0), a.stream);
              },
          .workspace_bytes = bytes * static_cast<std::size_t>(parts)};
}

PreparedKernel prepare_kernel_grad(const KernelRequest& r, std::string& why_not) {
  const Conv s(r);
  return dispatch_product<Types::floating>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return large_kernel_tiles(s) ? kernel_grad_of<T, R, LargeTile>(s)
                                 : kernel_grad_of<T, R, SmallTile>(s);
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_conv(KernelTable& table) {
  // The last resort: a library's are faster.
  table.add("conv", {.name = "plain", .reference = true, .prepare = cuda::prepare_forward});
  table.add("conv_input_grad",
            {.name = "plain", .reference = true, .prepare = cuda::prepare_input_grad});
  table.add("conv_kernel_grad",
            {.name = "plain", .reference = true, .prepare = cuda::prepare_kernel_grad});
}

}  // namespace weft::registration
