// The optimizer ops: one kernel over all variables, whose addresses are a table among its
// arguments; more launches where the table would be above 4 KiB.
#include <vector>

#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/kernel.hpp"
#include "backends/optimizer_formulas.hpp"

namespace weft::cuda {
namespace {

constexpr int threads = 256;

/// What a thread works on at once.
template <class T>
using Piece = Vector<T, sizeof(T) == 8 ? 2 : 4>;

/// A variable, its gradient and its slots: a piece of each to a thread, a chunk to a block.
template <int slots>
struct UpdatedVariable {
  static constexpr int reads = slots + 2, writes = slots + 1;
  const void* in[reads];
  void* out[writes];  // the variable, its slots
  std::int64_t size;
  unsigned first_chunk;  // counted over all of the table
  bool vectors;
};

template <int slots>
struct UpdateTable {
  static constexpr int capacity = (4096 - 128) / static_cast<int>(sizeof(UpdatedVariable<slots>));
  int count = 0;
  unsigned chunks = 0;
  UpdatedVariable<slots> variable[capacity];

  /// Which variable a chunk belongs to.
  __device__ const UpdatedVariable<slots>& find(unsigned chunk) const {
    int low = 0, high = count;
    while (high - low > 1) {
      const int middle = (low + high) / 2;
      if (variable[middle].first_chunk <= chunk)
        low = middle;
      else
        high = middle;
    }
    return variable[low];
  }
};

/// Elements [first, first + n) of a variable; n is at most those of a piece.
template <class T, class Formula>
__device__ __forceinline__ void update(const Formula& formula, Compute<T> rate,
                                       const UpdatedVariable<Formula::slots>& v, std::int64_t first,
                                       int n) {
  using V = Piece<T>;
  using Variable = UpdatedVariable<Formula::slots>;
  const bool vectors = v.vectors && n == V::size;
  V in[Variable::reads], out[Variable::writes];
  WEFT_UNROLL
  for (int k = 0; k < Variable::reads; ++k) {
    const T* from = static_cast<const T*>(v.in[k]) + first;
    if (vectors) {
      in[k] = load_vector<V>(from);
    } else {
      WEFT_UNROLL
      for (int j = 0; j < V::size; ++j) in[k].at[j] = from[j < n ? j : 0];
    }
  }
  WEFT_UNROLL
  for (int j = 0; j < V::size; ++j) {
    OptimizerElement<Compute<T>> x{load(in[0].at[j]), load(in[1].at[j]), {}};
    WEFT_UNROLL
    for (int s = 0; s < Formula::slots; ++s) x.slot[s] = load(in[2 + s].at[j]);
    formula.template step<T>(rate, x);
    out[0].at[j] = store<T>(x.w);
    WEFT_UNROLL
    for (int s = 0; s < Formula::slots; ++s) out[1 + s].at[j] = store<T>(x.slot[s]);
  }
  WEFT_UNROLL
  for (int k = 0; k < Variable::writes; ++k) {
    T* to = static_cast<T*>(v.out[k]) + first;
    if (vectors) {
      store_vector(to, out[k]);
    } else {
      WEFT_UNROLL
      for (int j = 0; j < V::size; ++j) {
        if (j < n) to[j] = out[k].at[j];
      }
    }
  }
}

template <class T, class Formula>
__global__ void update_kernel(Formula formula, const T* rate_at,
                              WEFT_GRID_CONSTANT const UpdateTable<Formula::slots> table,
                              const unsigned* refused) {
  if (is_refused(refused)) return;
  constexpr int N = Piece<T>::size;
  const Compute<T> rate = load(*rate_at);
  for_each_row(table.chunks, [&](std::int64_t chunk) {
    const auto& v = table.find(static_cast<unsigned>(chunk));
    const std::int64_t first = ((chunk - v.first_chunk) * threads + threadIdx.x) * N;
    const std::int64_t left = v.size - first;
    if (left > 0) update<T>(formula, rate, v, first, left < N ? static_cast<int>(left) : N);
  });
}

template <class T, int slots>
UpdatedVariable<slots> variable_at(const KernelArgs& a, int variables, int i, std::int64_t size) {
  UpdatedVariable<slots> v;
  v.size = size;
  v.vectors = true;
  for (int list = 0; list < v.reads; ++list) {
    v.in[list] = a.inputs[1 + list * variables + i];
    v.vectors = v.vectors && is_aligned<Piece<T>>(v.in[list]);
  }
  for (int list = 0; list < v.writes; ++list) {
    v.out[list] = a.outputs[list * variables + i];
    v.vectors = v.vectors && is_aligned<Piece<T>>(v.out[list]);
  }
  return v;
}

template <class T, class Formula>
void run(const KernelArgs& a, const Formula& formula, const std::vector<std::int64_t>& sizes) {
  constexpr int slots = Formula::slots;
  constexpr std::int64_t per_chunk = threads * Piece<T>::size;
  using Table = UpdateTable<slots>;
  const int variables = static_cast<int>(sizes.size());
  Table table;
  const auto launch_table = [&] {
    const LaunchShape shape = shape_for(table.chunks, 1, 1);
    launch(update_kernel<T, Formula>, {.blocks = shape.blocks, .threads = threads}, a.stream,
           formula, a.in<T>(0), table, a.refused);
    table.count = 0;
    table.chunks = 0;
  };
  for (int i = 0; i < variables; ++i) {
    const std::int64_t size = sizes[static_cast<std::size_t>(i)];
    if (size == 0) continue;
    auto& v = table.variable[table.count++] = variable_at<T, slots>(a, variables, i, size);
    v.first_chunk = table.chunks;
    table.chunks += static_cast<unsigned>((size + per_chunk - 1) / per_chunk);
    if (table.count == Table::capacity) launch_table();
  }
  launch_table();
}

template <class Formula>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not, const Formula& formula) {
  const std::size_t variables = (r.inputs.size() - 1) / (Formula::slots + 2);
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < variables; ++i) sizes.push_back(r.inputs[1 + i].shape.size());
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [formula, sizes](const KernelArgs& a) { run<T>(a, formula, sizes); },
        .honours_refusals = true};
  });
}

PreparedKernel prepare_sgd(const KernelRequest& r, std::string& why_not) {
  return with_sgd_formula(r.attrs, [&](const auto& f) { return prepare(r, why_not, f); });
}
PreparedKernel prepare_rmsprop(const KernelRequest& r, std::string& why_not) {
  return with_rmsprop_formula(r.attrs, [&](const auto& f) { return prepare(r, why_not, f); });
}
PreparedKernel prepare_adam(const KernelRequest& r, std::string& why_not) {
  return with_adam_formula(r.attrs, [&](const auto& f) { return prepare(r, why_not, f); });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_optimizer_updates(KernelTable& table) {
  cuda::add_kernel(table, "sgd_update", cuda::prepare_sgd);
  cuda::add_kernel(table, "rmsprop_update", cuda::prepare_rmsprop);
  cuda::add_kernel(table, "adam_update", cuda::prepare_adam);
}

}  // namespace weft::registration
