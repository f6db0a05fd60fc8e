// Reductions, in stages. A stage reduces the middle of [outer, reduced, inner]: rows where inner is
// 1, else columns. Several runs of reduced axes are several stages, the longest run first. Where
// there are few results, each is cut into chunks, so that blocks fill the device, and the next
// stage combines them. The order in which elements are combined follows from the shape alone.
#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/reduction.hpp"
#include "backends/cuda/units.hpp"
#include "backends/cuda/workspace.hpp"
#include "backends/shapes/reduce_groups.hpp"

namespace weft::cuda {
namespace {

constexpr int block_threads = 256;
constexpr std::int64_t enough_blocks = multiprocessors * 4;  // to fill a large GPU
constexpr std::int64_t most_blocks = multiprocessors * 16;

struct Stage {
  std::int64_t outer = 1, reduced = 1, inner = 1;
  std::int64_t chunks = 1, chunk = 1;  // number and length of the pieces of `reduced`
  int lanes = 1;                       // rows: threads of a row, 0 a block; columns: see there
  double divisor = 1;
  DType::Code in = DType::undefined, out = DType::undefined;

  std::int64_t results() const { return outer * chunks * inner; }
  /// Of chunk c of an outer index: where it begins along `reduced`, and how long it is.
  WEFT_HD std::int64_t begin(std::int64_t c) const { return c * chunk; }
  WEFT_HD std::int64_t length(std::int64_t c) const {
    const std::int64_t rest = reduced - c * chunk;
    return rest < chunk ? rest : chunk;
  }
};

/// P::vector elements from element i on.
template <class P>
__device__ __forceinline__ void load_values(const P& p, const void* x, std::int64_t i, bool aligned,
                                            typename P::Value* to) {
  if constexpr (P::vector > 1) {
    if (aligned) {
      using Element = typename P::Element;
      const auto v = load_vector<Vector<Element>>(static_cast<const Element*>(x) + i);
      WEFT_UNROLL
      for (int k = 0; k < P::vector; ++k) to[k] = load(v.at[k]);
      return;
    }
  }
  WEFT_UNROLL
  for (int k = 0; k < P::vector; ++k) to[k] = p.value(x, i + k);
}

constexpr int in_flight = 4;  // loads that a thread has on their way at a time

/// Thread `rank` of `threads`' part of the n elements from `first` on. Which elements these are is
/// no matter of alignment.
template <class P>
__device__ typename P::Result reduce_part(const P& p, const void* x, std::int64_t first,
                                          std::int64_t n, int rank, int threads, bool aligned) {
  constexpr int vector = P::vector;
  const std::int64_t step = static_cast<std::int64_t>(threads) * vector;
  typename P::Acc acc;
  std::int64_t i = static_cast<std::int64_t>(rank) * vector;
  for (; i + (in_flight - 1) * step + vector <= n; i += in_flight * step) {
    typename P::Value values[in_flight][vector];
    WEFT_UNROLL
    for (int u = 0; u < in_flight; ++u) load_values(p, x, first + i + u * step, aligned, values[u]);
    WEFT_UNROLL
    for (int u = 0; u < in_flight; ++u) {
      WEFT_UNROLL
      for (int k = 0; k < vector; ++k) acc.add(values[u][k]);
    }
  }
  for (; i < n; i += step) {
    WEFT_UNROLL
    for (int k = 0; k < vector; ++k) {
      if (i + k < n) acc.add(p.value(x, first + i + k));
    }
  }
  return acc.result();
}

/// Rows of up to a warp's length: s.lanes threads each.
template <class P, class Op>
__global__ void short_rows_kernel(P p, Stage s, const void* x, void* y, bool aligned) {
  const int lanes = s.lanes, rank = static_cast<int>(threadIdx.x) % lanes;
  const std::int64_t per_block = blockDim.x / static_cast<unsigned>(lanes);
  for (std::int64_t first = blockIdx.x * per_block; first < s.outer;
       first += gridDim.x * per_block) {
    const std::int64_t row = first + threadIdx.x / static_cast<unsigned>(lanes);
    typename P::Result result = P::neutral();
    if (row < s.outer) result = reduce_part(p, x, row * s.reduced, s.reduced, rank, lanes, aligned);
    for (int other = lanes / 2; other > 0; other /= 2)
      result = Op()(result, __shfl_xor_sync(all_lanes, result, other));
    if (row < s.outer && rank == 0) p.stored(result, s.divisor, s.out, y, row);
  }
}

/// A block to each chunk of a row.
template <class P, class Op>
__global__ void long_rows_kernel(P p, Stage s, const void* x, void* y, bool aligned) {
  for_each_row(s.outer * s.chunks, [&](std::int64_t n) {
    const std::int64_t row = n / s.chunks, c = n % s.chunks;
    typename P::Result result =
        reduce_part(p, x, row * s.reduced + s.begin(c), s.length(c), static_cast<int>(threadIdx.x),
                    static_cast<int>(blockDim.x), aligned);
    result = block_reduce(result, P::neutral(), Op());
    if (threadIdx.x == 0) p.stored(result, s.divisor, s.out, y, n);
  });
}

/// n / d, quick where both are small.
__device__ __forceinline__ std::int64_t quotient(std::int64_t n, std::int64_t d) {
  if (((n | d) >> 32) == 0) return static_cast<std::uint32_t>(n) / static_cast<std::uint32_t>(d);
  return n / d;
}

/// P::vector columns of a thread: where element 0 of each is. Side by side where vectors are
/// loaded, else side by side with those of the next thread.
template <class P>
struct Columns {
  static constexpr int vector = P::vector;
  std::int64_t start[vector], result[vector];
  bool there[vector];

  __device__ Columns(const Stage& s, std::int64_t tile, std::int64_t chunk, bool aligned) {
    const int lane = static_cast<int>(threadIdx.x) % s.lanes;
    const std::int64_t first = tile * s.lanes * vector + (aligned ? lane * vector : lane);
    WEFT_UNROLL
    for (int k = 0; k < vector; ++k) {
      if (aligned && k > 0) {
        start[k] = start[0] + k;
        result[k] = result[0] + k;
        there[k] = there[0];
        continue;
      }
      const std::int64_t column = first + k * s.lanes;
      there[k] = column < s.outer * s.inner;
      const std::int64_t outer = there[k] ? quotient(column, s.inner) : 0,
                         inner = there[k] ? column - outer * s.inner : 0;
      start[k] = (outer * s.reduced + s.begin(chunk)) * s.inner + inner;
      result[k] = (outer * s.chunks + chunk) * s.inner + inner;
    }
  }

  __device__ void load_row(const P& p, const Stage& s, const void* x, std::int64_t row,
                           bool aligned, typename P::Value* to) const {
    if (aligned) {
      load_values(p, x, start[0] + row * s.inner, true, to);
      return;
    }
    WEFT_UNROLL
    for (int k = 0; k < vector; ++k) to[k] = p.value(x, start[k] + row * s.inner);
  }

  /// This thread's rows.
  __device__ void reduce(const P& p, const Stage& s, const void* x, std::int64_t rows, bool aligned,
                         typename P::Result* results) const {
    const int step = block_threads / s.lanes;
    typename P::Acc acc[vector];
    std::int64_t row = static_cast<int>(threadIdx.x) / s.lanes;
    if (!there[0]) row = rows;  // columns that are not there read the first one's elements, if any
    for (; row + (in_flight - 1) * step < rows; row += in_flight * step) {
      typename P::Value values[in_flight][vector];
      WEFT_UNROLL
      for (int u = 0; u < in_flight; ++u) load_row(p, s, x, row + u * step, aligned, values[u]);
      WEFT_UNROLL
      for (int u = 0; u < in_flight; ++u) {
        WEFT_UNROLL
        for (int k = 0; k < vector; ++k) acc[k].add(values[u][k]);
      }
    }
    for (; row < rows; row += step) {
      typename P::Value values[vector];
      load_row(p, s, x, row, aligned, values);
      WEFT_UNROLL
      for (int k = 0; k < vector; ++k) acc[k].add(values[k]);
    }
    WEFT_UNROLL
    for (int k = 0; k < vector; ++k) results[k] = acc[k].result();
  }
};

/// s.lanes threads along the columns, the others along the rows, which meet in shared memory.
template <class P, class Op>
__global__ void columns_kernel(P p, Stage s, const void* x, void* y, bool aligned) {
  constexpr int vector = P::vector;
  WEFT_SHARED(typename P::Result, shared, block_threads * vector);
  const int own = static_cast<int>(threadIdx.x), row = own / s.lanes;
  const std::int64_t per_tile = static_cast<std::int64_t>(s.lanes) * vector;
  const std::int64_t tiles = (s.outer * s.inner + per_tile - 1) / per_tile;
  for (std::int64_t tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    const Columns<P> columns(s, tile, blockIdx.y, aligned);
    typename P::Result results[vector];
    columns.reduce(p, s, x, s.length(blockIdx.y), aligned, results);
    for (int k = 0; k < vector; ++k) shared[k * block_threads + own] = results[k];
    for (int rows = block_threads / s.lanes / 2; rows > 0; rows /= 2) {
      __syncthreads();
      if (row >= rows) continue;
      for (int k = 0; k < vector; ++k) {
        auto& sum = shared[k * block_threads + own];
        sum = Op()(sum, shared[k * block_threads + own + rows * s.lanes]);
      }
    }
    for (int k = 0; k < vector; ++k) {
      if (row == 0 && columns.there[k])
        p.stored(shared[k * block_threads + own], s.divisor, s.out, y, columns.result[k]);
    }
    __syncthreads();
  }
}

std::int64_t pieces(std::int64_t n, std::int64_t size) { return (n + size - 1) / size; }
std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

void cut(Stage& s, std::int64_t chunks, std::int64_t multiple) {
  if (chunks < 2) chunks = 1;
  s.chunk = chunks == 1 ? s.reduced : pieces(pieces(s.reduced, chunks), multiple) * multiple;
  s.chunks = s.reduced == 0 ? 1 : pieces(s.reduced, s.chunk);
}

/// How a stage of rows is shared out; `vector`: elements that a thread takes at once.
void plan_rows(Stage& s, int vector) {
  constexpr std::int64_t short_row = 8 * warp_size, chunk_least = 8192;
  cut(s, 1, 1);
  s.lanes = 0;
  if (s.reduced <= short_row * vector) {
    s.lanes = 1;
    while (s.lanes < warp_size && static_cast<std::int64_t>(s.lanes) * vector < s.reduced)
      s.lanes *= 2;
  } else if (s.outer < enough_blocks / 2) {
    cut(s, smaller(enough_blocks / s.outer, s.reduced / chunk_least), 1024);
  }
}

/// And of columns: as few threads along the rows as fill the device.
void plan_columns(Stage& s, int vector) {
  constexpr int least_lanes = 8, rows_least = 8;
  cut(s, 1, 1);
  const std::int64_t columns = pieces(s.outer * s.inner, vector);
  s.lanes = block_threads;
  while (s.lanes > least_lanes && block_threads / s.lanes < s.reduced &&
         (s.lanes >= 2 * columns || pieces(columns, s.lanes) < enough_blocks))
    s.lanes /= 2;
  const std::int64_t tiles = pieces(columns, s.lanes);
  if (tiles < enough_blocks / 2)
    cut(s, smaller(enough_blocks / tiles, s.reduced / (block_threads / s.lanes * rows_least)), 1);
}

template <class P, class Op>
struct Launch {
  static void plan(Stage& s) {
    if (s.inner == 1)
      plan_rows(s, P::vector);
    else
      plan_columns(s, P::vector);
  }
  static void run(const Stage& s, const void* x, void* y, void* stream) {
    const P p{DType(s.in)};
    bool aligned = P::vector > 1 && unit_at(x) == most_unit_bytes;
    if (s.inner > 1) {
      aligned = aligned && s.inner % P::vector == 0;
      const std::int64_t tiles =
          pieces(s.outer * s.inner, static_cast<std::int64_t>(s.lanes) * P::vector);
      launch(columns_kernel<P, Op>,
             {.blocks = static_cast<unsigned>(smaller(tiles, most_blocks)),
              .threads = block_threads,
              .blocks_y = static_cast<unsigned>(s.chunks)},
             stream, p, s, x, y, aligned);
      return;
    }
    aligned = aligned && (s.outer == 1 || s.reduced % P::vector == 0);
    if (s.lanes > 0) {
      const std::int64_t blocks = pieces(s.outer, block_threads / s.lanes);
      launch(
          short_rows_kernel<P, Op>,
          {.blocks = static_cast<unsigned>(smaller(blocks, most_blocks)), .threads = block_threads},
          stream, p, s, x, y, aligned);
      return;
    }
    launch(long_rows_kernel<P, Op>,
           {.blocks = static_cast<unsigned>(smaller(s.outer * s.chunks, most_blocks)),
            .threads = block_threads},
           stream, p, s, x, y, aligned);
  }
};

/// The functions of a Launch.
struct Runner {
  void (*plan)(Stage&) = nullptr;
  void (*run)(const Stage&, const void*, void*, void*) = nullptr;
};
template <class P, class Op>
Runner runner() {
  return {Launch<P, Op>::plan, Launch<P, Op>::run};
}

/// For floating elements.
template <class Op>
Runner float_runner(DType dtype) {
  switch (dtype.code()) {
    case DType::float32:
      return runner<FloatReduction<float, Op>, Op>();
    case DType::float64:
      return runner<FloatReduction<double, Op>, Op>();
    case DType::float16:
      return runner<FloatReduction<Float16, Op>, Op>();
    default:
      return runner<FloatReduction<BFloat16, Op>, Op>();
  }
}

template <class Op>
Runner sum_runner(DType dtype) {
  if (dtype.is_floating()) return float_runner<Op>(dtype);
  return runner<IntegerReduction<std::uint64_t, Op>, Op>();
}
template <class Op>
Runner extreme_runner(DType dtype) {
  if (dtype.is_floating()) return float_runner<Op>(dtype);
  if (dtype == DType::uint64) return runner<IntegerReduction<std::uint64_t, Op>, Op>();
  return runner<IntegerReduction<std::int64_t, Op>, Op>();
}
template <class Op>
Runner truth_runner(DType) {
  return runner<TruthReduction<Op>, Op>();
}

// What the results of a stage are that another one reads.
DType between_sums(DType in) {
  if (!in.is_floating()) return DType::uint64;
  return in == DType::float16 || in == DType::bfloat16 ? DType::float32 : DType::float64;
}
DType between_extremes(DType in) {
  if (!in.is_floating()) return in == DType::uint64 ? DType::uint64 : DType::int64;
  return in == DType::float64 ? DType::float64 : DType::float32;
}
DType between_truths(DType) { return DType::boolean; }

/// Stages, of which each reads what the one before wrote.
struct Stages {
  struct Step {
    Stage stage;
    void (*run)(const Stage&, const void*, void*, void*);
  };
  std::vector<Step> steps;
  std::int64_t bytes[2] = {0, 0};  // of what steps with even and with odd numbers write

  void add(const Stage& stage, const Runner& runner, bool last) {
    std::int64_t& most = bytes[steps.size() % 2];
    if (!last) {
      const auto size = static_cast<std::int64_t>(DType(stage.out).itemsize());
      most = std::max(most, stage.results() * size);
    }
    steps.push_back({stage, runner.run});
  }
  void run(const KernelArgs& a) const {
    WorkspaceParts parts(a.workspace);
    std::byte* between[2] = {parts.take<std::byte>(bytes[0]), parts.take<std::byte>(bytes[1])};
    const void* x = a.inputs[0];
    for (std::size_t i = 0; i < steps.size(); ++i) {
      void* y = i + 1 == steps.size() ? a.outputs[0] : between[i % 2];
      steps[i].run(steps[i].stage, x, y, a.stream);
      x = y;
    }
  }
  std::size_t workspace_bytes() const {
    WorkspaceParts parts(nullptr);
    parts.take<std::byte>(bytes[0]);
    parts.take<std::byte>(bytes[1]);
    return parts.bytes();
  }
};

std::int64_t product(const std::vector<ReduceGroup>& groups, std::size_t first, std::size_t end) {
  std::int64_t n = 1;
  for (std::size_t i = first; i < end; ++i) n *= groups[i].size;
  return n;
}

/// The largest reduced group; groups.size() where there is none.
std::size_t next_group(const std::vector<ReduceGroup>& groups) {
  std::size_t best = groups.size();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].reduced && (best == groups.size() || groups[i].size > groups[best].size))
      best = i;
  }
  return best;
}

struct Kind {
  Runner (*runner)(DType);
  DType (*between)(DType);
};

Stages stages_of(const KernelRequest& r, const Kind& kind, double divisor) {
  std::vector<ReduceGroup> groups = reduce_groups(r.inputs[0].shape, r.attrs);
  const std::int64_t results = r.outputs[0].shape.size();
  if (r.inputs[0].shape.size() == 0) groups = {{results, false}, {0, true}};
  if (next_group(groups) == groups.size()) groups = {{results, false}, {1, true}};
  Stages stages;
  DType in = r.inputs[0].dtype;
  while (true) {
    const std::size_t at = next_group(groups);
    Stage s{.outer = product(groups, 0, at),
            .reduced = groups[at].size,
            .inner = product(groups, at + 1, groups.size())};
    const Runner runner = kind.runner(in);
    runner.plan(s);
    if (s.chunks > 1)
      groups[at].size = s.chunks;
    else
      groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(at));
    const bool last = next_group(groups) == groups.size();
    s.in = in.code();
    s.out = last ? r.outputs[0].dtype.code() : kind.between(in).code();
    if (last) s.divisor = divisor;
    stages.add(s, runner, last);
    if (last) return stages;
    in = s.out;
  }
}

PreparedKernel prepare_kind(const KernelRequest& r, const Kind& kind, double divisor) {
  if (r.outputs[0].shape.size() == 0) return {.run = [](const KernelArgs&) {}};
  const Stages stages = stages_of(r, kind, divisor);
  return {.run = [stages](const KernelArgs& a) { stages.run(a); },
          .workspace_bytes = stages.workspace_bytes()};
}

template <class Op>
PreparedKernel prepare_sum(const KernelRequest& r, std::string&) {
  return prepare_kind(r, {sum_runner<Op>, between_sums}, 1);
}

PreparedKernel prepare_mean(const KernelRequest& r, std::string& why_not) {
  const DType dtype = r.inputs[0].dtype;
  if (dtype.is_floating()) {
    return prepare_kind(r, {float_runner<Add>, between_sums},
                        static_cast<double>(reduced_count(r.inputs[0].shape, r.attrs)));
  }
  why_not = "not for dtype " + dtype.name();
  return {};
}

template <class Op>
PreparedKernel prepare_extreme(const KernelRequest& r, std::string&) {
  return prepare_kind(r, {extreme_runner<Op>, between_extremes}, 1);
}

template <class Op>
PreparedKernel prepare_truth(const KernelRequest& r, std::string&) {
  return prepare_kind(r, {truth_runner<Op>, between_truths}, 1);
}

/// The elements of some axes, in row-major order.
struct Walk {
  int rank = 0;
  std::int64_t count = 1, strides[Shape::max_rank];
  IndexDivisor sizes[Shape::max_rank];

  void add(std::int64_t size, std::int64_t stride) {
    strides[rank] = stride;
    sizes[rank++] = IndexDivisor(size);
    count *= size;
  }
  WEFT_HD std::int64_t offset(std::int64_t n) const {
    std::int64_t at = 0;
    for (int i = rank - 1; i >= 0; --i) {
      std::int64_t index = n;
      if (i > 0) n = sizes[i].divide(n, index);
      at += index * strides[i];
    }
    return at;
  }
};

/// prod_grad(x, y, dy): dy times the product of the other elements, a block to a result. A thread
/// has a run of elements and goes over it from the front and from the back, beginning with the
/// products of the other threads' runs: zeros are no matter.
template <class T>
__global__ void prod_grad_kernel(Walk kept, Walk reduced, const T* x, const T* dy, T* dx) {
  using C = Compute<T>;
  WEFT_SHARED(C, products, block_threads);
  const int own = static_cast<int>(threadIdx.x), threads = static_cast<int>(blockDim.x);
  const std::int64_t run = (reduced.count + threads - 1) / threads;
  const std::int64_t begin = own * run < reduced.count ? own * run : reduced.count;
  const std::int64_t end = begin + run < reduced.count ? begin + run : reduced.count;
  for_each_row(kept.count, [&](std::int64_t result) {
    const std::int64_t start = kept.offset(result);
    C product = 1;
    for (std::int64_t i = begin; i < end; ++i) product *= load(x[start + reduced.offset(i)]);
    __syncthreads();  // the result before has been read
    products[own] = product;
    __syncthreads();
    C before = 1, after = load(dy[result]);
    for (int other = 0; other < own; ++other) before *= products[other];
    for (int other = threads - 1; other > own; --other) after *= products[other];
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t at = start + reduced.offset(i);
      dx[at] = store<T>(before);
      before *= load(x[at]);
    }
    for (std::int64_t i = end - 1; i >= begin; --i) {
      const std::int64_t at = start + reduced.offset(i);
      dx[at] = store<T>(load(dx[at]) * after);
      after *= load(x[at]);
    }
  });
}

PreparedKernel prepare_prod_grad(const KernelRequest& r, std::string& why_not) {
  const Shape& shape = r.inputs[0].shape;
  const bool nothing = shape.size() == 0;
  Walk kept, reduced;
  std::int64_t stride = shape.size();
  for (const ReduceGroup& group : reduce_groups(shape, r.attrs)) {
    stride = nothing ? 0 : stride / group.size;
    (group.reduced ? reduced : kept).add(group.size, stride);
  }
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [kept, reduced, nothing](const KernelArgs& a) {
      if (nothing) return;
      launch(prod_grad_kernel<T>, shape_for_rows(kept.count, reduced.count), a.stream, kept,
             reduced, a.in<T>(0), a.in<T>(2), a.out<T>(0));
    }};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_reduce(KernelTable& table) {
  cuda::add_kernel(table, "sum", cuda::prepare_sum<cuda::Add>);
  cuda::add_kernel(table, "mean", cuda::prepare_mean);
  cuda::add_kernel(table, "prod", cuda::prepare_sum<cuda::Multiply>);
  cuda::add_kernel(table, "prod_grad", cuda::prepare_prod_grad);
  cuda::add_kernel(table, "max", cuda::prepare_extreme<cuda::Largest>);
  cuda::add_kernel(table, "min", cuda::prepare_extreme<cuda::Smallest>);
  cuda::add_kernel(table, "any", cuda::prepare_truth<cuda::Largest>);
  cuda::add_kernel(table, "all", cuda::prepare_truth<cuda::Smallest>);
}

}  // namespace weft::registration
