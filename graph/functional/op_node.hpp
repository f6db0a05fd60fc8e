// OpNode: an op that was applied to functional tensors, an operation of a graph of layers.
#pragma once
#include <weft/core/op.h>
#include <weft/graph/functional/operation.h>

#include "core/live.hpp"

namespace weft::detail {

class OpNode final : public Operation, public Live<OpNode> {
 public:
  /// Takes an automatic name from Keras's class: "get_item"; `name` replaces it.
  OpNode(const OpDef& op, Config attrs, std::string name = {});
  const OpDef& op() const { return *op_; }
  const Config& attrs() const { return attrs_; }
  std::string class_name() const override;
  std::string module() const override;
  /// Keras registers ops under their class's name.
  std::string registered_name() const override { return class_name(); }
  /// The name and the attributes.
  Config get_config() const override;
  /// The op on concrete or traced tensors.
  std::vector<Tensor> run(const std::vector<Tensor>& inputs) const;

 private:
  const OpDef* op_;
  Config attrs_;
};

/// Records an op on functional tensors as a node; `name` as for OpNode.
std::vector<Tensor> apply_functional(const OpDef& op, const std::vector<Tensor>& inputs,
                                     const Config& attrs, const std::string& name = {});

}  // namespace weft::detail
