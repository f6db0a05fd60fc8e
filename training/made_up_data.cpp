#include "training/made_up_data.hpp"

#include <weft/core/error.h>
#include <weft/core/ops/full.h>
#include <weft/core/random.h>
#include <weft/core/settings.h>

#include "core/access.hpp"
#include "core/byte_count.hpp"
#include "core/default_backend.hpp"
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

Tensor uniform(const Shape& shape, DType dtype) {
  return random::uniform(shape, {.seed = 1}).astype(dtype);
}

Tensor zeros(const Shape& shape, DType dtype) { return ops::zeros(shape, dtype); }

Tensor without_memory(const Shape& shape, DType dtype) {
  auto p = std::make_shared<TensorImpl>();
  p->shape = shape;
  p->dtype = dtype;
  p->storage =
      std::make_shared<Storage>(host_backend(), nullptr, byte_count(shape, dtype), nullptr);
  return wrap_impl(std::move(p));
}

using Make = Tensor (*)(const Shape& shape, DType dtype);

Tensor target(const Shape& shape, bool sparse, Make make) {
  if (!sparse) return make(shape, floatx());
  Shape labels;
  for (int i = 0; i + 1 < shape.rank(); ++i) labels.push_back(shape[i]);
  return make(labels, DType::int32);
}

MadeUpData made_up(const Model& model, int batch_size, bool with_targets, Make make_input,
                   Make make_target) {
  MadeUpData data;
  const Tensors inputs = model.input(), outputs = model.output();
  std::vector<Tensor> x;
  for (const Tensor& in : inputs.flat())
    x.push_back(make_input(concrete(in.shape(), batch_size), in.dtype()));
  data.x = inputs.with(x);
  if (!with_targets) return data;
  const std::vector<std::string> names =
      output_names_of(static_cast<const ModelLayer&>(*model.base()), outputs);
  std::vector<Tensor> y;
  const std::vector<Tensor> flat = outputs.flat();
  for (std::size_t i = 0; i < flat.size(); ++i)
    y.push_back(
        target(concrete(flat[i].shape(), batch_size), any_sparse(model, i, names[i]), make_target));
  data.y = outputs.with(y);
  return data;
}

}  // namespace

MadeUpData made_up_data(const Model& model, int batch_size, bool with_targets) {
  return made_up(model, batch_size, with_targets, uniform, zeros);
}

MadeUpData made_up_shapes(const Model& model, int batch_size, bool with_targets) {
  return made_up(model, batch_size, with_targets, without_memory, without_memory);
}

}  // namespace weft::detail
