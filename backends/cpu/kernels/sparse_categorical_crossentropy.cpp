// sparse_softmax_crossentropy and its gradient, from logits, and both with the accuracy's matches
// in crossentropy_step: no softmax is stored;
// sparse_log_crossentropy, from logarithms of probabilities.
#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <limits>

#include "backends/cpu/kernels/index_text.hpp"
#include "core/functors/math.h"

namespace weft::cpu {
namespace {

struct Rows {
  std::int64_t count, classes;
  DType label_type;
  Rows(const TensorSpec& labels, const TensorSpec& logits)
      : count(labels.shape.size()), classes(logits.shape[-1]), label_type(labels.dtype) {}

  std::int64_t label(const void* labels, std::int64_t row) const {
    const std::int64_t c = load_index(labels, label_type, row);
    if (c < 0 || c >= classes) {
      throw Error(
          fmt::format("sparse_categorical_crossentropy: a label is out of range. Expected: 0 <= "
                      "label < {} (the "
                      "number of classes). Received: {} at row {}",
                      classes, index_text(labels, label_type, row), row));
    }
    return c;
  }
};

template <class C>
struct Normalizer {
  C max;
  double sum;  // of exp(x - max)
};

template <class T>
Normalizer<Compute<T>> normalizer(const T* x, std::int64_t n) {
  using C = Compute<T>;
  C m = -std::numeric_limits<C>::infinity();
  for (std::int64_t i = 0; i < n; ++i) m = std::max(m, load(x[i]));
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<double>(math::exp(load(x[i]) - m));
  return {m, sum};
}

template <class T>
void loss(const Rows& rows, const void* labels, const T* logits, T* out) {
  using C = Compute<T>;
  for (std::int64_t r = 0; r < rows.count; ++r) {
    const T* x = logits + r * rows.classes;
    const std::int64_t label = rows.label(labels, r);
    const auto n = normalizer(x, rows.classes);
    out[r] = store<T>(static_cast<C>(math::log(n.sum)) + (n.max - load(x[label])));
  }
}

template <class T>
void loss_grad(const Rows& rows, const void* labels, const T* logits, const T* dloss, T* dx) {
  using C = Compute<T>;
  for (std::int64_t r = 0; r < rows.count; ++r) {
    const T* x = logits + r * rows.classes;
    T* out = dx + r * rows.classes;
    const std::int64_t label = rows.label(labels, r);
    const auto n = normalizer(x, rows.classes);
    const C scale = static_cast<C>(1 / n.sum), g = load(dloss[r]);
    for (std::int64_t i = 0; i < rows.classes; ++i)
      out[i] = store<T>(g * (math::exp(load(x[i]) - n.max) * scale));
    // The label's own element anew: p - 1, before rounding to T.
    out[label] = store<T>(g * (math::exp(load(x[label]) - n.max) * scale - C(1)));
  }
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const Rows rows(r.inputs[0], r.inputs[1]);
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [rows](const KernelArgs& a) { loss(rows, a.inputs[0], a.in<T>(1), a.out<T>(0)); }};
  });
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const Rows rows(r.inputs[0], r.inputs[1]);
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [rows](const KernelArgs& a) {
      loss_grad(rows, a.inputs[0], a.in<T>(1), a.in<T>(2), a.out<T>(0));
    }};
  });
}

/// 1 where the label is what argmax answers: the first NaN, else the first of the largest.
template <class T>
void matches(const Rows& rows, const void* labels, const T* logits, T* out) {
  for (std::int64_t r = 0; r < rows.count; ++r) {
    const T* x = logits + r * rows.classes;
    std::int64_t best = 0;
    for (std::int64_t i = 1; i < rows.classes; ++i) {
      const auto a = load(x[i]), b = load(x[best]);
      if (b == b && (a > b || a != a)) best = i;
    }
    out[r] = store<T>(static_cast<Compute<T>>(rows.label(labels, r) == best ? 1 : 0));
  }
}

PreparedKernel prepare_step(const KernelRequest& r, std::string& why_not) {
  const Rows rows(r.inputs[0], r.inputs[1]);
  const bool gradient = r.inputs.size() == 3, wins = r.attrs.get<bool>("matches", false);
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [rows, gradient, wins](const KernelArgs& a) {
      loss(rows, a.inputs[0], a.in<T>(1), a.out<T>(0));
      if (gradient) loss_grad(rows, a.inputs[0], a.in<T>(1), a.in<T>(2), a.out<T>(1));
      if (wins) matches(rows, a.inputs[0], a.in<T>(1), a.out<T>(gradient ? 2 : 1));
    }};
  });
}

PreparedKernel prepare_log(const KernelRequest& r, std::string& why_not) {
  const Rows rows(r.inputs[0], r.inputs[1]);
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [rows](const KernelArgs& a) {
      const T* x = a.in<T>(1);
      T* y = a.out<T>(0);
      for (std::int64_t i = 0; i < rows.count; ++i)
        y[i] = store<T>(-load(x[i * rows.classes + rows.label(a.inputs[0], i)]));
    }};
  });
}

PreparedKernel prepare_log_grad(const KernelRequest& r, std::string& why_not) {
  const Rows rows(r.inputs[0], r.outputs[0]);
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [rows](const KernelArgs& a) {
      const T* dloss = a.in<T>(1);
      T* dx = a.out<T>(0);
      std::fill_n(dx, rows.count * rows.classes, store<T>(0));
      for (std::int64_t i = 0; i < rows.count; ++i) {
        dx[i * rows.classes + rows.label(a.inputs[0], i)] = store<T>(-load(dloss[i]));
      }
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_sparse_categorical_crossentropy(KernelTable& table) {
  cpu::add_reference(table, "sparse_softmax_crossentropy", cpu::prepare);
  cpu::add_reference(table, "sparse_softmax_crossentropy_grad", cpu::prepare_grad);
  cpu::add_reference(table, "crossentropy_step", cpu::prepare_step);
  cpu::add_reference(table, "sparse_log_crossentropy", cpu::prepare_log);
  cpu::add_reference(table, "sparse_log_crossentropy_grad", cpu::prepare_log_grad);
}

}  // namespace weft::registration
