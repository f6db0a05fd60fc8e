// The shape of a matmul: C [m, n] = op(A) [m, k] * op(B) [k, n] for each of some batches.
#pragma once
#include <weft/core/backend.h>

#include "backends/shapes/epilogue.hpp"

namespace weft::kernels {

/// What is done to the sums: a third input [n] is added to each row, then `activation`.
struct GemmEpilogue {
  bool bias;
  EpilogueActivation activation = EpilogueActivation::none;

  explicit GemmEpilogue(const KernelRequest& r) : bias(r.inputs.size() == 3) {
    const std::string name = r.attrs.get<std::string>("activation", "");
    if (name == "relu") activation = EpilogueActivation::relu;
    if (name == "sigmoid") activation = EpilogueActivation::sigmoid;
    if (name == "tanh") activation = EpilogueActivation::tanh;
  }
  bool any() const { return bias || activation != EpilogueActivation::none; }
};

struct GemmShape {
  std::int64_t m, n, k;
  bool transpose_a, transpose_b;  ///< A is stored [k, m], B is stored [n, k]

  explicit GemmShape(const KernelRequest& r)
      : transpose_a(r.attrs.get<bool>("transpose_a", false)),
        transpose_b(r.attrs.get<bool>("transpose_b", false)) {
    const Shape &a = r.inputs[0].shape, &b = r.inputs[1].shape, &c = r.outputs[0].shape;
    m = c[-2];
    n = c[-1];
    k = a[transpose_a ? -2 : -1];
    for (int i = 0; i + 2 < c.rank(); ++i) add_batch(c[i], of(a, i, c.rank()), of(b, i, c.rank()));
    // Batches over a shared B are rows of one product.
    if (!transpose_a && rank_ == 1 && step_b_[0] == 0 && step_a_[0] == 1) {
      m *= size_[0];
      rank_ = 0;
    }
  }

  /// Where the matrices of a batch begin.
  struct Batch {
    std::int64_t a, b, c;
  };
  WEFT_HD Batch batch(std::int64_t number) const {
    std::int64_t a = 0, b = 0, rest = number;
    for (int d = rank_ - 1; d >= 0; --d) {
      a += step_a_[d] * (rest % size_[d]);
      b += step_b_[d] * (rest % size_[d]);
      rest /= size_[d];
    }
    return {a * m * k, b * k * n, number * m * n};
  }
  /// Calls f(first element of A, of B, of C) for every batch.
  template <class F>
  void batches(F&& f) const {
    batches(0, batch_count(), f);
  }
  /// The same for the batches first..last.
  template <class F>
  void batches(std::int64_t first, std::int64_t last, F&& f) const {
    if (first >= last) return;  // a size may be 0
    std::int64_t index[Shape::max_rank] = {}, a = 0, b = 0, rest = first;
    for (int d = rank_ - 1; d >= 0; --d) {
      index[d] = rest % size_[d];
      rest /= size_[d];
      a += step_a_[d] * index[d];
      b += step_b_[d] * index[d];
    }
    for (std::int64_t i = first; i < last; ++i) {
      f(a * m * k, b * k * n, i * m * n);
      for (int d = rank_ - 1; d >= 0; --d) {
        a += step_a_[d];
        b += step_b_[d];
        if (++index[d] < size_[d]) break;
        a -= step_a_[d] * size_[d];
        b -= step_b_[d] * size_[d];
        index[d] = 0;
      }
    }
  }
  WEFT_HD std::int64_t batch_count() const {
    std::int64_t count = 1;
    for (int i = 0; i < rank_; ++i) count *= size_[i];
    return count;
  }

 private:
  int rank_ = 0;
  // Per batch dimension its size and how many matrices one step is; 0 where an operand is repeated.
  std::int64_t size_[Shape::max_rank], step_a_[Shape::max_rank], step_b_[Shape::max_rank];

  static std::int64_t of(const Shape& s, int i, int rank) {
    const int own = i - (rank - s.rank());
    return own < 0 ? 1 : static_cast<std::int64_t>(s[own]);
  }

  void add_batch(std::int64_t size, std::int64_t a, std::int64_t b) {
    for (int i = 0; i < rank_; ++i) {
      step_a_[i] *= a;
      step_b_[i] *= b;
    }
    if (size == 1) return;
    size_[rank_] = size;
    step_a_[rank_] = a == 1 ? 0 : 1;
    step_b_[rank_++] = b == 1 ? 0 : 1;
    merge();
  }

  void merge() {
    if (rank_ < 2) return;
    const int i = rank_ - 2, j = rank_ - 1;
    if (step_a_[i] != size_[j] * step_a_[j] || step_b_[i] != size_[j] * step_b_[j]) return;
    size_[i] *= size_[j];
    step_a_[i] = step_a_[j];
    step_b_[i] = step_b_[j];
    --rank_;
  }
};

}  // namespace weft::kernels
