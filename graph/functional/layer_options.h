// What every layer's constructor and call take beside its own arguments.
#pragma once
#include <weft/core/dtype.h>
#include <weft/core/shape.h>
#include <weft/core/structures.h>

#include <optional>
#include <string>
#include <string_view>

namespace weft {

/// An optional shape that also reads braces: .input_shape = {784}.
struct MaybeShape : std::optional<Shape> {
  using optional::optional;
  MaybeShape(std::initializer_list<Dim> d) : optional(Shape(d)) {}
};

/// Aggregates cannot inherit and keep designated initialisers: the common keywords are the last
/// fields of each struct. `dtype` undefined is floatx(); `input_shape` (without the batch) lets a
/// Sequential build at once.
#define WEFT_LAYER_OPTIONS \
  std::string name = {};   \
  DType dtype = {};        \
  bool trainable = true;   \
  MaybeShape input_shape = {}

/// Options of a layer without arguments of its own.
struct LayerOptions {
  WEFT_LAYER_OPTIONS;
};

/// Keyword arguments of a call. `training` absent: inherited from the call around this one, else
/// false. `mask` absent: the masks that the inputs carry. The last three are MultiHeadAttention's;
/// they stand in detail::call_tensors and detail::call_flags too.
struct CallOptions {
  std::optional<bool> training = {};
  Masks mask = {};
  Tensors initial_state = {};
  Tensor attention_mask = {};
  bool return_attention_scores = false;
  bool use_causal_mask = false;
};

/// What `call` is handed when it asks for it: `Tensor call(const Tensor& x, const CallContext&
/// context)`.
struct CallContext {
  bool training = false;
  Masks mask = {};  ///< one per input, in flattened order
  Tensors initial_state = {};
  Tensor attention_mask = {};
  bool return_attention_scores = false;
  bool use_causal_mask = false;
};

namespace detail {
/// A keyword of a call with its name in Keras's files: a field of CallOptions, or the one of the
/// same place in CallContext.
template <class O, class T>
struct CallField {
  const char* name;
  T O::*place;
};
/// The keywords that some layers take: one tensor each, and one flag each. What records, copies,
/// runs or saves calls walks these.
template <class O>
inline constexpr CallField<O, Tensor> call_tensors[] = {{"attention_mask", &O::attention_mask}};
template <class O>
inline constexpr CallField<O, bool> call_flags[] = {
    {"return_attention_scores", &O::return_attention_scores},
    {"use_causal_mask", &O::use_causal_mask}};

/// "... [with T = my::CustomDense]" -> "CustomDense".
std::string_view class_name(std::string_view pretty_function);
template <class T>
std::string_view type_name() {
  return class_name(__PRETTY_FUNCTION__);
}
/// The common fields of any options struct.
template <class O>
LayerOptions layer_options(const O& o) {
  return {.name = o.name, .dtype = o.dtype, .trainable = o.trainable, .input_shape = o.input_shape};
}
}  // namespace detail

}  // namespace weft
