#include "graph/executor/context.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/access.hpp"
#include "core/convert.hpp"

namespace weft::executor {

using plan::Copy;
using plan::Location;
using plan::OpNode;
using plan::Place;

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

Context::Context(std::shared_ptr<const plan::Plan> plan) : plan_(std::move(plan)) {
  const plan::OpGraph& g = plan_->graph;
  if (plan_->memory.cache_bytes != 0)
    cache_ = std::make_shared<detail::Storage>(*plan_->backend, plan_->memory.cache_bytes);
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    first_pointer_.push_back(pointers_.size());
    for (int v : g.nodes[n].inputs) bind(plan_->memory.values[at(v)]);
    for (int v : g.nodes[n].outputs) bind(plan_->memory.values[at(v)]);
    const Location& workspace = plan_->memory.workspaces[n];
    if (workspace.index >= 0)
      bind(workspace);
    else
      pointers_.push_back(nullptr);
  }
  bind_calls();
  if (plan_->backend->can_capture()) capturing_ = dynamic_cast<detail::Capturing*>(plan_->backend);
}

// The tables have their size: their addresses stay.
void Context::bind_calls() {
  const auto& nodes = plan_->graph.nodes;
  for (const plan::Segment& s : plan_->segments) {
    Segment bound;
    bound.begin = calls_.size();
    bound.host = s.host;
    bound.prologue = s.prologue;
    for (int n = s.first; n <= s.last; ++n) {
      const PreparedKernel& kernel = plan_->kernels[at(n)];
      if (!kernel.run) continue;
      void** p = pointers_.data() + first_pointer_[at(n)];
      const std::size_t inputs = nodes[at(n)].inputs.size(), outputs = nodes[at(n)].outputs.size();
      calls_.push_back({kernel.run, {p, p + inputs, p[inputs + outputs]}});
      nodes_.push_back(n);
    }
    bound.end = calls_.size();
    if (bound.prologue) body_ = bound.end;
    if (bound.end != bound.begin) segments_.push_back(std::move(bound));
  }
}

void Context::bind(const Location& location) {
  void* fixed = nullptr;
  switch (location.place) {
    case Place::arena:
      arena_fixups_.push_back({pointers_.size(), location});
      break;
    case Place::input:
    case Place::output:
      external_.push_back({pointers_.size(), location});
      break;
    case Place::constant:
    case Place::variable:
    case Place::cache:
      fixed = resolve(location, nullptr);
      break;
  }
  pointers_.push_back(fixed);
}

void* Context::resolve(const Location& location, std::byte* arena) const {
  switch (location.place) {
    case Place::arena:
      return arena + location.offset;
    case Place::input:
      return const_cast<void*>(inputs_[at(location.index)]);
    case Place::output:
      return outputs_[at(location.index)];
    case Place::constant:
      return const_cast<void*>(detail::impl(plan_->graph.constants[at(location.index)]).data());
    case Place::variable:
      return detail::impl(plan_->graph.variables[at(location.index)]).memory->data;
    case Place::cache:
      // Without a cache all that lies in it has 0 bytes.
      return cache_ == nullptr ? nullptr : static_cast<std::byte*>(cache_->data) + location.offset;
  }
  return nullptr;
}

void Context::set_externals(const std::vector<const void*>& inputs,
                            const std::vector<void*>& outputs) {
  if (inputs_ == inputs && outputs_ == outputs) return;
  inputs_ = inputs;
  outputs_ = outputs;
  forget_recordings();
  for (const Fixup& f : external_) pointers_[f.slot] = resolve(f.location, nullptr);
}

void Context::prepare_writes() {
  for (int v : plan_->memory.written) detail::impl(plan_->graph.variables[at(v)]).prepare_write();
}

void Context::run(const std::vector<const void*>& inputs, const std::vector<void*>& outputs,
                  ArenaPool& arenas, const RunOptions& options) {
  set_externals(inputs, outputs);
  set_stream();
  const ArenaLease lease(arenas, *plan_->backend, plan_->memory.arena_bytes);
  if (lease.data() != arena_) move_arena(lease.data());
  const bool with_prologue = prologue_is_due();
  if (with_prologue) versions_.clear();  // until it is through
  if (options.profiler != nullptr || options.check_numerics || options.poison) {
    if (options.check_numerics)
      run_observed_or_restore(options, with_prologue);
    else
      run_observed(options, with_prologue);
    versions_ = found_;
    return;
  }
  for (Segment& s : segments_) {
    if (with_prologue || !s.prologue) run_segment(s);
  }
  versions_ = found_;
  run_copies(plan_->memory.staging);
  run_copies(plan_->memory.copies);
}

// The device may have been told to use another one since.
void Context::set_stream() {
  void* stream = plan_->backend->stream();
  if (calls_.empty() || calls_[0].args.stream == stream) return;
  forget_recordings();
  const unsigned* refused = plan_->backend->refused();
  for (std::size_t c = 0; c < calls_.size(); ++c) {
    calls_[c].args.stream = stream;
    calls_[c].args.refused = writes_variable(nodes_[c]) ? refused : nullptr;
  }
}

// Only what stays behind a step must not be written once a kernel has refused its data: a cache of
// the prologue would be taken for filled.
bool Context::writes_variable(int node) const {
  const std::vector<int>& outputs = plan_->graph.nodes[at(node)].outputs;
  return std::any_of(outputs.begin(), outputs.end(), [this](int value) {
    return plan_->memory.values[at(value)].place == Place::variable;
  });
}

void Context::move_arena(std::byte* arena) {
  arena_ = arena;
  forget_recordings();
  for (const Fixup& f : arena_fixups_) pointers_[f.slot] = arena_ + f.location.offset;
  for (std::size_t c = 0; c < calls_.size(); ++c) {
    const OpNode& n = plan_->graph.nodes[at(nodes_[c])];
    calls_[c].args.workspace =
        pointers_[first_pointer_[at(nodes_[c])] + n.inputs.size() + n.outputs.size()];
  }
}

void Context::forget_recordings() {
  for (Segment& s : segments_) {
    s.recording = nullptr;
    s.runs = 0;
  }
}

// A backend that can record is given a segment at its third run on the same addresses: the first
// ones may still make what kernels need once. What keeps it from recording then may pass.
void Context::run_segment(Segment& segment) {
  constexpr std::array runs_before_capture = {2, 20, 200};
  if (capturing_ == nullptr || segment.host || segment.prologue) {
    run_calls(segment);
    return;
  }
  const bool due = std::find(runs_before_capture.begin(), runs_before_capture.end(),
                             segment.runs++) != runs_before_capture.end();
  if (due && !segment.recording)
    segment.recording = capturing_->capture([this, &segment] { run_calls(segment); });
  if (segment.recording)
    capturing_->replay(segment.recording.get());
  else
    run_calls(segment);
}

void Context::run_calls(const Segment& segment) const {
  const Call* const end = calls_.data() + segment.end;
  for (const Call* c = calls_.data() + segment.begin; c != end; ++c) c->run(c->args);
}

// Compares the versions of before the run: a write during it is seen the next time.
bool Context::prologue_is_due() {
  if (plan_->graph.prologue == 0) return false;
  found_.assign(1, 1);  // so that the first run differs, whatever is read
  for (int variable : plan_->prologue_variables) {
    detail::VariableImpl& v = detail::impl(plan_->graph.variables[at(variable)]);
    const std::lock_guard lock(v.mutex);
    found_.push_back(v.version);
  }
  return found_ != versions_;
}

// The check for NaN may stop a step anywhere, also when some variables are written: they get their
// values back.
void Context::run_observed_or_restore(const RunOptions& options, bool with_prologue) {
  std::vector<std::vector<std::byte>> before;
  for (int v : plan_->memory.written) {
    const detail::Storage& memory = *detail::impl(plan_->graph.variables[at(v)]).memory;
    before.emplace_back(memory.bytes);
    memory.backend->copy_to_host(before.back().data(), memory.data, memory.bytes);
  }
  try {
    run_observed(options, with_prologue);
  } catch (...) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      const detail::Storage& memory =
          *detail::impl(plan_->graph.variables[at(plan_->memory.written[i])]).memory;
      memory.backend->copy_from_host(memory.data, before[i].data(), memory.bytes);
    }
    throw;
  }
}

void Context::run_observed(const RunOptions& options, bool with_prologue) {
  if (options.profiler != nullptr) options.profiler->start(*plan_);
  const auto begin = Profiler::Clock::now();
  for (std::size_t c = with_prologue ? 0 : body_; c < calls_.size(); ++c) {
    const auto before = Profiler::Clock::now();
    calls_[c].run(calls_[c].args);
    plan_->backend->synchronize();
    if (options.profiler != nullptr)
      options.profiler->record(nodes_[c], before, Profiler::Clock::now());
    if (options.check_numerics) check_finite(nodes_[c]);
    if (options.poison) poison_dead(nodes_[c], arena_);
  }
  run_copies(plan_->memory.staging);
  run_copies(plan_->memory.copies);
  if (options.profiler != nullptr) options.profiler->end_of_run(begin, Profiler::Clock::now());
}

void Context::check_finite(int node) const {
  const OpNode& n = plan_->graph.nodes[at(node)];
  for (std::size_t o = 0; o < n.outputs.size(); ++o) {
    const plan::Value& v = plan_->graph.values[at(n.outputs[o])];
    if (!v.spec.dtype.is_floating()) continue;
    const void* data = pointers_[first_pointer_[at(node)] + n.inputs.size() + o];
    std::vector<double> values(static_cast<std::size_t>(v.spec.shape.size()));
    std::vector<std::byte> copy(v.bytes());
    plan_->backend->copy_to_host(copy.data(), data, copy.size());
    detail::convert_elements(copy.data(), v.spec.dtype, values.data(), DType::float64,
                             values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isfinite(values[i])) continue;
      throw Error(
          fmt::format("check_numerics: ops::{}{} made the first value that is not finite: {} at "
                      "element {} of output {} with shape {}. "
                      "Expected: finite values.",
                      n.op->name, n.scope.empty() ? "" : " in layer '" + n.scope + "'", values[i],
                      i, o, v.spec.shape.to_string()));
    }
  }
}

void Context::poison_dead(int node, std::byte* arena) const {
  for (const plan::Buffer& b : plan_->memory.buffers) {
    if (b.last != node || b.bytes == 0) continue;
    const std::vector<std::byte> poison(b.bytes, std::byte{0xff});
    plan_->backend->copy_from_host(arena + b.offset, poison.data(), poison.size());
  }
}

void Context::run_copies(const std::vector<Copy>& copies) const {
  for (const Copy& c : copies) {
    void* to = resolve(c.to, arena_);
    const void* from = resolve(c.from, arena_);
    if (to == from) continue;
    if (c.to.place == Place::variable)
      plan_->backend->commit(to, from, c.bytes);
    else
      plan_->backend->copy(to, from, c.bytes);
  }
}

}  // namespace weft::executor
