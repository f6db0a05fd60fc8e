// Variable: a value that can be assigned, a weight of a layer or a slot of an optimizer.
#pragma once
#include <weft/core/tensor.h>

namespace weft {

/// Options of a Variable: whether a model trains it, and its name in messages and files.
struct VariableOptions {
  bool trainable = true;
  std::string name = {};
};

/// A handle to a mutable tensor with a fixed shape, dtype and storage address. Reading gives its
/// value (while tracing an SSA value), assigning replaces it. Null until assigned; copies share the
/// variable.
class Variable : detail::State {
 public:
  Variable() = default;
  explicit Variable(const Tensor& value, VariableOptions options = {});
  operator Tensor() const;  // a *read*
  /// The present value, the same as the conversion.
  Tensor value() const;
  /// Replaces the value; converts the dtype. Throws ShapeError when shapes differ.
  void assign(const Tensor& value);
  Shape shape() const;
  DType dtype() const;
  /// "dense/kernel": where it was made, with the layers around it.
  std::string path() const;
  /// "kernel": the last part of the path.
  std::string name() const;
  /// Whether it takes part in training: its own flag, and no layer around it is frozen.
  bool trainable() const;
  void set_trainable(bool value);
  explicit operator bool() const { return state != nullptr; }
  /// Whether both handles are of one variable.
  bool is(const Variable& other) const { return state == other.state; }

 private:
  friend struct detail::Access;
};

}  // namespace weft
