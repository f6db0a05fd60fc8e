#include "graph/plan/passes.hpp"

#include <fmt/core.h>
#include <weft/core/backend.h>
#include <weft/core/error.h>
#include <weft/core/log.h>
#include <weft/core/settings.h>

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "core/eager.hpp"
#include "graph/plan/rewrite.hpp"

namespace weft::plan {
namespace {

bool all_constant(const OpGraph& g, const OpNode& n) {
  for (int v : n.inputs) {
    if (g.values[at(v)].source != Source::constant) return false;
  }
  return true;
}

std::size_t output_bytes(const OpGraph& g, const OpNode& n) {
  std::size_t bytes = 0;
  for (int v : n.outputs) bytes += g.values[at(v)].bytes();
  return bytes;
}

// By the plan's own device, whose kernels may round otherwise than the host's; the result is the
// host's, where the passes that follow can read it.
void fold(OpGraph& g, const OpNode& n, Backend& backend) {
  std::vector<Tensor> in;
  for (int v : n.inputs) in.push_back(g.constants[at(g.values[at(v)].index)]);
  std::vector<Tensor> out = detail::run_eager_on(backend, *n.op, in, n.attrs, specs_of(g, n.inputs),
                                                 specs_of(g, n.outputs));
  for (Tensor& t : out) t = t.to("cpu");
  for (std::size_t i = 0; i < out.size(); ++i) {
    Value& v = g.values[at(n.outputs[i])];
    v.source = Source::constant;
    v.index = static_cast<int>(g.constants.size());
    g.constants.push_back(out[i]);
  }
}

std::size_t hash_call(const OpNode& n) {
  std::size_t h = std::hash<const void*>()(n.op) ^ detail::hash_of(n.attrs);
  for (int v : n.inputs) h ^= at(v) + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
  return h;
}

bool same_call(const OpNode& a, const OpNode& b) {
  return a.op == b.op && a.inputs == b.inputs && detail::same(a.attrs, b.attrs);
}

// Scalars that are the same constant become one value, so that calls on them can be merged.
void merge_constants(OpGraph& g, std::vector<int>& by) {
  constexpr std::size_t small = 64;
  std::unordered_multimap<std::string, int> seen;
  for (std::size_t v = 0; v < g.values.size(); ++v) {
    const Value& value = g.values[v];
    if (value.source != Source::constant || value.bytes() > small) continue;
    const Tensor& t = g.constants[at(value.index)];
    if (t.device() != "cpu") continue;
    std::string key(static_cast<const char*>(detail::impl(t).data()), value.bytes());
    key += value.spec.shape.to_string() + value.spec.dtype.name();
    const auto found = seen.find(key);
    if (found == seen.end())
      seen.emplace(std::move(key), static_cast<int>(v));
    else
      by[v] = found->second;
  }
}

}  // namespace

void fold_constants(OpGraph& g, Backend& backend, std::size_t max_bytes) {
  std::vector<OpNode> kept;
  for (OpNode& n : g.nodes) {
    if (!n.op->traits.impure && all_constant(g, n) && output_bytes(g, n) <= max_bytes)
      fold(g, n, backend);
    else
      kept.push_back(std::move(n));
  }
  g.nodes = std::move(kept);
  compact(g);
}

void merge_common_subexpressions(OpGraph& g) {
  std::vector<int> by = identity(g.values.size());
  merge_constants(g, by);
  std::unordered_multimap<std::size_t, std::size_t> seen;
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    OpNode& n = g.nodes[i];
    for (int& v : n.inputs) v = by[at(v)];
    if (n.op->traits.impure) continue;
    const std::size_t h = hash_call(n);
    const auto [first, last] = seen.equal_range(h);
    auto match = first;
    while (match != last && !same_call(g.nodes[match->second], n)) ++match;
    if (match == last) {
      seen.emplace(h, i);
      continue;
    }
    for (std::size_t o = 0; o < n.outputs.size(); ++o)
      by[at(n.outputs[o])] = g.nodes[match->second].outputs[o];
  }
  replace_uses(g, by);
}

namespace {

// What a kernel makes only where it is asked for: the last outputs that nobody uses.
void drop_unused_outputs(OpNode& n, const std::vector<bool>& needed) {
  for (int i = n.op->traits.optional_outputs; i > 0 && !needed[at(n.outputs.back())]; --i)
    n.outputs.pop_back();
}

}  // namespace

void remove_dead_code(OpGraph& g) {
  std::vector<bool> needed(g.values.size(), false);
  for (int v : g.outputs) needed[at(v)] = true;
  for (const Commit& c : g.commits) needed[at(c.value)] = true;
  std::vector<bool> keep(g.nodes.size(), false);
  for (std::size_t i = g.nodes.size(); i-- > 0;) {
    for (int v : g.nodes[i].outputs) keep[i] = keep[i] || needed[at(v)];
    if (!keep[i]) continue;
    drop_unused_outputs(g.nodes[i], needed);
    for (int v : g.nodes[i].inputs) needed[at(v)] = true;
  }
  keep.flip();
  remove_nodes(g, keep);
}

const std::vector<PassSwitch>& pass_switches() {
  static const std::vector<PassSwitch> all = {
      {"constants", &PassOptions::constants},
      {"common_subexpressions", &PassOptions::common_subexpressions},
      {"dead_code", &PassOptions::dead_code},
      {"simplify", &PassOptions::simplify},
      {"bfloat16_products", &PassOptions::bfloat16_products},
      {"epilogues", &PassOptions::epilogues},
      {"crossentropy", &PassOptions::crossentropy},
      {"pointwise_groups", &PassOptions::pointwise_groups},
      {"prologue", &PassOptions::prologue},
      {"in_place", &PassOptions::in_place}};
  return all;
}

PassOptions without(PassOptions options, std::string_view names) {
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    bool known = name.empty();
    std::string all;
    for (const PassSwitch& s : pass_switches()) {
      all += fmt::format("{}, ", s.name);
      if (name != s.name && name != "all") continue;
      options.*s.on = false;
      known = true;
    }
    if (!known) {
      throw Error(fmt::format("There is no pass of that name. Expected: {}or all. Received: {}.",
                              all, name));
    }
  }
  return options;
}

PassOptions with_environment(const PassOptions& options) {
  const char* off = std::getenv("WEFT_PASSES_OFF");
  return off == nullptr ? options : without(options, off);
}

namespace {

// What the backend has for a small request like those that a pass would make; perhaps nothing.
PreparedKernel kernel_for(Backend& backend, std::string_view op,
                          const std::vector<TensorSpec>& inputs, const Config& attrs) {
  const OpDef& def = find_op(op);
  const std::vector<TensorSpec> outputs = def.infer(inputs, attrs);
  try {
    return backend.prepare({def, attrs, inputs, outputs});
  } catch (const Error&) {
    return {};
  }
}

bool offers(Backend& backend, std::string_view op, const std::vector<TensorSpec>& inputs,
            const Config& attrs) {
  return static_cast<bool>(kernel_for(backend, op, inputs, attrs).run);
}

bool has_pointwise_groups(Backend& backend) {
  const TensorSpec one{Shape({1}), DType::float32};
  return offers(backend, "pointwise_group", {one, one},
                {{"ops", {"add"}},
                 {"operands", std::vector<std::vector<int>>{{0, 1}}},
                 {"outputs", std::vector<int>{2}}});
}

bool has_epilogues(Backend& backend) {
  const TensorSpec one{Shape({1, 1}), DType::float32}, bias{Shape({1}), DType::float32};
  return offers(backend, "matmul", {one, one, bias}, {{"activation", "relu"}});
}

// Whether products of bfloat16 are wanted, and the backend has a kernel for them that is more than
// a reference (or references are what is asked for). Says once when they are wanted in vain.
bool wants_bfloat16_products(const OpGraph& g, Backend& backend) {
  if (get_float32_matmul_precision() != "medium" || !has_float32_products(g)) return false;
  const TensorSpec narrow{Shape({32, 32}), DType::bfloat16}, wide{Shape({32, 32}), DType::float32};
  const PreparedKernel kernel =
      kernel_for(backend, "matmul", {narrow, narrow}, {{"dtype", DType(DType::float32)}});
  if (kernel.run &&
      (!kernel.reference || kernel_for(backend, "matmul", {wide, wide}, {}).reference))
    return true;
  static const bool said = [&] {
    detail::log(LogLevel::warning,
                fmt::format("set_float32_matmul_precision(\"medium\") changes nothing here: there "
                            "are no fast products of bfloat16 on device {}.",
                            backend.device()));
    return true;
  }();
  static_cast<void>(said);
  return false;
}

bool has_crossentropy(Backend& backend) {
  return offers(backend, "crossentropy_step",
                {{Shape({1}), DType::int32}, {Shape({1, 1}), DType::float32}}, {});
}

}  // namespace

void run_passes(OpGraph& g, const PassOptions& options, Backend& backend) {
  if (options.constants) fold_constants(g, backend);
  if (options.simplify) simplify(g);
  if (options.common_subexpressions) merge_common_subexpressions(g);
  if (options.dead_code) remove_dead_code(g);
  if (options.crossentropy && has_crossentropy(backend)) fuse_crossentropy(g);
  if (options.bfloat16_products && wants_bfloat16_products(g, backend))
    make_bfloat16_products(g, backend);
  if (options.epilogues && has_epilogues(backend)) fuse_epilogues(g);
  if (options.pointwise_groups && has_pointwise_groups(backend)) group_pointwise(g);
  if (options.prologue) find_prologue(g);
}

}  // namespace weft::plan
