// Regularizer: what a large weight costs.
#pragma once
#include <weft/core/keras_object.h>
#include <weft/core/ref.h>
#include <weft/core/tensor.h>

namespace weft {

/// A penalty that is added to the loss, a function of a weight. An argument of type
/// Arg<Regularizer> takes Keras's identifier
/// ("l2"), an object (regularizers::L2(1e-4)) or an object of one's own class.
class Regularizer : public KerasObject {
 public:
  /// The penalty, a scalar.
  virtual Tensor operator()(const Tensor& x) = 0;
};

namespace regularizers {

/// The regularizer of an identifier: a class name or its snake case; throws Error naming those that
/// there are.
Ref<Regularizer> get(std::string_view identifier);
/// What serialize() wrote, or an identifier; null gives a null Ref.
Ref<Regularizer> deserialize(const ConfigValue& config);

}  // namespace regularizers
}  // namespace weft
