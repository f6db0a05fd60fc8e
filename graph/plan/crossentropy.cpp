// The loss from logits, its gradient and the accuracy's count become one op that reads the logits
// once (core/ops/crossentropy_step.cpp).
#include <algorithm>

#include "graph/plan/clusters.hpp"
#include "graph/plan/passes.hpp"
#include "graph/plan/rewrite.hpp"

namespace weft::plan {
namespace {

// What belongs to one loss; -1 what is not there.
class Step {
 public:
  Step(const OpGraph& graph, const Uses& uses, int loss)
      : g_(graph),
        uses_(uses),
        loss_(loss),
        labels_(node(loss).inputs[0]),
        logits_(node(loss).inputs[1]) {
    for (int user : uses_.nodes[at(logits_)]) {
      const OpNode& n = node(user);
      if (gradient_ < 0 && calls(n, "sparse_softmax_crossentropy_grad") && n.inputs[0] == labels_ &&
          n.inputs[1] == logits_)
        gradient_ = user;
      if (matches_.empty() && calls(n, "argmax")) find_matches(user);
    }
  }

  bool any() const { return gradient_ >= 0 || !matches_.empty(); }
  bool has_both() const { return gradient_ >= 0 && !matches_.empty(); }
  void leave_matches() { matches_.clear(); }

  Replacement replacement() const {
    Replacement r{{loss_}, node(loss_)};
    r.node.op = &find_op("crossentropy_step");
    if (gradient_ >= 0) {
      r.members.push_back(gradient_);
      r.node.inputs.push_back(node(gradient_).inputs[2]);
      r.node.outputs.push_back(node(gradient_).outputs[0]);
    }
    if (!matches_.empty()) {
      r.members.insert(r.members.end(), matches_.begin(), matches_.end());
      r.node.attrs.set("matches", true);
      r.node.outputs.push_back(node(matches_.back()).outputs[0]);
    }
    std::sort(r.members.begin(), r.members.end());
    r.early = true;  // a label out of range is found before anything is written
    return r;
  }

 private:
  const OpNode& node(int n) const { return g_.nodes[at(n)]; }
  const TensorSpec& spec(int v) const { return g_.values[at(v)].spec; }

  // The value before casts from one integer type to another.
  int before_casts(int v) const {
    for (int p = producer(g_, v); p >= 0 && calls(node(p), "cast"); p = producer(g_, v)) {
      if (!spec(node(p).inputs[0]).dtype.is_integer() || !spec(v).dtype.is_integer() ||
          spec(v).dtype.itemsize() < 4)
        break;
      v = node(p).inputs[0];
    }
    return v;
  }

  // argmax over the classes, compared with the labels, as a number of the logits' dtype.
  void find_matches(int argmax) {
    std::vector<int> chain = {argmax};
    if (!(spec(node(argmax).outputs[0]).shape == spec(labels_).shape) || !is_over_classes(argmax))
      return;
    int value = node(argmax).outputs[0], user = uses_.only(value);
    for (; user >= 0 && calls(node(user), "cast"); user = uses_.only(value)) {
      chain.push_back(user);
      value = node(user).outputs[0];
      if (!spec(value).dtype.is_integer()) return;
    }
    if (user < 0 || !calls(node(user), "equal")) return;
    const OpNode& equal = node(user);
    const int other = equal.inputs[equal.inputs[0] == value ? 1 : 0];
    if (before_casts(other) != before_casts(labels_)) return;
    chain.push_back(user);
    user = uses_.only(equal.outputs[0]);
    if (user < 0 || !calls(node(user), "cast")) return;
    if (!(spec(node(user).outputs[0]).dtype == spec(logits_).dtype)) return;
    chain.push_back(user);
    matches_ = std::move(chain);
  }

  bool is_over_classes(int argmax) const {
    const Config& attrs = node(argmax).attrs;
    const int rank = spec(logits_).shape.rank();
    if (!attrs.contains("axis") || attrs["axis"].is_null()) return rank == 1;
    const auto axis = attrs.get<std::vector<std::int64_t>>("axis");
    return axis.size() == 1 && (axis[0] == -1 || axis[0] == rank - 1);
  }

  const OpGraph& g_;
  const Uses& uses_;
  int loss_, labels_, logits_, gradient_ = -1;
  std::vector<int> matches_;  // argmax, casts, equal, cast
};

// Whether they can be one node: nothing outside runs between them.
bool can_be_one(const OpGraph& g, const std::vector<int>& members) {
  Clusters clusters(g);
  for (int m : members) {
    if (clusters.merge(clusters.of(members.front()), clusters.of(m)) < 0) return false;
  }
  return true;
}

}  // namespace

void fuse_crossentropy(OpGraph& g) {
  const Uses uses(g);
  std::vector<Replacement> found;
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    if (!calls(g.nodes[n], "sparse_softmax_crossentropy")) continue;
    Step step(g, uses, static_cast<int>(n));
    if (!step.any()) continue;
    Replacement r = step.replacement();
    if (!can_be_one(g, r.members)) {
      if (!step.has_both()) continue;
      step.leave_matches();
      r = step.replacement();
      if (!can_be_one(g, r.members)) continue;
    }
    const bool taken = std::any_of(found.begin(), found.end(), [&](const Replacement& other) {
      return std::any_of(r.members.begin(), r.members.end(), [&](int m) {
        return std::binary_search(other.members.begin(), other.members.end(), m);
      });
    });
    if (!taken) found.push_back(std::move(r));
  }
  replace_clusters(g, std::move(found));
}

}  // namespace weft::plan
