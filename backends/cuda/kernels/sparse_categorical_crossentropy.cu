// sparse_softmax_crossentropy and its gradient, from logits, and both with the accuracy's matches
// in crossentropy_step: one kernel, so that their bits are the same apart and together, and no
// softmax is stored. A row belongs to as many lanes of a warp as it has classes, or to a block;
// they read it again and again, but from memory once.
// sparse_log_crossentropy, from logarithms of probabilities.
#include "backends/cuda/indices.hpp"
#include "backends/refusal_texts.hpp"

namespace weft::cuda {
namespace {

/// What is computed; null: not wanted, and without a gradient no `dloss` either.
template <class T>
struct Step {
  const T *logits, *dloss;
  T *loss, *grad, *matches;
  bool vectors = false;  ///< whether rows of vectors may be read and written as such
};

/// The threads that share a row: `width` lanes of a warp.
struct Lanes {
  int width;
  __device__ int own() const { return static_cast<int>(threadIdx.x) & (width - 1); }
  template <class V, class F>
  __device__ V reduce(V value, V, F combine) const {
    for (int lanes = width / 2; lanes > 0; lanes /= 2)
      value = combine(value, __shfl_xor_sync(all_lanes, value, lanes));
    return value;
  }
};

/// The threads that share a row: those of the block.
struct WholeBlock {
  int width;
  __device__ int own() const { return static_cast<int>(threadIdx.x); }
  template <class V, class F>
  __device__ V reduce(V value, V neutral, F combine) const {
    return block_reduce(value, neutral, combine);
  }
};

/// Calls f(i, x) for this thread's share of a row: N elements from i on. Who has which follows from
/// the shape alone, and so do the bits; whether they are read at once, from the address.
template <int N, class T, class Team, class F>
__device__ __forceinline__ void each_group(const T* row, std::int64_t classes, bool vectors,
                                           const Team& team, F&& f) {
  const std::int64_t step = static_cast<std::int64_t>(team.width) * N;
  for (std::int64_t i = static_cast<std::int64_t>(team.own()) * N; i < classes; i += step) {
    Vector<T, N> x;
    if (vectors) {
      x = load_vector<Vector<T, N>>(row + i);
    } else {
      for (int k = 0; k < N; ++k) x.at[k] = row[i + k];
    }
    f(i, x);
  }
}

/// The same for each element.
template <int N, class T, class Team, class F>
__device__ __forceinline__ void each_logit(const T* row, std::int64_t classes, bool vectors,
                                           const Team& team, F&& f) {
  each_group<N>(row, classes, vectors, team, [&](std::int64_t i, const Vector<T, N>& x) {
    for (int k = 0; k < N; ++k) f(i + k, load(x.at[k]));
  });
}

/// One row; `label` is -1 where it is out of range. All threads of the team come here, with
/// `classes` 0 where there is no row for them.
template <int N, class T, class Team>
__device__ void row_step(const Step<T>& s, const Team& team, std::int64_t row, std::int64_t classes,
                         std::int64_t label) {
  using C = Compute<T>;
  const T* x = s.logits + row * classes;
  C largest = -math::inf_of(C());
  each_logit<N>(x, classes, s.vectors, team,
                [&](std::int64_t, C v) { largest = math::max(largest, v); });
  largest = team.reduce(largest, -math::inf_of(C()), Max());
  // argmax answers the first NaN, else the first of the largest.
  C sum = 0;
  long long winner = classes;
  each_logit<N>(x, classes, s.vectors, team, [&](std::int64_t i, C v) {
    sum += math::exp(v - largest);
    if ((v == largest || v != v) && i < winner) winner = i;
  });
  sum = team.reduce(sum, C(0), Sum());
  if (s.matches != nullptr) winner = team.reduce(winner, static_cast<long long>(classes), Min());
  if (classes == 0) return;
  if (team.own() == 0) {
    const C of_label = label < 0 ? C(0) : load(x[label]);
    if (s.loss != nullptr) s.loss[row] = store<T>(math::log(sum) + (largest - of_label));
    if (s.matches != nullptr) s.matches[row] = store<T>(C(label == winner ? 1 : 0));
  }
  if (s.grad == nullptr) return;
  const C scale = C(1) / sum, g = load(s.dloss[row]);
  T* out = s.grad + row * classes;
  each_group<N>(x, classes, s.vectors, team, [&](std::int64_t i, Vector<T, N> v) {
    for (int k = 0; k < N; ++k) {
      const C p = math::exp(load(v.at[k]) - largest) * scale;
      v.at[k] = store<T>(g * (i + k == label ? p - C(1) : p));
    }
    if (s.vectors) {
      store_vector(out + i, v);
    } else {
      for (int k = 0; k < N; ++k) out[i + k] = v.at[k];
    }
  });
}

template <class Team>
__device__ std::int64_t checked_label(const Indices& labels, const IndexCheck& notes,
                                      std::int64_t row, const Team& team) {
  if (team.own() == 0) labels.check(row, notes);
  return labels.place(row);
}

/// Several rows to a block.
template <int N, class T>
__global__ void lanes_kernel(Indices labels, IndexCheck notes, Step<T> s, int width) {
  const Lanes team{width};
  const std::int64_t rows_of_block = blockDim.x / static_cast<unsigned>(width);
  const std::int64_t own = threadIdx.x / static_cast<unsigned>(width);
  for (std::int64_t first = blockIdx.x * rows_of_block; first < labels.count;
       first += gridDim.x * rows_of_block) {
    const std::int64_t row = first + own;
    const bool valid = row < labels.count;  // all lanes of a warp come along
    const std::int64_t label = valid ? checked_label(labels, notes, row, team) : -1;
    row_step<N>(s, team, valid ? row : 0, valid ? labels.size : 0, label);
  }
}

template <int N, class T>
__global__ void block_kernel(Indices labels, IndexCheck notes, Step<T> s) {
  const WholeBlock team{static_cast<int>(blockDim.x)};
  for_each_row(labels.count, [&](std::int64_t row) {
    row_step<N>(s, team, row, labels.size, checked_label(labels, notes, row, team));
  });
}

/// Labels of rows of `classes`, and the Error where one is out of range.
struct Labels {
  Indices indices;
  std::shared_ptr<const int> place;

  Labels(const TensorSpec& labels, std::int64_t classes)
      : indices{nullptr, labels.dtype.code(), labels.shape.size(), classes, false},
        place(
            register_refusal([classes, dtype = labels.dtype](std::int64_t row, std::int64_t label) {
              return label_refusal(classes, dtype, row, label);
            })) {}
  Indices at(const void* data) const {
    Indices there = indices;
    there.data = data;
    return there;
  }
  IndexCheck check(const KernelArgs& a) const { return {stream_of(a.stream).refusals, *place}; }
};

template <int N, class T>
void launch_step(const Labels& labels, const Step<T>& s, const KernelArgs& a) {
  constexpr std::int64_t most_of_warp = 1024;
  const Indices indices = labels.at(a.inputs[0]);
  if (indices.size > most_of_warp) {
    launch(block_kernel<N, T>, shape_for_rows(indices.count, indices.size), a.stream, indices,
           labels.check(a), s);
    return;
  }
  int width = 1;
  while (width < warp_size && width * N < indices.size) width *= 2;
  launch(lanes_kernel<N, T>, shape_for(indices.count * width), a.stream, indices, labels.check(a),
         s, width);
}

template <class T>
void run_step(const Labels& labels, Step<T> s, const KernelArgs& a) {
  using V = Vector<T>;
  s.vectors = is_aligned<V>(s.logits) && is_aligned<V>(s.grad);
  if (labels.indices.size % V::size == 0)
    launch_step<V::size>(labels, s, a);
  else
    launch_step<1>(labels, s, a);
}

PreparedKernel prepare_loss(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    const Labels labels(r.inputs[0], r.inputs[1].shape[-1]);
    return PreparedKernel{.run = [labels](const KernelArgs& a) {
      run_step<T>(labels, {a.in<T>(1), nullptr, a.out<T>(0), nullptr, nullptr}, a);
    }};
  });
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    const Labels labels(r.inputs[0], r.inputs[1].shape[-1]);
    return PreparedKernel{.run = [labels](const KernelArgs& a) {
      run_step<T>(labels, {a.in<T>(1), a.in<T>(2), nullptr, a.out<T>(0), nullptr}, a);
    }};
  });
}

PreparedKernel prepare_step(const KernelRequest& r, std::string& why_not) {
  const bool gradient = r.inputs.size() == 3, matches = r.attrs.get<bool>("matches", false);
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    const Labels labels(r.inputs[0], r.inputs[1].shape[-1]);
    return PreparedKernel{.run = [labels, gradient, matches](const KernelArgs& a) {
      run_step<T>(
          labels,
          {a.in<T>(1), gradient ? a.in<T>(2) : nullptr, a.out<T>(0),
           gradient ? a.out<T>(1) : nullptr, matches ? a.out<T>(gradient ? 2 : 1) : nullptr},
          a);
    }};
  });
}

template <class T>
__global__ void log_kernel(Indices labels, IndexCheck notes, const T* x, T* y) {
  for_each_index(labels.count, [&](std::int64_t row) {
    labels.check(row, notes);
    const std::int64_t label = labels.place(row);
    y[row] = label < 0 ? store<T>(Compute<T>(0)) : store<T>(-load(x[row * labels.size + label]));
  });
}

template <class T>
__global__ void log_grad_kernel(Indices labels, IndexCheck notes, IndexDivisor by_classes,
                                const T* dloss, T* dx) {
  const std::int64_t total = labels.count * labels.size;
  for_each_index(math::max(total, labels.count), [&](std::int64_t e) {
    if (e < labels.count) labels.check(e, notes);
    if (e >= total) return;
    std::int64_t i = 0;
    const std::int64_t row = by_classes.divide(e, i);
    dx[e] = store<T>(labels.place(row) == i ? -load(dloss[row]) : Compute<T>(0));
  });
}

PreparedKernel prepare_log(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    const Labels labels(r.inputs[0], r.inputs[1].shape[-1]);
    return PreparedKernel{.run = [labels](const KernelArgs& a) {
      launch(log_kernel<T>, shape_for(labels.indices.count), a.stream, labels.at(a.inputs[0]),
             labels.check(a), a.in<T>(1), a.out<T>(0));
    }};
  });
}

PreparedKernel prepare_log_grad(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    const Labels labels(r.inputs[0], r.outputs[0].shape[-1]);
    return PreparedKernel{.run = [labels](const KernelArgs& a) {
      const Indices& all = labels.indices;
      launch(log_grad_kernel<T>, shape_for(all.count * std::max<std::int64_t>(all.size, 1)),
             a.stream, labels.at(a.inputs[0]), labels.check(a), IndexDivisor(all.size), a.in<T>(1),
             a.out<T>(0));
    }};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_sparse_categorical_crossentropy(KernelTable& table) {
  cuda::add_kernel(table, "sparse_softmax_crossentropy", cuda::prepare_loss);
  cuda::add_kernel(table, "sparse_softmax_crossentropy_grad", cuda::prepare_grad);
  cuda::add_kernel(table, "crossentropy_step", cuda::prepare_step);
  cuda::add_kernel(table, "sparse_log_crossentropy", cuda::prepare_log);
  cuda::add_kernel(table, "sparse_log_crossentropy_grad", cuda::prepare_log_grad);
}

}  // namespace weft::registration
