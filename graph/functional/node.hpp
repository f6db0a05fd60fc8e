// Node: one call of an operation on functional tensors. A tensor keeps its node alive, a node its
// operation and its inputs; an operation knows its nodes weakly: a dropped model is freed.
#pragma once
#include <weft/core/op.h>
#include <weft/graph/functional/layer_options.h>
#include <weft/graph/functional/operation.h>

#include "core/access.hpp"

namespace weft::detail {

/// What a functional tensor knows of its making.
struct History : Provenance {
  std::shared_ptr<Node> node;
  int tensor_index = 0;
};

class Node : public Live<Node>, public std::enable_shared_from_this<Node> {
 public:
  /// Records a call and gives it the next slot of `operation`. `args`, and masks and states of
  /// `options`, may hold concrete tensors (constants). `outputs` describes the results, in the
  /// structure that `skeleton` has. Tensors get automatic names unless `names` has one.
  static std::shared_ptr<Node> record(std::shared_ptr<Operation> operation, Tensors args,
                                      CallOptions options, const std::vector<TensorSpec>& outputs,
                                      const Tensors& skeleton,
                                      const std::vector<std::string>& names = {});

  const std::shared_ptr<Operation>& operation() const { return operation_; }
  /// Its place among the operation's nodes.
  int index() const { return index_; }
  /// The first argument: one tensor, a list or a dict.
  const Tensors& args() const { return args_; }
  /// What the call was given: training if it was explicit; masks; initial_state; others.
  const CallOptions& options() const { return options_; }
  /// All functional tensors that it takes: arguments, states, masks.
  const std::vector<Tensor>& inputs() const { return inputs_; }
  /// Whether it takes none: an Input.
  bool is_input() const { return inputs_.empty(); }

  int output_count() const { return static_cast<int>(outputs_.size()); }
  TensorSpec output_spec(int i) const;
  const std::string& output_name(int i) const;
  /// Output i; always the same object while somebody holds it.
  Tensor output(int i) const;
  /// All outputs in the structure that the call returned.
  Tensors outputs() const;
  void set_output_mask(int i, const Tensor& mask);

 private:
  struct Output {
    TensorSpec spec;
    std::string name;
    std::shared_ptr<TensorImpl> mask;
    mutable std::weak_ptr<TensorImpl> tensor;
  };
  std::shared_ptr<Operation> operation_;
  int index_ = 0;
  Tensors args_;
  CallOptions options_;
  std::vector<Tensor> inputs_;
  std::vector<Output> outputs_;
  Tensors skeleton_;  // the outputs' structure, of null tensors
};

/// The node that made a functional tensor. Throws GraphError for any other tensor.
const History& history_of(const Tensor& tensor);
/// Whether two functional tensors are the same place of the same graph.
bool same_place(const Tensor& a, const Tensor& b);
/// The names of a layer's tensor arguments, where it has several; of others none.
const std::vector<std::string>& arguments_of(const Operation& op);

/// The masks as a list, one per flat input, null optionals where there is none.
std::vector<std::optional<Tensor>> mask_list(const Masks& masks);

struct OperationAccess {
  static void set_name(Operation& op, std::string name) { op.name_ = std::move(name); }
  static std::vector<std::weak_ptr<Node>>& nodes(Operation& op) { return op.nodes_; }
  static const std::vector<std::weak_ptr<Node>>& nodes(const Operation& op) { return op.nodes_; }
};

}  // namespace weft::detail
