// The trace that a plan is made from: records ops, reads and assignments as an op graph.
#pragma once
#include <unordered_map>

#include "core/recorder.hpp"
#include "graph/plan/op_graph.hpp"

namespace weft::trace {

class PlanTrace : public detail::Trace {
 public:
  /// A traced tensor that stands for an argument of the step.
  Tensor add_input(const TensorSpec& spec);
  /// Ends the trace: the given tensors (traced or concrete) become the outputs, the last
  /// assignments the commits.
  plan::OpGraph finish(const std::vector<Tensor>& outputs);

  std::vector<Tensor> record(const OpDef& op, const std::vector<Tensor>& inputs,
                             const Config& attrs, const std::vector<TensorSpec>& outputs) override;
  Tensor read(const Variable& variable) override;
  void assign(const Variable& variable, const Tensor& value) override;

 private:
  struct State {
    int index;     // of the variable in the graph
    Tensor value;  // the present SSA value
    bool assigned = false;
  };
  Tensor make_tensor(const TensorSpec& spec, int value) const;
  int value_of(const Tensor& t);  // of a concrete tensor: a constant
  State& state_of(const Variable& variable);

  plan::OpGraph graph_;
  std::unordered_map<const void*, State> states_;     // by variable
  std::vector<const void*> order_;                    // variables, as first met
  std::unordered_map<std::uint64_t, int> constants_;  // by value id
};

}  // namespace weft::trace
