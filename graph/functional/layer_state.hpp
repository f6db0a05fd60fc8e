// What is in a Layer, and the library's way to its private functions.
#pragma once
#include <weft/core/variable.h>
#include <weft/graph/functional/layer.h>

#include "core/access.hpp"
#include "graph/functional/node.hpp"

namespace weft::detail {

struct LayerState : Live<LayerState> {
  std::string given_name;  // from the options; the automatic one is taken when the layer is adopted
  std::string keras_class;  // of built-in layers
  std::string module;
  std::string dtype_policy;  // "float32", "mixed_bfloat16"
  DType dtype, compute_dtype;
  bool trainable = true, built = false;
  bool warned_of_mask = false;
  MaybeShape input_shape;
  std::vector<Variable> trainable_variables,
      other_variables;  // as they were made, whatever the flags say now
  std::vector<Layer::Child> children;
  struct Seed {
    std::string name;
    std::shared_ptr<SeedGenerator> generator;
  };
  std::vector<Seed> seeds;
  std::vector<Tensor> losses;
  std::vector<InputSpec> input_specs;  // empty: anything goes
  Ref<Regularizer> activity_regularizer;
  std::vector<Shape> build_shapes;
  /// Of a layer whose `call` has several tensor arguments in Keras (query, value, key): their
  /// names. A dict of inputs is then put in this order, each argument has a place of its own in
  /// files, and nodes hold no masks that the inputs carry anyway.
  std::vector<std::string> arguments;
};

struct LayerAccess {
  static LayerState& state(Layer& layer) { return *layer.state_; }
  static const LayerState& state(const Layer& layer) { return *layer.state_; }
  static void run_build(Layer& layer, const std::vector<Shape>& shapes) { layer.run_build(shapes); }
  static Tensors run_call(Layer& layer, const Tensors& inputs, const CallContext& context) {
    return layer.run_call(inputs, context);
  }
  static bool has_build(const Layer& layer) { return layer.has_build_(); }
  static bool takes_context(const Layer& layer) { return layer.takes_context_(); }
  static std::string registered(const Layer& layer) {
    return std::string(layer.registered_name_());
  }
  static bool supports_masking(const Layer& layer) { return layer.supports_masking; }

  /// Gives a layer another name, its weights following; for what is revived from files.
  static void rename(Layer& layer, const std::string& name);
  /// Sets the dtype from a DTypePolicy's name: "float32", "mixed_bfloat16".
  static void set_dtype_policy(Layer& layer, const std::string& policy);
  /// Forgets what add_loss was given, in the sublayers too.
  static void clear_losses(Layer& layer);
};

/// The layer as a handle; throws GraphError when it was not made by layer<T>().
AnyLayer handle_of(Layer& layer);

}  // namespace weft::detail
