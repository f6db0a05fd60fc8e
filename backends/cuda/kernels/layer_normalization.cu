// layer_normalization and its gradient: rows by a warp or a block each; the gradients of scale and
// centre are sums of columns in two stages. Computed in float32 (float64 for float64).
#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/partial_sums.hpp"
#include "backends/shapes/layer_norm_shape.hpp"

namespace weft::cuda {
namespace {

/// The threads that have a row together.
struct WarpTeam {
  static __device__ int rank() { return static_cast<int>(threadIdx.x) % warp_size; }
  static __device__ int size() { return warp_size; }
  static __device__ std::int64_t first_row() {
    return (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / warp_size;
  }
  static __device__ std::int64_t rows_at_once() {
    return static_cast<std::int64_t>(gridDim.x) * blockDim.x / warp_size;
  }
  template <class C>
  static __device__ C sum(C value) {
    return warp_reduce(value, Sum());
  }
};
struct BlockTeam {
  static __device__ int rank() { return static_cast<int>(threadIdx.x); }
  static __device__ int size() { return static_cast<int>(blockDim.x); }
  static __device__ std::int64_t first_row() { return blockIdx.x; }
  static __device__ std::int64_t rows_at_once() { return gridDim.x; }
  template <class C>
  static __device__ C sum(C value) {
    return block_reduce(value, C(0), Sum());
  }
};

/// Sixteen bytes of a row's elements as numbers. Where the row does not lie so, one by one; those
/// behind its end are 0.
template <class T>
struct Piece {
  static constexpr int size = 16 / static_cast<int>(sizeof(T));
  Compute<T> at[size];

  Piece() = default;
  __device__ Piece(const T* row, std::int64_t i, std::int64_t n, bool aligned) {
    if (aligned) {
      const auto v = load_vector<Vector<T>>(row + i);
      WEFT_UNROLL
      for (int k = 0; k < size; ++k) at[k] = load(v.at[k]);
      return;
    }
    WEFT_UNROLL
    for (int k = 0; k < size; ++k) at[k] = i + k < n ? load(row[i + k]) : Compute<T>(0);
  }
  /// Of scale or centre: `otherwise` where there is none.
  __device__ Piece(const T* row, std::int64_t i, std::int64_t n, bool aligned,
                   Compute<T> otherwise) {
    if (row != nullptr) {
      *this = Piece(row, i, n, aligned);
      return;
    }
    WEFT_UNROLL
    for (int k = 0; k < size; ++k) at[k] = otherwise;
  }
  __device__ void store_to(T* row, std::int64_t i, std::int64_t n, bool aligned) const {
    if (aligned) {
      Vector<T> v;
      WEFT_UNROLL
      for (int k = 0; k < size; ++k) v.at[k] = store<T>(at[k]);
      store_vector(row + i, v);
      return;
    }
    WEFT_UNROLL
    for (int k = 0; k < size; ++k) {
      if (i + k < n) row[i + k] = store<T>(at[k]);
    }
  }
};

/// The sum of what f(i, sums) adds to the `sums` for the piece of a row that begins at i, over all
/// its pieces.
template <class T, class Team, class F>
__device__ __forceinline__ Compute<T> sum_of_row(std::int64_t n, F&& f) {
  Compute<T> sums[Piece<T>::size] = {};
  for (std::int64_t i = Team::rank() * Piece<T>::size; i < n; i += Team::size() * Piece<T>::size)
    f(i, sums);
  Compute<T> sum = 0;
  for (int k = 0; k < Piece<T>::size; ++k) sum += sums[k];
  return Team::sum(sum);
}

template <class T>
struct Forward {
  std::int64_t rows, size;
  Compute<T> epsilon;
  const T *x, *gamma, *beta;
  T *y, *mean, *scale;
  bool aligned;
};

template <class T, class Team>
__global__ void forward_kernel(Forward<T> f) {
  using C = Compute<T>;
  constexpr int piece = Piece<T>::size;
  const C count = static_cast<C>(f.size);
  for (std::int64_t row = Team::first_row(); row < f.rows; row += Team::rows_at_once()) {
    const T* x = f.x + row * f.size;
    const C mean = sum_of_row<T, Team>(f.size,
                                       [&](std::int64_t i, C* sums) {
                                         const Piece<T> v(x, i, f.size, f.aligned);
                                         WEFT_UNROLL
                                         for (int k = 0; k < piece; ++k) sums[k] += v.at[k];
                                       }) /
                   count;
    const C variance = sum_of_row<T, Team>(f.size,
                                           [&](std::int64_t i, C* sums) {
                                             const Piece<T> v(x, i, f.size, f.aligned);
                                             WEFT_UNROLL
                                             for (int k = 0; k < piece; ++k) {
                                               const C d = i + k < f.size ? v.at[k] - mean : C(0);
                                               sums[k] += d * d;
                                             }
                                           }) /
                       count;
    const C scale = C(1) / math::sqrt(variance + f.epsilon);
    if (Team::rank() == 0) {
      f.mean[row] = store<T>(mean);
      f.scale[row] = store<T>(scale);
    }
    for (std::int64_t i = Team::rank() * piece; i < f.size; i += Team::size() * piece) {
      Piece<T> v(x, i, f.size, f.aligned);
      const Piece<T> gamma(f.gamma, i, f.size, f.aligned, C(1)),
          beta(f.beta, i, f.size, f.aligned, C(0));
      WEFT_UNROLL
      for (int k = 0; k < piece; ++k) v.at[k] = (v.at[k] - mean) * scale * gamma.at[k] + beta.at[k];
      v.store_to(f.y + row * f.size, i, f.size, f.aligned);
    }
  }
}

template <class T>
struct Backward {
  std::int64_t rows, size;
  const T *x, *gamma, *mean, *scale, *dy;
  T* dx;
  bool aligned;
};

template <class T, class Team>
__global__ void backward_kernel(Backward<T> b) {
  using C = Compute<T>;
  constexpr int piece = Piece<T>::size;
  const C share = C(1) / static_cast<C>(b.size);
  for (std::int64_t row = Team::first_row(); row < b.rows; row += Team::rows_at_once()) {
    const T *x = b.x + row * b.size, *dy = b.dy + row * b.size;
    const C mean = load(b.mean[row]), scale = load(b.scale[row]);
    // The gradient of the normalized numbers, and their products with these; both 0 behind the end.
    const C sum = sum_of_row<T, Team>(b.size, [&](std::int64_t i, C* sums) {
      const Piece<T> g(dy, i, b.size, b.aligned), gamma(b.gamma, i, b.size, b.aligned, C(1));
      WEFT_UNROLL
      for (int k = 0; k < piece; ++k) sums[k] += g.at[k] * gamma.at[k];
    });
    const C inner = sum_of_row<T, Team>(b.size, [&](std::int64_t i, C* sums) {
      const Piece<T> v(x, i, b.size, b.aligned), g(dy, i, b.size, b.aligned),
          gamma(b.gamma, i, b.size, b.aligned, C(1));
      WEFT_UNROLL
      for (int k = 0; k < piece; ++k) sums[k] += g.at[k] * gamma.at[k] * ((v.at[k] - mean) * scale);
    });
    for (std::int64_t i = Team::rank() * piece; i < b.size; i += Team::size() * piece) {
      Piece<T> v(x, i, b.size, b.aligned);
      const Piece<T> g(dy, i, b.size, b.aligned), gamma(b.gamma, i, b.size, b.aligned, C(1));
      WEFT_UNROLL
      for (int k = 0; k < piece; ++k) {
        const C z = (v.at[k] - mean) * scale;
        v.at[k] = scale * (g.at[k] * gamma.at[k] - sum * share - z * inner * share);
      }
      v.store_to(b.dx + row * b.size, i, b.size, b.aligned);
    }
  }
}

constexpr int column_lanes = 16, column_rows = 16;  // threads of a block that sums columns

/// Part blockIdx.y of the rows: for each column the sums of dy * z and of dy, at
/// [2, part, size]. A thread has 16 bytes of columns of every sixteenth row.
template <class T>
__global__ void columns_kernel(Backward<T> b, std::int64_t part_rows, Compute<T>* partial) {
  using C = Compute<T>;
  constexpr int piece = Piece<T>::size, threads = column_lanes * column_rows;
  WEFT_SHARED(C, shared, 2 * piece * threads);
  const int own = static_cast<int>(threadIdx.x), lane = own % column_lanes,
            first = own / column_lanes;
  const std::int64_t begin = blockIdx.y * part_rows,
                     end = begin + part_rows < b.rows ? begin + part_rows : b.rows;
  const std::int64_t tile = column_lanes * piece;
  for (std::int64_t column = blockIdx.x * tile; column < b.size; column += gridDim.x * tile) {
    const std::int64_t i = column + lane * piece;
    C sums[2 * piece] = {};
    for (std::int64_t row = begin + first; row < end && i < b.size; row += column_rows) {
      const Piece<T> v(b.x + row * b.size, i, b.size, b.aligned),
          g(b.dy + row * b.size, i, b.size, b.aligned);
      const C mean = load(b.mean[row]), scale = load(b.scale[row]);
      WEFT_UNROLL
      for (int k = 0; k < piece; ++k) {
        sums[k] += g.at[k] * ((v.at[k] - mean) * scale);
        sums[piece + k] += g.at[k];
      }
    }
    WEFT_UNROLL
    for (int k = 0; k < 2 * piece; ++k) shared[k * threads + own] = sums[k];
    for (int rows = column_rows / 2; rows > 0; rows /= 2) {
      __syncthreads();
      if (first >= rows) continue;
      for (int k = 0; k < 2 * piece; ++k)
        shared[k * threads + own] += shared[k * threads + own + rows * column_lanes];
    }
    for (int k = 0; k < 2 * piece && first == 0; ++k) {
      const int which = k / piece;
      const std::int64_t at = i + k % piece;
      if (at < b.size)
        partial[(which * std::int64_t{gridDim.y} + blockIdx.y) * b.size + at] =
            shared[k * threads + own];
    }
    __syncthreads();
  }
}

constexpr std::int64_t longest_of_warp = 1024;  // elements of a row that a warp has alone

LaunchShape shape_of_rows(const LayerNorm& s) {
  if (s.size > longest_of_warp) return shape_for_rows(s.rows, s.size);
  return shape_for(s.rows * warp_size, 1, 128);
}

/// Whether rows of `size` elements at all of these addresses lie in pieces of 16 bytes.
template <class T>
bool lie_aligned(std::int64_t size, std::initializer_list<const T*> rows) {
  bool aligned = size % Piece<T>::size == 0;
  for (const T* p : rows) aligned = aligned && is_aligned<Vector<T>>(p);
  return aligned;
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const LayerNorm s(r);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [s](const KernelArgs& a) {
      Forward<T> f{.rows = s.rows,
                   .size = s.size,
                   .epsilon = static_cast<Compute<T>>(s.epsilon),
                   .x = a.in<T>(0),
                   .gamma = optional_input<T>(a, s.gamma),
                   .beta = optional_input<T>(a, s.beta),
                   .y = a.out<T>(0),
                   .mean = a.out<T>(1),
                   .scale = a.out<T>(2),
                   .aligned = false};
      f.aligned = lie_aligned<T>(s.size, {f.x, f.gamma, f.beta, f.y});
      launch(s.size > longest_of_warp ? forward_kernel<T, BlockTeam> : forward_kernel<T, WarpTeam>,
             shape_of_rows(s), a.stream, f);
    }};
  });
}

/// How the rows are cut for the sums of columns.
struct Parts {
  std::int64_t tiles, rows, count;
  Parts(const LayerNorm& s, std::int64_t piece) {
    constexpr std::int64_t rows_least = 4 * column_rows;
    tiles = (s.size + column_lanes * piece - 1) / (column_lanes * piece);
    const std::int64_t most = s.rows / rows_least;
    const std::int64_t wanted = 2 * multiprocessors / (tiles > 0 ? tiles : 1);
    count = most < wanted ? most : wanted;
    if (count < 1) count = 1;
    rows = (s.rows + count - 1) / count;
    if (rows > 0) count = (s.rows + rows - 1) / rows;
  }
};

template <class T>
void run_grad(const LayerNorm& s, const Parts& parts, const KernelArgs& a) {
  using C = Compute<T>;
  Backward<T> b{.rows = s.rows,
                .size = s.size,
                .x = a.in<T>(0),
                .gamma = optional_input<T>(a, s.gamma),
                .mean = a.in<T>(s.statistics),
                .scale = a.in<T>(s.statistics + 1),
                .dy = a.in<T>(s.statistics + 2),
                .dx = a.out<T>(0),
                .aligned = false};
  b.aligned = lie_aligned<T>(s.size, {b.x, b.gamma, b.dy, b.dx});
  launch(s.size > longest_of_warp ? backward_kernel<T, BlockTeam> : backward_kernel<T, WarpTeam>,
         shape_of_rows(s), a.stream, b);
  if (s.dgamma < 0 && s.dbeta < 0) return;
  auto* partial = static_cast<C*>(a.workspace);
  constexpr std::int64_t most = multiprocessors * 16;
  launch(columns_kernel<T>,
         {.blocks = static_cast<unsigned>(parts.tiles < most ? parts.tiles : most),
          .threads = column_lanes * column_rows,
          .blocks_y = static_cast<unsigned>(parts.count)},
         a.stream, b, parts.rows, partial);
  if (s.dgamma >= 0)
    launch_partial_sums(s.size, parts.count, partial, a.out<T>(s.dgamma), a.stream);
  if (s.dbeta >= 0) {
    launch_partial_sums(s.size, parts.count, partial + parts.count * s.size, a.out<T>(s.dbeta),
                        a.stream);
  }
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const LayerNorm s(r);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    const Parts parts(s, Piece<T>::size);
    const bool columns = s.dgamma >= 0 || s.dbeta >= 0;
    return PreparedKernel{
        .run = [s, parts](const KernelArgs& a) { run_grad<T>(s, parts, a); },
        .workspace_bytes =
            columns ? static_cast<std::size_t>(parts.count * 2 * s.size) * sizeof(Compute<T>) : 0};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_layer_normalization(KernelTable& table) {
  cuda::add_kernel(table, "layer_normalization", cuda::prepare);
  cuda::add_kernel(table, "layer_normalization_grad", cuda::prepare_grad);
}

}  // namespace weft::registration
