#include <weft/core/error.h>

#include "core/access.hpp"
#include "core/convert.hpp"
#include "core/default_backend.hpp"
#include "core/structure_version.hpp"
#include "training/model_parts.hpp"
#include "training/model_state.hpp"

namespace weft::detail {
namespace {

struct StepStructure {
  std::vector<std::string> names;
  Tensors structure;
};

StepSet& set_of(ModelState& state, StepKind kind) {
  switch (kind) {
    case StepKind::train:
      return state.train;
    case StepKind::test:
      return state.test;
    default:
      return state.predict;
  }
}

executor::StepResult result_of(const Logs& logs) {
  auto structure = std::make_shared<StepStructure>();
  structure->names = logs.names();
  return {logs.values(), structure};
}

executor::StepResult run_body(ModelLayer& model, StepKind kind,
                              const trace::CallStructure& arguments,
                              const std::vector<Tensor>& flat) {
  const std::vector<Tensors> a = arguments.rebuild(flat);
  if (kind == StepKind::predict) {  // several threads may: nothing of the model's state is touched
    auto structure = std::make_shared<StepStructure>();
    structure->structure = model.predict_step(a[0]);
    return {structure->structure.flat(), structure};
  }
  ModelState& state = ModelAccess::state(model);
  state.step_loss = {};
  state.tracked = false;
  executor::StepResult result =
      result_of(kind == StepKind::train ? model.train_step(a[0], a[1], a[2])
                                        : model.test_step(a[0], a[1], a[2]));
  state.step_loss = {};
  return result;
}

bool fits(const executor::BoundStep& bound, const std::vector<Tensor>& flat) {
  const plan::OpGraph& g = bound.plan().graph;
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const TensorSpec& spec = g.values[static_cast<std::size_t>(g.inputs[i])].spec;
    const TensorImpl& p = impl(flat[i]);
    if (!(spec.shape == p.shape) || !(spec.dtype == p.dtype)) return false;
  }
  return true;
}

}  // namespace

StepRunner::StepRunner(ModelLayer& model, StepKind kind, const trace::CallStructure& structure)
    : model_(model),
      kind_(kind),
      arguments_(structure),
      eager_(ModelAccess::state(model).options.run_eagerly) {
  if (eager_) return;
  ModelState& state = ModelAccess::state(model);
  const std::lock_guard lock(state.mutex);
  StepSet& set = set_of(state, kind);
  for (const auto& [key, step] : set.by_structure) {
    if (key == structure.key()) step_ = step;
  }
  if (!step_) {
    ModelLayer* raw = &model;  // the model owns the step
    step_ = std::make_shared<executor::Step>(
        [raw, kind, structure](const std::vector<Tensor>& flat) {
          return run_body(*raw, kind, structure, flat);
        },
        state.arenas);
    set.by_structure.emplace_back(structure.key(), step_);
  }
  state.latest = step_;
}

void StepRunner::take_structure(const std::shared_ptr<void>& structure) {
  const auto& s = *static_cast<const StepStructure*>(structure.get());
  names_ = s.names;
  structure_of_results_ = s.structure;
}

executor::BoundStep& StepRunner::binding(const std::vector<Tensor>& flat) {
  if (version_ != structure_version()) bindings_.clear();
  for (const auto& b : bindings_) {
    if (fits(*b, flat)) return *b;
  }
  constexpr std::size_t most = 8;
  if (bindings_.size() >= most) bindings_.erase(bindings_.begin());
  const DeviceScope where_it_is(device_of(model_));
  bindings_.push_back(step_->bind(flat));
  version_ = structure_version();
  take_structure(bindings_.back()->plan().structure);
  return *bindings_.back();
}

void StepRunner::expect_plan() const {
  if (eager_)
    throw GraphError(
        "Model '" + model_.name() +
        "' runs eagerly: there is no plan. Expected: compile with run_eagerly = false.");
}

const plan::Plan& StepRunner::prepare(const std::vector<Tensor>& flat) {
  expect_plan();
  return binding(flat).plan();
}

std::shared_ptr<const plan::Plan> StepRunner::plan_for(Backend& backend,
                                                       const std::vector<Tensor>& flat) {
  expect_plan();
  const DeviceScope where_it_is(device_of(model_));
  return step_->plan_for(backend, flat);
}

const std::vector<Tensor>& StepRunner::run(const std::vector<Tensor>& flat) {
  if (eager_) {
    const DeviceScope where_it_is(device_of(model_));
    // The batch's memory is used again for the next one: code that keeps x keeps its values.
    std::vector<Tensor> own;
    for (const Tensor& t : flat) own.push_back(copied(t));
    executor::StepResult result = run_body(model_, kind_, arguments_, own);
    take_structure(result.structure);
    eager_results_ = std::move(result.flat);
    return eager_results_;
  }
  current_ = &binding(flat);
  current_->run(flat, run_options_);
  return current_->outputs();
}

}  // namespace weft::detail
