#include <weft/core/ops/sparse_categorical_crossentropy.h>
#include <weft/core/settings.h>

#include <weft/core/ops/cast.h>
#include <weft/core/ops/pointwise/clip.h>
#include <weft/core/ops/pointwise/log.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/squeeze.h>
#include "core/ops/checks.hpp"
#include "core/ops/class_numbers.hpp"

namespace weft {
namespace {

using ops::fail;
using ops::Specs;

constexpr const char* kName = "sparse_categorical_crossentropy";  // what users know it by

/// Both ops: labels [...], logits [..., C].
void check(const TensorSpec& labels, const TensorSpec& logits) {
  const Shape &l = labels.shape, &x = logits.shape;
  if (!labels.dtype.is_integer())
    fail<DtypeError>(kName, "labels are no integers", "an integer dtype", labels.dtype.name());
  if (!logits.dtype.is_floating()) {
    fail<DtypeError>(kName, "logits are not floating", "a floating dtype", logits.dtype.name());
  }
  bool fits = x.rank() == l.rank() + 1;
  for (int i = 0; fits && i < l.rank(); ++i) fits = !l[i].known() || !x[i].known() || l[i] == x[i];
  if (!fits) {
    fail(kName, "labels and logits do not fit", "labels.shape == logits.shape[:-1]",
         "labels.shape=" + l.to_string() + ", logits.shape=" + x.to_string());
  }
}

Specs infer(const Specs& inputs, const Config&) {
  ops::check_inputs(kName, inputs, 2);
  check(inputs[0], inputs[1]);
  Shape out;
  for (int i = 0; i + 1 < inputs[1].shape.rank(); ++i) {
    const Dim d = inputs[1].shape[i];
    out.push_back(d.known() ? d : inputs[0].shape[i]);
  }
  return {{out, inputs[1].dtype}};
}

/// sparse_softmax_crossentropy_grad(labels, logits, dloss) = dloss * (softmax(logits) -
/// one_hot(labels)).
Specs infer_grad(const Specs& inputs, const Config&) {
  ops::check_inputs("sparse_softmax_crossentropy_grad", inputs, 3);
  check(inputs[0], inputs[1]);
  return {inputs[1]};
}

std::vector<Tensor> grad(const GradArgs& args) {
  if (!args.wanted[1]) return {Tensor(), Tensor()};
  return {Tensor(), apply_one("sparse_softmax_crossentropy_grad",
                              {args.inputs[0], args.inputs[1], args.grads[0]})};
}

std::vector<Tensor> grad_of_grad(const GradArgs&) { ops::no_second_order(kName); }

/// sparse_log_crossentropy(labels, log_p) = -log_p[label]; its gradient: -dloss at the label, 0
/// elsewhere.
Specs infer_log_grad(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("sparse_log_crossentropy_grad", inputs, 2);
  Shape out = inputs[0].shape;
  out.push_back(attrs.get<Dim>("classes"));
  return {{out, inputs[1].dtype}};
}

std::vector<Tensor> grad_log(const GradArgs& args) {
  if (!args.wanted[1]) return {Tensor(), Tensor()};
  return {Tensor(), apply_one("sparse_log_crossentropy_grad", {args.inputs[0], args.grads[0]},
                              {{"classes", args.inputs[1].shape()[-1]}})};
}

std::vector<Tensor> grad_of_grad_log(const GradArgs& args) {
  return {Tensor(), apply_one("sparse_log_crossentropy", {args.inputs[0], args.grads[0]})};
}

}  // namespace

namespace ops {

Tensor sparse_categorical_crossentropy(const Tensor& target, const Tensor& output,
                                       SparseCrossentropyOptions options) {
  constexpr const char* name = "sparse_categorical_crossentropy";
  const int rank = output.shape().rank();
  if (rank == 0) fail(name, "output is a scalar", "classes along the last axis", "output.shape=()");
  if (normalize_axis(name, options.axis, rank) != rank - 1) {
    fail(name, "the classes are not along the last axis", fmt::format("axis=-1 or {}", rank - 1),
         fmt::format("axis={}", options.axis));
  }
  Tensor labels = target;
  if (labels.shape().rank() == rank && labels.shape()[-1] == 1) labels = squeeze(labels, -1);
  if (!labels.dtype().is_integer()) labels = class_numbers(labels);
  if (options.from_logits) return apply_one("sparse_softmax_crossentropy", {labels, output});
  const Tensor p = output / sum(output, {.axis = -1, .keepdims = true});
  return apply_one("sparse_log_crossentropy", {labels, log(clip(p, epsilon(), 1 - epsilon()))});
}

}  // namespace ops

namespace registration {

void op_sparse_categorical_crossentropy() {
  const auto forward = [](const char* name, auto infer, auto grad) {
    register_op({.name = name, .infer = infer, .grad = grad, .traits = {.refuses_data = true}});
  };
  const auto backward = [](const char* name, auto infer, auto grad, const char* of) {
    register_op({.name = name,
                 .infer = infer,
                 .grad = grad,
                 .traits = {.refuses_data = true, .checked_by = of}});
  };
  forward("sparse_softmax_crossentropy", infer, grad);
  backward("sparse_softmax_crossentropy_grad", infer_grad, grad_of_grad,
           "sparse_softmax_crossentropy");
  forward("sparse_log_crossentropy", infer, grad_log);
  backward("sparse_log_crossentropy_grad", infer_log_grad, grad_of_grad_log,
           "sparse_log_crossentropy");
}

}  // namespace registration
}  // namespace weft
