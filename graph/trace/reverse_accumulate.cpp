#include "graph/trace/reverse_accumulate.hpp"

#include <weft/core/error.h>
#include <weft/core/ops/broadcast_to.h>

#include <unordered_map>
#include <unordered_set>

#include "core/access.hpp"
#include "core/convert.hpp"

namespace weft::trace {
namespace {

using detail::impl;

using Ids = std::unordered_set<std::uint64_t>;

std::uint64_t id_of(const Tensor& t) { return impl(t).id; }

bool any_in(const std::vector<Tensor>& values, const Ids& ids) {
  for (const Tensor& t : values) {
    if (ids.count(id_of(t)) != 0) return true;
  }
  return false;
}

// Everything floating that depends on the sources through differentiable ops.
Ids dependents(const std::vector<TapeEntry>& entries, const std::vector<std::uint64_t>& by) {
  Ids ids(by.begin(), by.end());
  for (const TapeEntry& e : entries) {
    if (e.op->grad == nullptr || !any_in(e.inputs, ids)) continue;
    for (const Tensor& t : e.outputs) {
      if (t.dtype().is_floating()) ids.insert(id_of(t));
    }
  }
  return ids;
}

class Sweep {
 public:
  Sweep(const std::vector<TapeEntry>& entries, Ids reachable)
      : entries_(entries), reachable_(std::move(reachable)) {}

  void run(const Tensor& of) {
    const Tensor one = detail::converted_scalar(Tensor(1.0), of.dtype());
    grads_[id_of(of)] = of.shape().rank() == 0 ? one : ops::broadcast_to(one, of.shape());
    for (std::size_t i = entries_.size(); i-- > 0;) step(entries_[i]);
  }

  Tensor gradient(std::uint64_t id) const {
    const auto found = grads_.find(id);
    return found == grads_.end() ? Tensor() : found->second;
  }

 private:
  void step(const TapeEntry& e) {
    if (e.op->grad == nullptr) return;
    std::vector<Tensor> incoming;
    bool any = false;
    for (const Tensor& t : e.outputs) {
      incoming.push_back(gradient(id_of(t)));
      any = any || incoming.back();
    }
    if (!any || !any_in(e.inputs, reachable_)) return;
    std::vector<bool> wanted;
    for (const Tensor& t : e.inputs)
      wanted.push_back(t.dtype().is_floating() && reachable_.count(id_of(t)) != 0);
    const std::vector<Tensor> results =
        e.op->grad({e.inputs, e.outputs, incoming, e.attrs, wanted});
    for (std::size_t i = 0; i < e.inputs.size() && i < results.size(); ++i) {
      if (wanted[i] && results[i]) accumulate(*e.op, e.inputs[i], results[i]);
    }
  }

  void accumulate(const OpDef& op, const Tensor& input, const Tensor& grad) {
    if (!(grad.shape() == input.shape())) {
      throw ShapeError("The gradient of ops::" + op.name + " has the wrong shape. Expected: " +
                       input.shape().to_string() + ". Received: " + grad.shape().to_string() + ".");
    }
    const Tensor cast = grad.astype(input.dtype());
    Tensor& total = grads_[id_of(input)];
    total = total ? total + cast : cast;
  }

  const std::vector<TapeEntry>& entries_;
  Ids reachable_;
  std::unordered_map<std::uint64_t, Tensor> grads_;
};

}  // namespace

std::vector<Tensor> reverse_accumulate(const std::vector<TapeEntry>& entries, const Tensor& of,
                                       const std::vector<std::uint64_t>& by) {
  if (!of.dtype().is_floating()) {
    throw DtypeError("Gradients are taken of floating-point tensors. Received: dtype " +
                     of.dtype().name() + ".");
  }
  Sweep sweep(entries, dependents(entries, by));
  sweep.run(of);
  std::vector<Tensor> out;
  for (std::uint64_t id : by) out.push_back(sweep.gradient(id));
  return out;
}

}  // namespace weft::trace
