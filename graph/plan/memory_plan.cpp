#include "graph/plan/memory_plan.hpp"

#include <algorithm>

namespace weft::plan {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

// Values that are the same memory form a group: a view and its input, an in-place output and its
// input.
class Planner {
 public:
  Planner(const OpGraph& graph, const std::vector<NodeNeeds>& needs, bool in_place)
      : g_(graph), needs_(needs), in_place_(in_place), end_(static_cast<int>(graph.nodes.size())) {
    for (int n = 0; n < end_; ++n) {
      const OpTraits& traits = g_.nodes[at(n)].op->traits;
      if (traits.refuses_data && !has_passed(n, traits.checked_by)) last_refusing_ = n;
    }
  }

  MemoryPlan run() {
    plan_.values.resize(g_.values.size());
    group_.assign(g_.values.size(), -1);
    last_ = g_.last_uses();
    for (std::size_t v = 0; v < g_.values.size(); ++v) {
      if (g_.values[v].source != Source::op)
        start_group(static_cast<int>(v), fixed_location(g_.values[v]), -1);
    }
    for (int n = 0; n < end_; ++n) place_outputs(n);
    plan_outputs();
    plan_commits();
    place_workspaces();
    finish();
    return std::move(plan_);
  }

 private:
  struct Group {
    Location location;
    std::size_t bytes = 0;
    int first = 0, last = -1;
  };

  static Location fixed_location(const Value& v) {
    switch (v.source) {
      case Source::input:
        return {Place::input, v.index, 0};
      case Source::constant:
        return {Place::constant, v.index, 0};
      default:
        return {Place::variable, v.index, 0};
    }
  }

  void start_group(int v, Location location, int first) {
    group_[at(v)] = static_cast<int>(groups_.size());
    groups_.push_back({location, g_.values[at(v)].bytes(), first, std::max(first, last_[at(v)])});
  }

  void join_group(int v, int group, int node) {
    group_[at(v)] = group;
    Group& g = groups_[at(group)];
    g.last = std::max({g.last, node, last_[at(v)]});
  }

  Group& group_of(int v) { return groups_[at(group_[at(v)])]; }

  void place_outputs(int n) {
    const OpNode& node = g_.nodes[at(n)];
    for (int v : node.outputs) {
      if (node.op->traits.view)
        join_group(v, group_[at(node.inputs[0])], n);
      else if (const int reuse = becomes_variable(n, v) ? -1 : reusable_input(n, v); reuse >= 0)
        join_group(v, group_[at(reuse)], n);
      else
        start_group(v, {Place::arena, -1, 0}, n);
    }
    if (node.outputs.empty()) return;
    Group& last = group_of(node.outputs.back());
    last.bytes = std::max(last.bytes, needs_[at(n)].last_output_bytes);
  }

  // Whether an earlier node of the op `checked_by` has seen the same indices as node n.
  bool has_passed(int n, std::string_view checked_by) const {
    if (checked_by.empty()) return false;
    const auto is_index_of_n = [&](int v) {
      const std::vector<int>& inputs = g_.nodes[at(n)].inputs;
      return !g_.values[at(v)].spec.dtype.is_floating() &&
             std::find(inputs.begin(), inputs.end(), v) != inputs.end();
    };
    return std::any_of(g_.nodes.begin(), g_.nodes.begin() + n, [&](const OpNode& earlier) {
      return earlier.op->name == checked_by &&
             std::any_of(earlier.inputs.begin(), earlier.inputs.end(), is_index_of_n);
    });
  }

  // Whether a kernel may still refuse the step's data when node n has run: until then no variable
  // is written, so that a refused step changes nothing.
  bool may_be_refused(int n) const { return n < last_refusing_; }
  bool may_write_variables(int n) const {
    return !may_be_refused(n) && (last_refusing_ < 0 || needs_[at(n)].may_write_variables);
  }

  // A value that a variable will hold is better computed right into the variable than into the
  // memory of an input that dies, when this node runs in place and is the last that reads the
  // variable's old value: w - step.
  bool becomes_variable(int n, int v) const {
    if (!g_.nodes[at(n)].op->traits.runs_in_place() || !may_write_variables(n)) return false;
    for (const Commit& c : g_.commits) {
      const int old = g_.reads[at(c.variable)];
      if (c.value == v && old >= 0 && old != v && last_[at(old)] == n) return true;
    }
    return false;
  }

  // Whether elements i of all inputs are read before that of any output is written. Not so where an
  // op in place has several outputs: an optimizer's update goes from variable to variable.
  static bool reads_before_writing(const OpNode& node) {
    return node.outputs.size() == 1 || node.op->traits.pointwise;
  }

  // An input whose memory may become the output's: in the arena, same size, nobody needs it after
  // this node.
  int reusable_input(int n, int v) {
    const OpNode& node = g_.nodes[at(n)];
    if (!in_place_ || !node.op->traits.runs_in_place()) return -1;
    if (!reads_before_writing(node)) return -1;
    const Value& out = g_.values[at(v)];
    for (int in : node.inputs) {
      const Value& value = g_.values[at(in)];
      Group& g = group_of(in);
      const bool alike = value.spec.shape == out.spec.shape &&
                         value.spec.dtype.itemsize() == out.spec.dtype.itemsize();
      if (alike && !is_taken(node, in) && !outlives_prologue(g, n) &&
          g.location.place == Place::arena && g.bytes == out.bytes() &&
          last_of_group(group_[at(in)]) <= n)
        return in;
    }
    return -1;
  }

  // Another output of the node is there already.
  bool is_taken(const OpNode& node, int input) const {
    return std::any_of(node.outputs.begin(), node.outputs.end(),
                       [&](int v) { return group_[at(v)] == group_[at(input)]; });
  }

  // Made by the prologue, and still there at a node of the body.
  bool outlives_prologue(const Group& g, int node) const {
    return g.first < g_.prologue && node >= g_.prologue;
  }

  int last_of_group(int group) const { return groups_[at(group)].last; }

  // An output that is a value of its own in the arena is computed right where the caller wants it.
  void plan_outputs() {
    for (std::size_t i = 0; i < g_.outputs.size(); ++i) {
      const int v = g_.outputs[i];
      Group& g = group_of(v);
      const Location to{Place::output, static_cast<int>(i), 0};
      if (g.location.place == Place::arena && !outlives_prologue(g, end_) &&
          g.bytes == g_.values[at(v)].bytes())
        g.location = to;
      else
        plan_.copies.push_back({{}, to, g_.values[at(v)].bytes()}), copy_sources_.push_back(v);
    }
  }

  bool is_old_value_free(const Commit& c, int producer) {
    const int old = g_.reads[at(c.variable)];
    if (old < 0) return true;
    const int group = group_[at(old)];
    const OpNode& node = g_.nodes[at(producer)];
    int last = -1;
    bool only_same_shape = true;
    for (std::size_t v = 0; v < g_.values.size(); ++v) {
      if (group_[v] != group) continue;
      last = std::max(last, last_[v]);
      if (last_[v] == producer)
        only_same_shape =
            only_same_shape && g_.values[v].spec.shape == g_.values[at(c.value)].spec.shape;
    }
    if (last < producer) return true;
    // The producer itself may read it when it runs in place: element by element; where it writes
    // one output before it has read for the next, for the one alone. The gradient of a * b by b is
    // a.
    const auto reads = std::count_if(node.inputs.begin(), node.inputs.end(),
                                     [&](int v) { return group_[at(v)] == group; });
    return last == producer && in_place_ && node.op->traits.runs_in_place() && only_same_shape &&
           (reads_before_writing(node) || reads == 1);
  }

  void plan_commits() {
    for (const Commit& c : g_.commits) {
      plan_.written.push_back(c.variable);
      Group& g = group_of(c.value);
      const Location to{Place::variable, c.variable, 0};
      if (g_.reads[at(c.variable)] == c.value) continue;  // its own old value
      const bool own = g.location.place == Place::arena && !outlives_prologue(g, end_) &&
                       g.bytes == g_.values[at(c.value)].bytes();
      if (own && may_write_variables(g.first) && is_old_value_free(c, g.first)) {
        g.location = to;
        continue;
      }
      plan_.copies.push_back({{}, to, g_.values[at(c.value)].bytes()});
      copy_sources_.push_back(c.value);
    }
  }

  void place_workspaces() {
    plan_.workspaces.resize(g_.nodes.size());
    for (int n = 0; n < end_; ++n) {
      const std::size_t bytes = needs_[at(n)].workspace_bytes;
      if (bytes == 0) continue;
      plan_.workspaces[at(n)].index = static_cast<int>(plan_.buffers.size());
      plan_.buffers.push_back({bytes, n, n, 0});
    }
  }

  // A copy from a variable that another copy overwrites goes through the arena first.
  Location staged(const Location& from, std::size_t bytes) {
    const bool overwritten =
        from.place == Place::variable &&
        std::any_of(plan_.copies.begin(), plan_.copies.end(), [&](const Copy& c) {
          return c.to.place == Place::variable && c.to.index == from.index;
        });
    if (!overwritten) return from;
    const Location temporary{Place::arena, static_cast<int>(plan_.buffers.size()), 0};
    plan_.buffers.push_back({bytes, end_, end_, 0});
    plan_.staging.push_back({from, temporary, bytes});
    return temporary;
  }

  void finish() {
    for (Group& g : groups_) {
      if (g.location.place != Place::arena) continue;
      if (outlives_prologue(g, g.last)) {
        g.location = {Place::cache, 0, plan_.cache_bytes};
        plan_.cache_bytes += (g.bytes + arena_alignment - 1) / arena_alignment * arena_alignment;
        continue;
      }
      g.location.index = static_cast<int>(plan_.buffers.size());
      plan_.buffers.push_back({g.bytes, g.first, g.last, 0});
    }
    for (std::size_t i = 0; i < plan_.copies.size(); ++i) {
      plan_.copies[i].from = staged(group_of(copy_sources_[i]).location, plan_.copies[i].bytes);
    }
    plan_.arena_bytes = lay_out(plan_.buffers);
    const auto settle = [&](Location& l) {
      if (l.place == Place::arena && l.index >= 0) l.offset = plan_.buffers[at(l.index)].offset;
    };
    for (std::size_t v = 0; v < g_.values.size(); ++v) {
      plan_.values[v] = groups_[at(group_[v])].location;
      settle(plan_.values[v]);
    }
    for (Location& w : plan_.workspaces) settle(w);
    for (std::vector<Copy>* list : {&plan_.staging, &plan_.copies}) {
      for (Copy& c : *list) {
        settle(c.from);
        settle(c.to);
      }
    }
  }

  const OpGraph& g_;
  const std::vector<NodeNeeds>& needs_;
  bool in_place_;
  int end_;
  int last_refusing_ = -1;  // the last node whose kernel may refuse data
  std::vector<int> last_;   // last use by value
  std::vector<int> group_;  // by value
  std::vector<Group> groups_;
  std::vector<int> copy_sources_;  // values, beside plan_.copies
  MemoryPlan plan_;
};

}  // namespace

MemoryPlan plan_memory(const OpGraph& graph, const std::vector<NodeNeeds>& needs, bool in_place) {
  return Planner(graph, needs, in_place).run();
}

}  // namespace weft::plan
