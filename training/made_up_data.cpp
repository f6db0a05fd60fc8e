#include "training/made_up_data.hpp"

#include <weft/core/error.h>
#include <weft/core/ops/full.h>
#include <weft/core/random.h>

#include "core/access.hpp"
#include "training/compile_args_access.hpp"
#include "training/model_state.hpp"

namespace weft::detail {
namespace {

constexpr std::int64_t unknown_length = 128;

Shape concrete(const Shape& shape, int batch_size) {
  Shape out;
  for (int i = 0; i < shape.rank(); ++i)
    out.push_back(i == 0 ? Dim(batch_size) : shape[i].known() ? shape[i] : Dim(unknown_length));
  return out;
}

bool is_sparse(const LossSpec& loss) {
  const auto* s = spec_of(loss);
  if (s == nullptr) return false;
  if (!s->id.empty()) return s->id.rfind("sparse", 0) == 0 || s->id.rfind("Sparse", 0) == 0;
  return s->object && s->object->class_name() == "SparseCategoricalCrossentropy";
}

bool any_sparse(const Model& model, std::size_t output, const std::string& name) {
  const PerOutput<LossSpec>& losses =
      ModelAccess::state(static_cast<const ModelLayer&>(*model.base())).options.loss;
  const auto& entries = entries_of(losses);
  if (entries.empty()) return false;
  if (form_of(losses) == ArgumentForm::single) return is_sparse(entries[0].second);
  if (form_of(losses) == ArgumentForm::list)
    return output < entries.size() && is_sparse(entries[output].second);
  for (const auto& [key, loss] : entries) {
    if (key == name) return is_sparse(loss);
  }
  return false;
}

Tensor target(const Shape& shape, bool sparse) {
  if (!sparse) return ops::zeros(shape);
  Shape labels;
  for (int i = 0; i + 1 < shape.rank(); ++i) labels.push_back(shape[i]);
  return ops::zeros(labels, DType::int32);
}

}  // namespace

MadeUpData made_up_data(const Model& model, int batch_size, bool with_targets) {
  MadeUpData data;
  const Tensors inputs = model.input(), outputs = model.output();
  std::vector<Tensor> x;
  for (const Tensor& in : inputs.flat())
    x.push_back(random::uniform(concrete(in.shape(), batch_size), {.seed = 1}).astype(in.dtype()));
  data.x = inputs.with(x);
  if (!with_targets) return data;
  const std::vector<std::string> names =
      output_names_of(static_cast<const ModelLayer&>(*model.base()), outputs);
  std::vector<Tensor> y;
  const std::vector<Tensor> flat = outputs.flat();
  for (std::size_t i = 0; i < flat.size(); ++i)
    y.push_back(target(concrete(flat[i].shape(), batch_size), any_sparse(model, i, names[i])));
  data.y = outputs.with(y);
  return data;
}

}  // namespace weft::detail
