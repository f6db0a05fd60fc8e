// conv, conv_input_grad and conv_kernel_grad where every channel has its own filters: a thread to a
// few channels of a pixel, bound by memory. Sums in float32 (float64 for float64).
#include <limits>

#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/multiply_add.hpp"
#include "backends/cuda/partial_sums.hpp"
#include "backends/shapes/conv_shape.hpp"

namespace weft::cuda {
namespace {

/// Which elements a thread has: `lanes` channels (or filters) of `strip` neighbouring pixels.
struct Threads {
  std::int64_t count = 0;
  int strip = 1;
  Divisor vectors, strips, rows, planes;

  Threads() = default;
  Threads(std::int64_t batch, const int size[3], int channels, int lanes, int pixels)
      : strip(pixels) {
    const auto divisor = [](int n) { return Divisor(static_cast<std::uint32_t>(n > 0 ? n : 1)); };
    const int along = (size[2] + pixels - 1) / pixels, across = channels / lanes;
    vectors = divisor(across);
    strips = divisor(along);
    rows = divisor(size[1]);
    planes = divisor(size[0]);
    count = batch * size[0] * size[1] * along * across;
  }
  /// The image, the first pixel's coordinates and the number of the vector.
  WEFT_HD std::int64_t place(std::int64_t thread, int at[3], int& vector) const {
    std::uint32_t number = static_cast<std::uint32_t>(thread), rest = 0;
    number = vectors.divide(number, rest);
    vector = static_cast<int>(rest);
    number = strips.divide(number, rest);
    at[2] = static_cast<int>(rest) * strip;
    number = rows.divide(number, rest);
    at[1] = static_cast<int>(rest);
    number = planes.divide(number, rest);
    at[0] = static_cast<int>(rest);
    return number;
  }
};

/// A depthwise convolution; filter f belongs to channel f / multiplier. All numbers are below 2^31.
struct Depthwise {
  std::int64_t batch;
  int channels, filters, multiplier, taps;
  int in[3], out[3], window[3], stride[3], dilation[3], before[3];
  Divisor by_multiplier, by_stride[3];
  bool turned = false;  ///< the kernel's taps are read from the last to the first

  explicit Depthwise(const ConvShape& s)
      : batch(s.batch),
        channels(static_cast<int>(s.channels)),
        filters(static_cast<int>(s.filters)),
        multiplier(static_cast<int>(s.filters_per_group())),
        taps(static_cast<int>(s.taps())),
        by_multiplier(static_cast<std::uint32_t>(multiplier > 0 ? multiplier : 1)) {
    for (int d = 0; d < 3; ++d) {
      in[d] = static_cast<int>(s.in[d]);
      out[d] = static_cast<int>(s.out[d]);
      window[d] = static_cast<int>(s.window[d]);
      stride[d] = static_cast<int>(s.stride[d]);
      dilation[d] = static_cast<int>(s.dilation[d]);
      before[d] = static_cast<int>(s.before[d]);
      by_stride[d] = Divisor(static_cast<std::uint32_t>(stride[d]));
    }
  }
  WEFT_HD std::int64_t pixels_in() const { return std::int64_t{in[0]} * in[1] * in[2]; }
  WEFT_HD std::int64_t pixels_out() const { return std::int64_t{out[0]} * out[1] * out[2]; }
  WEFT_HD int tap(int k0, int k1, int k2) const {
    const int number = (k0 * window[1] + k1) * window[2] + k2;
    return turned ? taps - 1 - number : number;
  }
  bool has_unit_strides() const { return stride[0] == 1 && stride[1] == 1 && stride[2] == 1; }
  /// The convolution of y's gradient that is x's gradient; for unit strides and one filter to a
  /// channel.
  Depthwise input_grad() const {
    Depthwise to = *this;
    to.turned = true;
    for (int d = 0; d < 3; ++d) {
      to.in[d] = out[d];
      to.out[d] = in[d];
      to.before[d] = (window[d] - 1) * dilation[d] - before[d];
    }
    return to;
  }
};

/// Whether it is one of ours; if not, why not.
bool is_depthwise(const ConvShape& s, std::string& why_not) {
  if (s.groups < 2 || s.groups != s.channels || s.filters < 1) {
    why_not = "only where every channel has its own filters";
    return false;
  }
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  std::int64_t largest = s.batch * s.pixels_in() * s.channels;
  const auto include = [&](std::int64_t n) { largest = n > largest ? n : largest; };
  include(s.batch * s.pixels_out() * s.filters);
  include(s.taps() * s.filters);
  for (int d = 0; d < 3; ++d) {
    // The window's reach, and the coordinates of what lies under the last one.
    if (s.window[d] > most / s.dilation[d] || s.out[d] > most / s.stride[d]) largest = most;
    include(s.in[d] + s.before[d] + s.window[d] * s.dilation[d] + s.out[d] * s.stride[d]);
  }
  if (largest < most) return true;
  why_not = "only for fewer than 2^31 elements";
  return false;
}

template <class T, int N, class C>
__device__ __forceinline__ void add_products(const Vector<T, N>& x, const Vector<T, N>& y,
                                             C (&sums)[N]) {
  WEFT_UNROLL
  for (int v = 0; v < N; ++v) sums[v] = multiply_add(load(x.at[v]), load(y.at[v]), sums[v]);
}

/// Bias and relu as a product's sums get them, rounded once.
template <class R, int N, class C>
__device__ __forceinline__ void finish(const C (&sums)[N], const R* bias, bool relu, R* y) {
  Vector<R, N> result, add = {};
  if (bias != nullptr) add = load_vector<Vector<R, N>>(bias);
  WEFT_UNROLL
  for (int v = 0; v < N; ++v) {
    C sum = sums[v];
    if (bias != nullptr) sum += static_cast<C>(load(add.at[v]));
    if (relu && !(sum > 0) && sum == sum) sum = 0;
    result.at[v] = store<R>(sum);
  }
  store_vector(y, result);
}

/// Any window. With N > 1 there is one filter to a channel.
template <class T, class R, int N>
__global__ void forward_kernel(Depthwise s, Threads threads, const T* x, const T* kernel,
                               const R* bias, bool relu, R* y) {
  using V = Vector<T, N>;
  for_each_index(threads.count, [&](std::int64_t thread) {
    int o[3], vector = 0;
    const std::int64_t image = threads.place(thread, o, vector);
    const int filter = vector * N;
    const int channel = static_cast<int>(s.by_multiplier.divide(static_cast<unsigned>(filter)));
    const T* from = x + image * s.pixels_in() * s.channels + channel;
    Compute<T> sums[N] = {};
    for (int k0 = 0, i0 = o[0] * s.stride[0] - s.before[0]; k0 < s.window[0];
         ++k0, i0 += s.dilation[0]) {
      if (i0 < 0 || i0 >= s.in[0]) continue;
      for (int k1 = 0, i1 = o[1] * s.stride[1] - s.before[1]; k1 < s.window[1];
           ++k1, i1 += s.dilation[1]) {
        if (i1 < 0 || i1 >= s.in[1]) continue;
        const std::int64_t row = static_cast<std::int64_t>(i0 * s.in[1] + i1) * s.in[2];
        for (int k2 = 0, i2 = o[2] * s.stride[2] - s.before[2]; k2 < s.window[2];
             ++k2, i2 += s.dilation[2]) {
          if (i2 < 0 || i2 >= s.in[2]) continue;
          add_products(load_vector<V>(from + (row + i2) * s.channels),
                       load_vector<V>(kernel + s.tap(k0, k1, k2) * s.filters + filter), sums);
        }
      }
    }
    const std::int64_t to = ((image * s.out[0] + o[0]) * s.out[1] + o[1]) * s.out[2] * s.filters +
                            static_cast<std::int64_t>(o[2]) * s.filters + filter;
    finish(sums, bias == nullptr ? nullptr : bias + filter, relu, y + to);
  });
}

/// The neighbouring positions that a thread of strip_kernel makes.
constexpr int strip_pixels = 4;

/// Windows of `Width` along the rows, `Stride` apart and without dilation there, one filter to a
/// channel: what the windows of a strip share of x and the kernel is read once.
template <class T, class R, int N, int Width, int Stride>
__global__ void strip_kernel(Depthwise s, Threads threads, const T* x, const T* kernel,
                             const R* bias, bool relu, R* y) {
  using V = Vector<T, N>;
  constexpr int columns = (strip_pixels - 1) * Stride + Width;
  for_each_index(threads.count, [&](std::int64_t thread) {
    int o[3], vector = 0;
    const std::int64_t image = threads.place(thread, o, vector);
    const int channel = vector * N;
    const T* from = x + image * s.pixels_in() * s.channels + channel;
    Compute<T> sums[strip_pixels][N] = {};
    const int first = o[2] * Stride - s.before[2];
    for (int k0 = 0, i0 = o[0] * s.stride[0] - s.before[0]; k0 < s.window[0];
         ++k0, i0 += s.dilation[0]) {
      if (i0 < 0 || i0 >= s.in[0]) continue;
      for (int k1 = 0, i1 = o[1] * s.stride[1] - s.before[1]; k1 < s.window[1];
           ++k1, i1 += s.dilation[1]) {
        if (i1 < 0 || i1 >= s.in[1]) continue;
        const T* row = from + static_cast<std::int64_t>(i0 * s.in[1] + i1) * s.in[2] * s.channels;
        V column[columns];
        WEFT_UNROLL
        for (int c = 0; c < columns; ++c) {
          const int i2 = first + c;
          column[c] = {};
          if (i2 >= 0 && i2 < s.in[2])
            column[c] = load_vector<V>(row + static_cast<std::int64_t>(i2) * s.channels);
        }
        WEFT_UNROLL
        for (int k2 = 0; k2 < Width; ++k2) {
          const V weights = load_vector<V>(kernel + s.tap(k0, k1, k2) * s.filters + channel);
          WEFT_UNROLL
          for (int p = 0; p < strip_pixels; ++p)
            add_products(column[p * Stride + k2], weights, sums[p]);
        }
      }
    }
    R* to =
        y + (((image * s.out[0] + o[0]) * s.out[1] + o[1]) * s.out[2] + o[2]) * s.filters + channel;
    WEFT_UNROLL
    for (int p = 0; p < strip_pixels; ++p) {
      if (o[2] + p < s.out[2])
        finish(sums[p], bias == nullptr ? nullptr : bias + channel, relu, to + p * s.filters);
    }
  });
}

/// Any strides and filters: gathers from the positions whose windows reach a pixel. With N > 1
/// there is one filter to a channel.
template <class T, class R, int N>
__global__ void input_grad_kernel(Depthwise s, Threads threads, const T* g, const T* kernel,
                                  R* dx) {
  using V = Vector<T, N>;
  /// The position whose window has element k at i; -1 where there is none.
  const auto position = [&](int d, int i, int k) {
    const int distance = i + s.before[d] - k * s.dilation[d];
    if (distance < 0) return -1;
    std::uint32_t between = 0;
    const auto o =
        static_cast<int>(s.by_stride[d].divide(static_cast<std::uint32_t>(distance), between));
    return between == 0 && o < s.out[d] ? o : -1;
  };
  for_each_index(threads.count, [&](std::int64_t thread) {
    int i[3], vector = 0;
    const std::int64_t image = threads.place(thread, i, vector);
    const int filter = vector * N * s.multiplier;
    const T* from = g + image * s.pixels_out() * s.filters + filter;
    Compute<T> sums[N] = {};
    for (int k0 = 0; k0 < s.window[0]; ++k0) {
      const int o0 = position(0, i[0], k0);
      if (o0 < 0) continue;
      for (int k1 = 0; k1 < s.window[1]; ++k1) {
        const int o1 = position(1, i[1], k1);
        if (o1 < 0) continue;
        for (int k2 = 0; k2 < s.window[2]; ++k2) {
          const int o2 = position(2, i[2], k2);
          if (o2 < 0) continue;
          const std::int64_t pixel = static_cast<std::int64_t>(o0 * s.out[1] + o1) * s.out[2] + o2;
          const T* weights = kernel + s.tap(k0, k1, k2) * s.filters + filter;
          for (int f = 0; f < s.multiplier; ++f)
            add_products(load_vector<V>(from + pixel * s.filters + f), load_vector<V>(weights + f),
                         sums);
        }
      }
    }
    const std::int64_t to = ((image * s.in[0] + i[0]) * s.in[1] + i[1]) * s.in[2] + i[2];
    finish(sums, static_cast<const R*>(nullptr), false, dx + to * s.channels + vector * N);
  });
}

/// How the kernel's gradient is shared: a block has `across` vectors of filters, its threads' rows
/// take turns at the positions of a part, and sum up to `some_taps` taps.
struct GradBlocks {
  static constexpr int threads = 256, some_taps = 9;
  int across = 1, columns = 1, tap_groups = 1;
  std::int64_t parts = 1;

  GradBlocks(const Depthwise& s, int lanes, std::size_t bytes_of_sum) {
    const int vectors = s.filters / lanes;
    while (across < warp_size && across < vectors) across *= 2;
    columns = (vectors + across - 1) / across;
    tap_groups = (s.taps + some_taps - 1) / some_taps;
    parts = parts_of_sum(
        s.batch * s.pixels_out(), std::int64_t{columns} * tap_groups, 4 * (threads / across),
        static_cast<std::size_t>(s.taps) * static_cast<std::size_t>(s.filters) * bytes_of_sum);
  }
  LaunchShape launch_shape() const {
    constexpr int most = 65535;
    return {.blocks = static_cast<unsigned>(columns * parts),
            .threads = threads,
            .blocks_y = static_cast<unsigned>(tap_groups < most ? tap_groups : most)};
  }
};

/// Where a tap lies from a window's first element.
struct Offset {
  int at[3];
};

/// The sums of a row of the block's threads over its positions.
template <class T, int N, class C>
__device__ void sum_taps(const Depthwise& s, const Threads& positions, const Offset* offsets,
                         int taps, std::int64_t begin, std::int64_t end, int step, int filter,
                         const T* x, const T* g, C (&sums)[GradBlocks::some_taps][N]) {
  using V = Vector<T, N>;
  const auto channel = s.by_multiplier.divide(static_cast<unsigned>(filter));
  for (std::int64_t position = begin; position < end; position += step) {
    int o[3], none = 0;
    const std::int64_t image = positions.place(position, o, none);
    const T* from = x + image * s.pixels_in() * s.channels + channel;
    const V gradient = load_vector<V>(g + position * s.filters + filter);
    WEFT_UNROLL
    for (int t = 0; t < GradBlocks::some_taps; ++t) {
      if (t >= taps) continue;
      int i[3];
      bool inside = true;
      WEFT_UNROLL
      for (int d = 0; d < 3; ++d) {
        i[d] = o[d] * s.stride[d] - s.before[d] + offsets[t].at[d];
        inside = inside && i[d] >= 0 && i[d] < s.in[d];
      }
      if (!inside) continue;
      const std::int64_t pixel = static_cast<std::int64_t>(i[0] * s.in[1] + i[1]) * s.in[2] + i[2];
      add_products(load_vector<V>(from + pixel * s.channels), gradient, sums[t]);
    }
  }
}

/// out [parts, taps, filters]. With N > 1 there is one filter to a channel.
template <class T, class R, int N>
__global__ void kernel_grad_kernel(Depthwise s, GradBlocks b, Threads positions, const T* x,
                                   const T* g, R* out) {
  using C = Compute<T>;
  constexpr int threads = GradBlocks::threads, some = GradBlocks::some_taps;
  WEFT_SHARED(Offset, offsets, some);
  WEFT_SHARED(C, shared, threads * N);
  const int own = static_cast<int>(threadIdx.x);
  const int rows = threads / b.across, row = own / b.across;
  const std::int64_t part = blockIdx.x / static_cast<unsigned>(b.columns);
  const int vector =
      static_cast<int>(blockIdx.x % static_cast<unsigned>(b.columns)) * b.across + own % b.across;
  const int filter = vector * N;
  for (int group = static_cast<int>(blockIdx.y); group < b.tap_groups;
       group += static_cast<int>(gridDim.y)) {
    const int first = group * some, taps = s.taps - first < some ? s.taps - first : some;
    __syncthreads();  // the group before has been read
    if (own < taps) {
      const int plane = s.window[1] * s.window[2], tap = first + own;
      offsets[own] = {{tap / plane * s.dilation[0], tap % plane / s.window[2] * s.dilation[1],
                       tap % s.window[2] * s.dilation[2]}};
    }
    __syncthreads();
    C sums[some][N] = {};
    if (filter < s.filters) {
      sum_taps(s, positions, &offsets[0], taps, positions.count * part / b.parts + row,
               positions.count * (part + 1) / b.parts, rows, filter, x, g, sums);
    }
    WEFT_UNROLL
    for (int t = 0; t < some; ++t) {
      if (t >= taps) continue;  // so do all threads of the block
      __syncthreads();          // the tap before has been read
      for (int v = 0; v < N; ++v) shared[own * N + v] = sums[t][v];
      for (int half = rows / 2; half > 0; half /= 2) {
        __syncthreads();
        if (row < half) {
          for (int v = 0; v < N; ++v)
            shared[own * N + v] += shared[(own + half * b.across) * N + v];
        }
      }
      if (row == 0 && filter < s.filters) {
        R* to = out + (part * s.taps + first + t) * s.filters + filter;
        for (int v = 0; v < N; ++v) to[v] = store<R>(shared[own * N + v]);
      }
    }
  }
}

/// Elements of T that are loaded at once, where results of R are stored at once too. A strip of
/// eight float16 does not fit into a thread's registers: their conversions take many.
template <class T, class R>
inline constexpr int lanes_of = std::is_same_v<T, Float16>
                                    ? 4
                                    : 16 / static_cast<int>(sizeof(T) > sizeof(R) ? sizeof(T)
                                                                                  : sizeof(R));

/// Whether all pointers are good for vectors of N; null is.
template <class T, class R, int N>
bool are_aligned(const void* x, const void* w, const void* bias, const void* y) {
  return is_aligned<Vector<T, N>>(x) && is_aligned<Vector<T, N>>(w) &&
         is_aligned<Vector<R, N>>(bias) && is_aligned<Vector<R, N>>(y);
}

template <class T, class R, int N, int Width, int Stride>
void launch_strips(const Depthwise& s, const KernelArgs& a, const R* bias, bool relu) {
  const Threads threads(s.batch, s.out, s.filters, N, strip_pixels);
  launch(strip_kernel<T, R, N, Width, Stride>, shape_for(threads.count), a.stream, s, threads,
         a.in<T>(0), a.in<T>(1), bias, relu, a.out<R>(0));
}

/// y of x and the kernel, or a gradient that is such a convolution.
template <class T, class R>
void run_forward(const Depthwise& s, const KernelArgs& a, const R* bias, bool relu) {
  constexpr int lanes = lanes_of<T, R>;
  const bool vectors = s.multiplier == 1 && s.channels % lanes == 0 &&
                       are_aligned<T, R, lanes>(a.inputs[0], a.inputs[1], bias, a.outputs[0]);
  const auto is = [&](int width, int stride) {
    return s.window[2] == width && s.stride[2] == stride && s.dilation[2] == 1;
  };
  const auto any = [&]<int n>(std::integral_constant<int, n>) {
    const Threads threads(s.batch, s.out, s.filters, n, 1);
    launch(forward_kernel<T, R, n>, shape_for(threads.count), a.stream, s, threads, a.in<T>(0),
           a.in<T>(1), bias, relu, a.out<R>(0));
  };
  if (!vectors) return any(std::integral_constant<int, 1>());
  if (is(3, 1)) return launch_strips<T, R, lanes, 3, 1>(s, a, bias, relu);
  if (is(3, 2)) return launch_strips<T, R, lanes, 3, 2>(s, a, bias, relu);
  if (is(5, 1)) return launch_strips<T, R, lanes, 5, 1>(s, a, bias, relu);
  if (is(5, 2)) return launch_strips<T, R, lanes, 5, 2>(s, a, bias, relu);
  any(std::integral_constant<int, lanes>());
}

template <class T, class R, int N>
void launch_gather(const Depthwise& s, const KernelArgs& a) {
  const Threads threads(s.batch, s.in, s.channels, N, 1);
  launch(input_grad_kernel<T, R, N>, shape_for(threads.count), a.stream, s, threads, a.in<T>(0),
         a.in<T>(1), a.out<R>(0));
}

template <class T, class R>
void run_input_grad(const Depthwise& s, const KernelArgs& a) {
  constexpr int lanes = lanes_of<T, R>;
  if (s.multiplier == 1 && s.has_unit_strides())
    return run_forward<T, R>(s.input_grad(), a, nullptr, false);
  if (s.multiplier == 1 && s.channels % lanes == 0 &&
      are_aligned<T, R, lanes>(a.inputs[0], a.inputs[1], nullptr, a.outputs[0]))
    return launch_gather<T, R, lanes>(s, a);
  launch_gather<T, R, 1>(s, a);
}

template <class T, class R, int N>
void run_kernel_grad(const Depthwise& s, const KernelArgs& a) {
  using C = Compute<T>;
  const GradBlocks b(s, N, sizeof(C));
  const Threads positions(s.batch, s.out, 1, 1, 1);
  if (b.parts == 1) {
    return launch(kernel_grad_kernel<T, R, N>, b.launch_shape(), a.stream, s, b, positions,
                  a.in<T>(0), a.in<T>(1), a.out<R>(0));
  }
  auto* partial = static_cast<C*>(a.workspace);
  launch(kernel_grad_kernel<T, C, N>, b.launch_shape(), a.stream, s, b, positions, a.in<T>(0),
         a.in<T>(1), partial);
  launch_partial_sums(std::int64_t{s.taps} * s.filters, b.parts, partial, a.out<R>(0), a.stream);
}

PreparedKernel prepare_forward(const KernelRequest& r, std::string& why_not) {
  const ConvShape shape(r);
  if (!is_depthwise(shape, why_not)) return {};
  const Depthwise s(shape);
  const bool bias = r.inputs.size() == 3;
  const bool relu = r.attrs.get<std::string>("activation", "") == "relu";
  return dispatch_product<Types::floating>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return PreparedKernel{.run = [=](const KernelArgs& a) {
      run_forward<T, R>(s, a, bias ? a.in<R>(2) : nullptr, relu);
    }};
  });
}

PreparedKernel prepare_input_grad(const KernelRequest& r, std::string& why_not) {
  const ConvShape shape(r);
  if (!is_depthwise(shape, why_not)) return {};
  return dispatch_product<Types::floating>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return PreparedKernel{
        .run = [s = Depthwise(shape)](const KernelArgs& a) { run_input_grad<T, R>(s, a); }};
  });
}

PreparedKernel prepare_kernel_grad(const KernelRequest& r, std::string& why_not) {
  const ConvShape shape(r);
  if (!is_depthwise(shape, why_not)) return {};
  const Depthwise s(shape);
  return dispatch_product<Types::floating>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    // Nine taps' sums of more lanes would not fit into a thread's registers.
    constexpr int lanes = sizeof(T) == 8 ? 2 : 4;
    const auto bytes = [&](int n) {
      const GradBlocks b(s, n, sizeof(Compute<T>));
      return static_cast<std::size_t>(b.parts * s.taps) * static_cast<std::size_t>(s.filters) *
             sizeof(Compute<T>);
    };
    const bool vectors = s.multiplier == 1 && s.channels % lanes == 0;
    const std::size_t one = bytes(1), several = vectors ? bytes(lanes) : 0;
    return PreparedKernel{.run =
                              [s, vectors](const KernelArgs& a) {
                                if (vectors && is_aligned<Vector<T, lanes>>(a.inputs[0]) &&
                                    is_aligned<Vector<T, lanes>>(a.inputs[1]))
                                  run_kernel_grad<T, R, lanes>(s, a);
                                else
                                  run_kernel_grad<T, R, 1>(s, a);
                              },
                          .workspace_bytes = one > several ? one : several};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_conv_depthwise(KernelTable& table) {
  table.add("conv", {.name = "depthwise", .prepare = cuda::prepare_forward});
  table.add("conv_input_grad", {.name = "depthwise", .prepare = cuda::prepare_input_grad});
  table.add("conv_kernel_grad", {.name = "depthwise", .prepare = cuda::prepare_kernel_grad});
}

}  // namespace weft::registration
