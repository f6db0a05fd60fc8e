#include "graph/plan/dump.hpp"

#include <fmt/core.h>

#include "core/config_access.hpp"

namespace weft::plan {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

std::string place_text(const OpGraph& g, const Location& l) {
  switch (l.place) {
    case Place::arena:
      return fmt::format("arena+{}", l.offset);
    case Place::input:
      return fmt::format("input {}", l.index);
    case Place::constant:
      return fmt::format("constant {}", l.index);
    case Place::variable:
      return g.variables[at(l.index)].path();
    case Place::output:
      return fmt::format("output {}", l.index);
    case Place::cache:
      return fmt::format("cache+{}", l.offset);
  }
  return {};
}

std::string spec_text(const TensorSpec& s) { return s.dtype.name() + " " + s.shape.to_string(); }

std::string list_text(const std::vector<int>& values) {
  std::string out;
  for (int v : values) out += fmt::format("{}%{}", out.empty() ? "" : ", ", v);
  return out;
}

std::string value_lines(const OpGraph& g) {
  std::string out;
  for (std::size_t v = 0; v < g.values.size(); ++v) {
    const Value& value = g.values[v];
    if (value.source == Source::input)
      out += fmt::format("%{} = input {} {}\n", v, value.index, spec_text(value.spec));
    if (value.source == Source::constant)
      out += fmt::format("%{} = constant {}\n", v, spec_text(value.spec));
    if (value.source == Source::variable)
      out += fmt::format("%{} = read {} {}\n", v, g.variables[at(value.index)].path(),
                         spec_text(value.spec));
  }
  return out;
}

std::string node_line(const OpGraph& g, const OpNode& n, const MemoryPlan* memory) {
  std::string specs, places;
  for (int v : n.outputs) {
    specs += (specs.empty() ? "" : ", ") + spec_text(g.values[at(v)].spec);
    if (memory != nullptr)
      places += (places.empty() ? " @ " : ", ") + place_text(g, memory->values[at(v)]);
  }
  std::string line =
      fmt::format("{} = {}({}) {}", list_text(n.outputs), n.op->name, list_text(n.inputs), specs);
  if (n.attrs.size() != 0) line += " " + detail::to_text(n.attrs);
  line += places;
  if (!n.scope.empty()) line += "  # " + n.scope;
  return line + "\n";
}

std::string text(const OpGraph& g, const MemoryPlan* memory) {
  std::string out = value_lines(g);
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    if (g.prologue != 0 && n == at(g.prologue)) out += "end of prologue\n";
    out += node_line(g, g.nodes[n], memory);
  }
  for (const Commit& c : g.commits)
    out += fmt::format("{} <- %{}\n", g.variables[at(c.variable)].path(), c.value);
  if (!g.outputs.empty()) out += "return " + list_text(g.outputs) + "\n";
  return out;
}

std::string quoted(const std::string& s) {
  std::string out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string dump(const OpGraph& g) { return text(g, nullptr); }

std::string dump(const OpGraph& g, const MemoryPlan& memory) {
  std::string out = text(g, &memory);
  for (const Copy& c : memory.staging)
    out += fmt::format("copy {} -> {}\n", place_text(g, c.from), place_text(g, c.to));
  for (const Copy& c : memory.copies)
    out += fmt::format("copy {} -> {}\n", place_text(g, c.from), place_text(g, c.to));
  return out + fmt::format("arena {} bytes\n", memory.arena_bytes);
}

std::string to_dot(const OpGraph& g) {
  std::string out = "digraph plan {\n  node [shape=box];\n";
  for (std::size_t v = 0; v < g.values.size(); ++v) {
    const Value& value = g.values[v];
    if (value.source == Source::op) continue;
    const std::string label = value.source == Source::variable ? g.variables[at(value.index)].path()
                              : value.source == Source::input ? fmt::format("input {}", value.index)
                                                              : "constant";
    out += fmt::format("  v{} [label={}, shape=ellipse];\n", v,
                       quoted(label + "\n" + spec_text(value.spec)));
  }
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    out += fmt::format(
        "  n{} [label={}];\n", n,
        quoted(g.nodes[n].op->name + (g.nodes[n].scope.empty() ? "" : "\n" + g.nodes[n].scope)));
    for (int v : g.nodes[n].inputs) {
      const Value& value = g.values[at(v)];
      out += value.source == Source::op ? fmt::format("  n{} -> n{};\n", value.index, n)
                                        : fmt::format("  v{} -> n{};\n", v, n);
    }
  }
  return out + "}\n";
}

}  // namespace weft::plan
