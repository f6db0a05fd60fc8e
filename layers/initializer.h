// Initializer: what fills a new weight.
#pragma once
#include <weft/core/keras_object.h>
#include <weft/core/ref.h>
#include <weft/core/tensor.h>

namespace weft {

/// Makes the first value of a weight. An argument of type Arg<Initializer> takes Keras's identifier
/// ("glorot_uniform"), an object (initializers::HeNormal({.seed = 1})), a number (a constant) or an
/// object of one's own class:
///   class Ramp : public Initializer {
///     Tensor operator()(const Shape& shape, DType dtype) override { ... }
///   };
///   layers::Dense(3, {.kernel_initializer = std::make_shared<Ramp>()});
/// Override class_name() and get_config() too when models that use it are to be saved.
class Initializer : public KerasObject {
 public:
  /// A tensor of this shape and dtype. Called again, an initializer returns the same values again.
  virtual Tensor operator()(const Shape& shape, DType dtype) = 0;
};

namespace initializers {

/// The initializer of an identifier: a class name or its snake case; throws Error naming those that
/// there are.
Ref<Initializer> get(std::string_view identifier);
/// What serialize() wrote, or an identifier; null gives a null Ref.
Ref<Initializer> deserialize(const ConfigValue& config);

/// The options of initializers that take a seed and nothing else. Without a seed the initializer
/// chooses one, from the state that set_random_seed sets, when it is made.
struct SeedOptions {
  std::optional<std::int64_t> seed = {};
};

}  // namespace initializers
}  // namespace weft
