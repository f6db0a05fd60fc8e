#include "graph/executor/step.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>

#include <atomic>

#include "core/access.hpp"
#include "core/default_backend.hpp"
#include "core/structure_version.hpp"
#include "graph/plan/largest_buffers.hpp"
#include "graph/trace/plan_trace.hpp"

namespace weft::executor {
namespace {

constexpr std::size_t most_shown = 8;  // tensors in an error
constexpr double mebi = 1 << 20;

bool same_specs(const std::vector<TensorSpec>& specs, const std::vector<Tensor>& inputs) {
  if (specs.size() != inputs.size()) return false;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const detail::TensorImpl& p = detail::impl(inputs[i]);
    if (!(specs[i].dtype == p.dtype) || !(specs[i].shape == p.shape)) return false;
  }
  return true;
}

std::vector<TensorSpec> specs_of(const std::vector<Tensor>& inputs) {
  std::vector<TensorSpec> specs;
  for (const Tensor& t : inputs) specs.push_back({t.shape(), t.dtype()});
  return specs;
}

RunOptions with_process_settings(RunOptions options) {
  options.check_numerics = options.check_numerics || check_numerics();
  options.poison = options.poison || poison_dead_memory();
  return options;
}

std::atomic<bool> poison_flag{false};

}  // namespace

bool poison_dead_memory() { return poison_flag; }
void set_poison_dead_memory(bool on) { poison_flag = on; }

BoundStep::BoundStep(std::shared_ptr<const plan::Plan> plan, std::shared_ptr<ArenaPool> arenas)
    : context_(std::move(plan)), arenas_(std::move(arenas)) {
  const plan::OpGraph& g = context_.plan().graph;
  for (const TensorSpec& s : plan::specs_of(g, g.outputs))
    outputs_.push_back(detail::empty(s.shape, s.dtype, *context_.plan().backend));
  input_pointers_.resize(g.inputs.size());
  output_pointers_.resize(g.outputs.size());
}

void BoundStep::execute(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs,
                        const RunOptions& options) {
  context_.prepare_writes();
  Backend* backend = context_.plan().backend;
  moved_.clear();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const detail::TensorImpl* p = &detail::impl(inputs[i]);
    if (p->storage->backend != backend) {
      moved_.push_back(inputs[i].to(backend->device()));
      p = &detail::impl(moved_.back());
    }
    input_pointers_[i] = p->data();
  }
  for (std::size_t i = 0; i < outputs.size(); ++i)
    output_pointers_[i] = detail::impl(outputs[i]).mutable_data();
  context_.run(input_pointers_, output_pointers_, *arenas_, with_process_settings(options));
}

void BoundStep::reserve() {
  const plan::Plan& plan = context_.plan();
  const ArenaLease lease(*arenas_, *plan.backend, plan.arena_bytes());
}

void BoundStep::run(const std::vector<Tensor>& inputs, const RunOptions& options) {
  execute(inputs, outputs_, options);
}

std::vector<Tensor> BoundStep::run_fresh(const std::vector<Tensor>& inputs,
                                         const RunOptions& options) {
  std::vector<Tensor> fresh;
  for (const Tensor& t : outputs_)
    fresh.push_back(detail::empty(t.shape(), t.dtype(), *context_.plan().backend));
  execute(inputs, fresh, options);
  return fresh;
}

Step::Step(StepBody body, std::shared_ptr<ArenaPool> arenas, plan::PassOptions passes)
    : body_(std::move(body)), arenas_(std::move(arenas)), passes_(passes) {}

plan::OpGraph Step::trace(const std::vector<TensorSpec>& specs, std::shared_ptr<void>& structure) {
  ++traces_;
  const detail::EagerScope fresh;  // no outer trace, no tape
  std::string scope;
  std::swap(scope, detail::layer_scope());
  trace::PlanTrace trace;
  std::vector<Tensor> inputs;
  for (const TensorSpec& s : specs) inputs.push_back(trace.add_input(s));
  StepResult result;
  {
    const detail::TraceScope active(trace);
    result = body_(inputs);
  }
  std::swap(scope, detail::layer_scope());
  structure = std::move(result.structure);
  return trace.finish(result.flat);
}

// Without variables a plan runs where its first input is.
std::shared_ptr<plan::Plan> Step::make_plan(const std::vector<TensorSpec>& specs,
                                            Backend* of_inputs) {
  std::shared_ptr<void> structure;
  plan::OpGraph graph = trace(specs, structure);
  Backend& backend = graph.variables.empty() && of_inputs != nullptr
                         ? *of_inputs
                         : detail::one_backend_of(graph.variables);
  std::shared_ptr<plan::Plan> plan = plan::lower(std::move(graph), backend, passes_);
  plan->structure = std::move(structure);
  return plan;
}

std::shared_ptr<const plan::Plan> Step::plan_for(Backend& backend,
                                                 const std::vector<Tensor>& inputs) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<void> structure;
  return plan::lower(trace(specs_of(inputs), structure), backend, passes_);
}

Step::Entry& Step::entry(const std::vector<Tensor>& inputs, const std::string& key) {
  const std::uint64_t version = detail::structure_version();
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (it->version != version || it->key != key || !same_specs(it->specs, inputs)) continue;
    entries_.splice(entries_.begin(), entries_, it);
    return entries_.front();
  }
  std::vector<TensorSpec> specs = specs_of(inputs);
  Backend* of_inputs = inputs.empty() ? nullptr : detail::impl(inputs[0]).storage->backend;
  std::shared_ptr<plan::Plan> plan = make_plan(specs, of_inputs);
  if (entries_.size() >= capacity) entries_.pop_back();
  // Tracing may build layers and so change the version: the plan is of what is there now.
  entries_.push_front({key, std::move(specs), detail::structure_version(), std::move(plan), {}});
  return entries_.front();
}

std::shared_ptr<BoundStep> Step::bind(const std::vector<Tensor>& inputs, const std::string& key) {
  const std::lock_guard lock(mutex_);
  try {
    return free_slot(entry(inputs, key));
  } catch (const OutOfMemory&) {
    make_room();
  }
  Entry& e = entry(inputs, key);
  try {
    return free_slot(e);
  } catch (const OutOfMemory& error) {
    throw OutOfMemory(fmt::format("{} The step's arena has {:.1f} MiB. Its largest tensors:{}",
                                  error.what(), static_cast<double>(e.plan->arena_bytes()) / mebi,
                                  plan::largest_buffers(*e.plan, most_shown)));
  }
}

// Arenas that nobody uses go, and where the device can do with less workspace, plans are made anew.
void Step::make_room() {
  arenas_->drop_idle();
  const bool saved = !entries_.empty() && entries_.front().plan->backend->save_memory();
  if (saved) entries_.clear();
}

std::shared_ptr<BoundStep> Step::free_slot(Entry& e) {
  std::shared_ptr<Slot> slot;
  for (const auto& one : e.slots) {
    if (slot == nullptr && !one->busy.exchange(true, std::memory_order_acquire)) slot = one;
  }
  if (slot == nullptr) {
    slot = std::make_shared<Slot>(e.plan, arenas_);
    slot->bound.reserve();
    slot->busy = true;
    e.slots.push_back(slot);
  }
  BoundStep* bound = &slot->bound;
  return {bound, [slot](BoundStep*) { slot->busy.store(false, std::memory_order_release); }};
}

StepResult Step::run(const std::vector<Tensor>& inputs, const std::string& key,
                     const RunOptions& options) {
  std::shared_ptr<BoundStep> bound = bind(inputs, key);
  return {bound->run_fresh(inputs, options), bound->plan().structure};
}

std::size_t Step::plan_count() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::string Step::dump() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const Entry& e : entries_) out += e.plan->dump();
  return out;
}

std::string Step::dot() const {
  const std::lock_guard lock(mutex_);
  return entries_.empty() ? std::string() : entries_.front().plan->dot();
}

std::size_t Step::largest_arena_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t most = 0;
  for (const Entry& e : entries_) most = std::max(most, e.plan->arena_bytes());
  return most;
}

}  // namespace weft::executor
