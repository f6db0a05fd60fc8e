// Layer: the base of every layer, built-in or of one's own.
#pragma once
#include <weft/core/ref.h>
#include <weft/graph/functional/any_layer.h>
#include <weft/graph/functional/operation.h>

namespace weft {

class SeedGenerator;

namespace detail {
struct LayerState;
struct LayerAccess;  // the library's way in; graph/functional/layer_state.hpp
}  // namespace detail

/// Arguments of add_weight, in Keras's order: name is last.
struct WeightOptions {
  Shape shape = {};
  Arg<Initializer> initializer = {};  ///< absent: glorot_uniform for floating dtypes, else zeros
  DType dtype = {};                   ///< absent: the layer's
  bool trainable = true;
  bool autocast = true;
  Arg<Regularizer> regularizer = {};
  Arg<Constraint> constraint = {};
  std::string name = {};  ///< absent: variable, variable_1, ...
};

/// What an input of a layer must look like; checked before the layer is built and before each call.
struct InputSpec {
  std::optional<int> ndim = {};
  std::optional<int> min_ndim = {};
  std::optional<int> max_ndim = {};
  std::vector<std::pair<int, Dim>> axes = {};  ///< {{-1, 5}}: the last dimension is 5 (or None)
  DType dtype = {};
  std::optional<Shape> shape = {};       ///< None fits anything
  bool allow_last_axis_squeeze = false;  ///< a last dimension 1 may be missing or too many
  bool optional = false;                 ///< the input may be a null tensor
  std::string name = {};                 ///< of the input, for messages
};

/// Base of layers. One's own defines, public and without `override`, `call` in one of Keras's forms
/// and, when it has weights whose shapes follow from the input, `build`:
/// - `Tensor call(const Tensor& x)`; a second parameter can be `bool training` or a CallContext;
///   `const Tensors&` for several inputs, `Tensors` for several outputs
/// - `void build(const Shape& input)`, or `const std::vector<Shape>& inputs`
/// It is made by layer<T>(...). For files a class may have `static constexpr const char*
/// registered_name = "pkg>Name";` (a subclass of it, its own); the default is the class's name.
class Layer : public Operation {
 public:
  explicit Layer(LayerOptions options = {});
  ~Layer() override;

  /// name, trainable, dtype. A file restores those three in any case, so that one's own may return
  /// its arguments alone.
  Config get_config() const override;
  /// {"input_shape": [...]} as `build` was given it; empty for a layer without a `build` of its
  /// own.
  virtual Config get_build_config() const;
  /// The masks of the outputs. Default: passes the inputs' masks on if supports_masking, else none
  /// (with a warning).
  virtual Masks compute_mask(const Tensors& inputs, const Masks& masks);

  std::string class_name() const override;
  std::string module() const override;
  std::string registered_name() const override;

  bool trainable() const;
  /// For this layer and all sublayers. Weights made non-trainable (moving statistics) stay so.
  virtual void set_trainable(bool value);
  /// Whether the weights are there.
  bool built() const;
  DType dtype() const;          ///< of the weights
  DType compute_dtype() const;  ///< floating inputs are cast to it

  /// Own trainable weights, own others, then those of the sublayers in creation order; each once.
  std::vector<Variable> weights() const;
  /// Filters of weights(), by Variable::trainable() and the layers' flags.
  std::vector<Variable> trainable_weights() const;
  std::vector<Variable> non_trainable_weights() const;
  /// weights() and the states of seed generators and the like.
  std::vector<Variable> variables() const;
  /// This layer's own: those made trainable, then the others. The `vars/<i>` of files.
  std::vector<Variable> own_variables() const;
  std::vector<Tensor> get_weights() const;
  /// In the order of weights(). Throws ShapeError naming the layer when the number or a shape
  /// differs.
  void set_weights(const std::vector<Tensor>& values);
  /// Number of elements of all weights. Throws GraphError while the layer is not built.
  std::int64_t count_params() const;

  /// A tracked sublayer and the name it has in files.
  struct Child {
    std::string attribute;
    AnyLayer layer;
  };
  std::vector<Child> children() const;
  /// The states of the layer's own seed generators, named as in files: {"seed_generator", state}.
  std::vector<Named<Variable>> seed_generators() const;

  /// What add_loss was given in the latest call (not while a graph is built), then the
  /// regularizers' penalties.
  std::vector<Tensor> losses() const;
  /// Inputs and outputs of the first call on functional tensors. Throws GraphError when there was
  /// none, or when its tensors have gone (a layer does not keep them: the tensors, or a Model made
  /// of them, must be alive).
  Tensors input() const;
  Tensors output() const;

 protected:
  /// For built-in layers: `keras_class` is what files call it.
  Layer(LayerOptions options, const char* keras_class, const char* module = "keras.layers");

  bool supports_masking = false;

  /// A new weight, named layer/name. Throws ShapeError for a shape with None.
  Variable add_weight(WeightOptions options);
  /// Adds a scalar to the loss of the step that this call belongs to.
  void add_loss(const Tensor& loss);
  /// What inputs must look like, one for each input.
  void set_input_spec(InputSpec spec);
  void set_input_spec(std::vector<InputSpec> specs);
  /// A generator whose state is saved with the layer as <name>/vars/0. Its state is a variable, but
  /// no weight.
  SeedGenerator& add_seed_generator(std::optional<std::int64_t> seed = {},
                                    std::string name = "seed_generator");
  /// A penalty on the outputs of each call.
  void set_activity_regularizer(const Arg<Regularizer>& regularizer);
  /// Gives the child its attribute name: .keras files of subclassed layers and models are keyed by
  /// it. A sublayer with weights that `call` uses without it is an error.
  template <class H>
  H track(std::string_view attribute, H child) {
    track_(attribute, child.base());
    return child;
  }
  /// For containers: replaces all children.
  void set_children_(std::vector<Child> children);

 private:
  // What the framework calls. `build` and `call` are found by LayerOf<T>, so a user writes
  // whichever of Keras's signatures it needs, nothing is hidden and -Woverloaded-virtual is silent.
  virtual std::string_view registered_name_() const = 0;
  virtual void run_build(const std::vector<Shape>& shapes) = 0;
  virtual Tensors run_call(const Tensors& inputs, const CallContext& context) = 0;
  virtual bool has_build_() const;      // whether the class has a `build` of its own; default false
  virtual bool takes_context_() const;  // whether `call` can see masks; default true
  template <class>
  friend class LayerOf;
  friend struct detail::LayerAccess;
  void track_(std::string_view attribute, std::shared_ptr<Layer> child);
  std::unique_ptr<detail::LayerState> state_;
};

}  // namespace weft

#include <weft/graph/functional/layer_of.h>
