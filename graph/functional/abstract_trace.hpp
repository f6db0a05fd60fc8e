// A trace that only infers shapes and dtypes: how `call` is run while a graph of layers is built.
// Dimensions may be None.
#pragma once
#include "core/access.hpp"
#include "core/recorder.hpp"

namespace weft::detail {

class AbstractTrace final : public Trace {
 public:
  std::vector<Tensor> record(const OpDef& op, const std::vector<Tensor>& inputs,
                             const Config& attrs, const std::vector<TensorSpec>& outputs) override;
  /// What was assigned in this trace, else a value like the variable's.
  Tensor read(const Variable& variable) override;
  void assign(const Variable& variable, const Tensor& value) override;
  bool abstract() const override { return true; }

  Tensor symbol(const TensorSpec& spec);
  /// A symbol in place of a functional or traced tensor; a concrete or null one stays.
  Tensor stand_in(const Tensor& tensor);
  Tensors stand_in(const Tensors& tensors);
  Masks stand_in(const Masks& masks);

 private:
  struct Value {
    Variable variable;
    Tensor value;
  };
  int next_ = 0;
  std::vector<Value> values_;
};

/// Runs ops of this scope in an abstract trace; tapes do not see them.
class AbstractScope {
 public:
  explicit AbstractScope(AbstractTrace& trace);
  ~AbstractScope();
  AbstractScope(const AbstractScope&) = delete;
  AbstractScope& operator=(const AbstractScope&) = delete;

 private:
  Recording saved_;
};

}  // namespace weft::detail
