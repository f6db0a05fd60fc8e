#include "graph/executor/context.hpp"

#include <fmt/format.h>
#include <weft/core/error.h>

#include <cmath>
#include <cstring>

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
  }
  return nullptr;
}

void Context::set_externals(const std::vector<const void*>& inputs,
                            const std::vector<void*>& outputs) {
  inputs_ = inputs;
  outputs_ = outputs;
  for (const Fixup& f : external_) pointers_[f.slot] = resolve(f.location, nullptr);
}

void Context::prepare_writes() {
  for (int v : plan_->memory.written) detail::impl(plan_->graph.variables[at(v)]).prepare_write();
}

void Context::run(const std::vector<const void*>& inputs, const std::vector<void*>& outputs,
                  ArenaPool& arenas, const RunOptions& options) {
  set_externals(inputs, outputs);
  const ArenaLease lease(arenas, *plan_->backend, plan_->memory.arena_bytes);
  if (lease.data() != arena_) {
    arena_ = lease.data();
    for (const Fixup& f : arena_fixups_) pointers_[f.slot] = arena_ + f.location.offset;
  }
  const auto begin =
      options.profiler != nullptr ? Profiler::Clock::now() : Profiler::Clock::time_point();
  if (options.check_numerics)
    run_nodes_or_restore(options, arena_);
  else
    run_nodes(options, arena_);
  run_copies(plan_->memory.staging, arena_);
  run_copies(plan_->memory.copies, arena_);
  if (options.profiler != nullptr) options.profiler->end_of_run(begin, Profiler::Clock::now());
}

// The check for NaN may stop a step anywhere, also when some variables are written: they get their
// values back.
void Context::run_nodes_or_restore(const RunOptions& options, std::byte* arena) {
  std::vector<std::vector<std::byte>> before;
  for (int v : plan_->memory.written) {
    const detail::Storage& memory = *detail::impl(plan_->graph.variables[at(v)]).memory;
    before.emplace_back(memory.bytes);
    memory.backend->copy_to_host(before.back().data(), memory.data, memory.bytes);
  }
  try {
    run_nodes(options, arena);
  } catch (...) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      const detail::Storage& memory =
          *detail::impl(plan_->graph.variables[at(plan_->memory.written[i])]).memory;
      memory.backend->copy_from_host(memory.data, before[i].data(), memory.bytes);
    }
    throw;
  }
}

void Context::run_nodes(const RunOptions& options, std::byte* arena) {
  const bool observed = options.profiler != nullptr || options.check_numerics || options.poison;
  if (options.profiler != nullptr) options.profiler->start(*plan_);
  const auto& nodes = plan_->graph.nodes;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    const PreparedKernel& kernel = plan_->kernels[n];
    if (!kernel.run) continue;
    void** p = pointers_.data() + first_pointer_[n];
    const std::size_t inputs = nodes[n].inputs.size(), outputs = nodes[n].outputs.size();
    const KernelArgs args{p, p + inputs, p[inputs + outputs], nullptr};
    if (observed)
      run_observed(static_cast<int>(n), args, options, arena);
    else
      kernel.run(args);
  }
}

void Context::run_observed(int node, const KernelArgs& args, const RunOptions& options,
                           std::byte* arena) {
  const PreparedKernel& kernel = plan_->kernels[at(node)];
  const auto begin = Profiler::Clock::now();
  kernel.run(args);
  if (options.profiler != nullptr) options.profiler->record(node, begin, Profiler::Clock::now());
  if (options.check_numerics) check_finite(node);
  if (options.poison) poison_dead(node, arena);
}

void Context::check_finite(int node) const {
  const OpNode& n = plan_->graph.nodes[at(node)];
  for (std::size_t o = 0; o < n.outputs.size(); ++o) {
    const plan::Value& v = plan_->graph.values[at(n.outputs[o])];
    if (!v.spec.dtype.is_floating()) continue;
    const void* data = pointers_[first_pointer_[at(node)] + n.inputs.size() + o];
    std::vector<double> values(static_cast<std::size_t>(v.spec.shape.size()));
    detail::convert_elements(data, v.spec.dtype, values.data(), DType::float64, values.size());
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
    if (b.last == node && b.bytes != 0) std::memset(arena + b.offset, 0xff, b.bytes);
  }
}

void Context::run_copies(const std::vector<Copy>& copies, std::byte* arena) const {
  for (const Copy& c : copies) {
    void* to = resolve(c.to, arena);
    const void* from = resolve(c.from, arena);
    if (to != from) plan_->backend->copy(to, from, c.bytes);
  }
}

}  // namespace weft::executor
