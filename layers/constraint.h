// Constraint: what a weight is made to satisfy after each step of training.
#pragma once
#include <weft/core/keras_object.h>
#include <weft/core/ref.h>
#include <weft/core/tensor.h>

namespace weft {

/// A projection that the optimizer applies to a weight after each update. An argument of type
/// Arg<Constraint> takes Keras's identifier ("non_neg"), an object
/// (constraints::MaxNorm({.max_value = 3})) or an object of one's own class.
class Constraint : public KerasObject {
 public:
  /// The weight as it may be; the shape stays.
  virtual Tensor operator()(const Tensor& w) = 0;
};

namespace constraints {

/// The constraint of an identifier: a class name or its snake case; throws Error naming those that
/// there are.
Ref<Constraint> get(std::string_view identifier);
/// What serialize() wrote, or an identifier; null gives a null Ref.
Ref<Constraint> deserialize(const ConfigValue& config);

}  // namespace constraints
}  // namespace weft
