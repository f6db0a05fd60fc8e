// cumsum along one axis, from the front or (attrs "reverse") from the back. Where lines lie side by
// side and are many, a thread goes along each; else a block, piece by piece, and long lines are cut
// into parts whose sums are made first.
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/scan.hpp"
#include "backends/cuda/workspace.hpp"

namespace weft::cuda {
namespace {

/// Floating sums are made in double, as the CPU's: a line may be long, and memory is what takes the
/// time. Integers wrap around: their low bits are right in any type that is wide enough.
template <class T>
using Running =
    std::conditional_t<is_float<T>, double,
                       std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>>;

struct Lines {
  std::int64_t count, size, inner;
  bool reverse;
  std::int64_t part;  ///< elements of one part

  std::int64_t parts() const { return (size + part - 1) / part; }
  /// Element i of a line in the order of the sum.
  WEFT_HD std::int64_t at(std::int64_t line, std::int64_t i) const {
    const std::int64_t place = reverse ? size - 1 - i : i;
    return (line / inner * size + place) * inner + line % inner;
  }
};

constexpr int per_thread = 4;
constexpr std::int64_t many_lines = 4096, short_line = 8;

template <class T>
__global__ void thread_kernel(Lines v, const T* x, T* y) {
  for_each_index(v.count, [&](std::int64_t line) {
    Running<T> sum = 0;
    for (std::int64_t i = 0; i < v.size; ++i) {
      const std::int64_t at = v.at(line, i);
      sum = math::add(sum, static_cast<Running<T>>(load(x[at])));
      y[at] = store<T>(sum);
    }
  });
}

/// The sum of each part.
template <class T>
__global__ void parts_kernel(Lines v, std::int64_t parts, const T* x, Running<T>* sums) {
  for_each_row(v.count * parts, [&](std::int64_t job) {
    const std::int64_t line = job / parts, first = job % parts * v.part;
    const std::int64_t n = math::min(v.part, v.size - first);
    Running<T> sum = 0;
    for_each_in_block(n, [&](std::int64_t i) {
      sum = math::add(sum, static_cast<Running<T>>(load(x[v.at(line, first + i)])));
    });
    sum = block_reduce(sum, Running<T>(0), Sum());
    if (threadIdx.x == 0) sums[job] = sum;
  });
}

/// The sums of parts become those of all parts before; a block to a line.
template <class C>
__global__ void offsets_kernel(std::int64_t lines, std::int64_t parts, C* sums) {
  for_each_row(lines, [&](std::int64_t line) {
    C before = 0;
    for (std::int64_t first = 0; first < parts; first += blockDim.x) {
      const std::int64_t i = first + threadIdx.x;
      C* own = sums + line * parts + i;
      C total = 0;
      const C below = block_scan(i < parts ? *own : C(0), total);
      if (i < parts) *own = math::add(before, below);
      before = math::add(before, total);
    }
  });
}

/// A block to a part, in pieces of a few elements to a thread; `offsets` null: there is one part.
template <class T>
__global__ void block_kernel(Lines v, std::int64_t parts, const Running<T>* offsets, const T* x,
                             T* y) {
  using C = Running<T>;
  for_each_row(v.count * parts, [&](std::int64_t job) {
    const std::int64_t line = job / parts, begin = job % parts * v.part;
    const std::int64_t end = math::min(begin + v.part, v.size);
    C before = offsets == nullptr ? C(0) : offsets[job];
    const std::int64_t piece = static_cast<std::int64_t>(blockDim.x) * per_thread;
    for (std::int64_t first = begin; first < end; first += piece) {
      const std::int64_t own = first + static_cast<std::int64_t>(threadIdx.x) * per_thread;
      C sums[per_thread], sum = 0, total = 0;
      for (int k = 0; k < per_thread; ++k) {
        if (own + k < end) sum = math::add(sum, static_cast<C>(load(x[v.at(line, own + k)])));
        sums[k] = sum;
      }
      const C below = math::add(before, block_scan(sum, total));
      for (int k = 0; k < per_thread; ++k) {
        if (own + k < end) y[v.at(line, own + k)] = store<T>(math::add(below, sums[k]));
      }
      before = math::add(before, total);
    }
  });
}

Lines lines_of(const KernelRequest& r) {
  const auto axis = r.attrs.get<std::int64_t>("axis");
  const Shape& shape = r.inputs[0].shape;
  const AxisView v(shape, axis);
  const std::int64_t lines = v.outer * v.inner;
  // Enough parts to fill a large GPU, none smaller than a few pieces of 256 threads.
  constexpr std::int64_t blocks = multiprocessors * 8, piece = 256 * per_thread;
  const std::int64_t wanted = lines > 0 ? (blocks + lines - 1) / lines : 1;
  const std::int64_t share = (v.size + wanted - 1) / wanted;
  const std::int64_t part = std::max<std::int64_t>((share + piece - 1) / piece, 4) * piece;
  return {lines, v.size, v.inner, r.attrs.get<bool>("reverse", false), part};
}

template <class T>
void run(const Lines& v, const KernelArgs& a) {
  if ((v.inner > 1 && v.count >= many_lines) || v.size <= short_line) {
    launch(thread_kernel<T>, shape_for(v.count), a.stream, v, a.in<T>(0), a.out<T>(0));
    return;
  }
  const std::int64_t parts = v.parts();
  Running<T>* sums = nullptr;
  const LaunchShape shape = shape_for_rows(v.count * parts, v.size / per_thread);
  if (parts > 1) {
    sums = static_cast<Running<T>*>(a.workspace);
    launch(parts_kernel<T>, shape, a.stream, v, parts, a.in<T>(0), sums);
    launch(offsets_kernel<Running<T>>, shape_for_rows(v.count, parts), a.stream, v.count, parts,
           sums);
  }
  launch(block_kernel<T>, shape, a.stream, v, parts, sums, a.in<T>(0), a.out<T>(0));
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::numbers>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    const Lines v = lines_of(r);
    const std::int64_t sums = v.parts() > 1 ? v.count * v.parts() : 0;
    return PreparedKernel{.run = [v](const KernelArgs& a) { run<T>(v, a); },
                          .workspace_bytes = static_cast<std::size_t>(sums) * sizeof(Running<T>)};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_cumsum(KernelTable& table) { cuda::add_kernel(table, "cumsum", cuda::prepare); }
}  // namespace weft::registration
