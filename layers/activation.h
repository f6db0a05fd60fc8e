// Activation arguments, and Keras's activation functions. (The layer of this name is
// layers::Activation.)
#pragma once
#include <weft/core/config.h>
#include <weft/core/fn.h>
#include <weft/core/tensor.h>

namespace weft {

class Activation;

namespace activations {

/// One of Keras's activations: callable, and known to files by its name.
struct Builtin {
  const char* id;
  Tensor operator()(const Tensor& x) const;
};

inline constexpr Builtin relu{"relu"};              ///< max(x, 0)
inline constexpr Builtin leaky_relu{"leaky_relu"};  ///< x, or 0.2 x below 0
inline constexpr Builtin relu6{"relu6"};            ///< min(max(x, 0), 6)
inline constexpr Builtin softmax{"softmax"};        ///< exp(x) / sum exp(x) along the last axis
inline constexpr Builtin celu{"celu"};              ///< max(x, 0) + min(exp(x) - 1, 0)
inline constexpr Builtin elu{"elu"};                ///< x, or exp(x) - 1 below 0
inline constexpr Builtin selu{"selu"};  ///< 1.0507... * (x, or 1.6733... (exp(x) - 1) below 0)
inline constexpr Builtin softplus{"softplus"};        ///< log(1 + exp(x))
inline constexpr Builtin softsign{"softsign"};        ///< x / (1 + |x|)
inline constexpr Builtin squareplus{"squareplus"};    ///< (x + sqrt(x^2 + 4)) / 2
inline constexpr Builtin soft_shrink{"soft_shrink"};  ///< x moved towards 0 by 0.5, or 0
inline constexpr Builtin sparse_plus{"sparse_plus"};  ///< 0 below -1, (x + 1)^2 / 4, x above 1
inline constexpr Builtin silu{"silu"};                ///< x * sigmoid(x)
inline constexpr Builtin swish{"silu"};               ///< another name of silu
inline constexpr Builtin gelu{"gelu"};                ///< x * (1 + erf(x / sqrt(2))) / 2
inline constexpr Builtin glu{"glu"};    ///< first half * sigmoid(second half) of the last axis
inline constexpr Builtin tanh{"tanh"};  ///< hyperbolic tangent
inline constexpr Builtin tanh_shrink{"tanh_shrink"};        ///< x - tanh(x)
inline constexpr Builtin sigmoid{"sigmoid"};                ///< 1 / (1 + exp(-x))
inline constexpr Builtin sparse_sigmoid{"sparse_sigmoid"};  ///< min(max((x + 1) / 2, 0), 1)
inline constexpr Builtin exponential{"exponential"};        ///< exp(x)
inline constexpr Builtin hard_sigmoid{"hard_sigmoid"};      ///< relu6(x + 3) / 6
inline constexpr Builtin hard_silu{"hard_silu"};            ///< x * hard_sigmoid(x)
inline constexpr Builtin hard_swish{"hard_silu"};           ///< another name of hard_silu
inline constexpr Builtin hard_tanh{"hard_tanh"};            ///< min(max(x, -1), 1)
inline constexpr Builtin hard_shrink{"hard_shrink"};        ///< x, or 0 within [-0.5, 0.5]
inline constexpr Builtin linear{"linear"};                  ///< x
inline constexpr Builtin mish{"mish"};                      ///< x * tanh(softplus(x))
inline constexpr Builtin log_softmax{"log_softmax"};        ///< log(softmax(x)) along the last axis
inline constexpr Builtin log_sigmoid{"log_sigmoid"};        ///< log(sigmoid(x))

/// By name; throws Error naming those that there are.
Activation get(std::string_view identifier);
/// What an activation is in a file: its name, or for a function of one's own
/// {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}.
/// Throws Error for a function of one's own without a name.
ConfigValue serialize(const Activation& activation);
/// The reverse. Functions of one's own are looked up in the custom objects at hand. Null is linear.
Activation deserialize(const ConfigValue& config);

}  // namespace activations

/// An argument that takes an activation: a name ("relu"), activations::relu, a function Tensor ->
/// Tensor, or null, which is linear. The name is resolved at once; an unknown one throws Error
/// naming it.
class Activation : detail::State {
 public:
  static constexpr const char* weft_custom_object_kind = "activation";

  Activation() = default;
  template <Null N>
  Activation(N) {}
  template <Text S>
  Activation(S id) : Activation(from_id(id)) {}
  Activation(const activations::Builtin& f);
  template <class F>
  requires(std::is_invocable_r_v<Tensor, F&, const Tensor&> && !std::same_as<F, Activation>)
      Activation(F f) {
    set(std::move(f), {});
  }
  /// A function of one's own under the name by which files know it.
  template <class F>
  requires std::is_invocable_r_v<Tensor, F&, const Tensor&> Activation(std::string_view name, F f) {
    set(std::move(f), name);
  }

  Tensor operator()(const Tensor& x) const;
  /// "relu"; "linear" for none; empty for a function without a name.
  std::string name() const;

 private:
  friend struct detail::Access;
  static Activation from_id(std::string_view id);
  void set(Fn<Tensor(const Tensor&)> f, std::string_view name);
};

}  // namespace weft
