// Signatures of the user's functions, found without templates in the user's code.
#pragma once
#include <weft/core/structures.h>

namespace weft::detail {

/// The signature of a function or a member function; no type for overloads, templates and generic
/// lambdas.
template <class M>
struct signature {};  // overloads, templates, generic lambdas: no type
template <class C, class R, class... A, bool N>
struct signature<R (C::*)(A...) noexcept(N)> {
  using type = R(A...);
};
template <class C, class R, class... A, bool N>
struct signature<R (C::*)(A...) const noexcept(N)> {
  using type = R(A...);
};
template <class R, class... A, bool N>
struct signature<R (*)(A...) noexcept(N)> {
  using type = R(A...);
};

template <class P>
concept TensorArg = std::convertible_to < const std::remove_cvref_t<P>
&, P > &&(std::same_as<std::remove_cvref_t<P>, Tensor> ||
          std::same_as<std::remove_cvref_t<P>, Tensors>);
template <class R>
concept TensorResult = std::same_as<R, Tensor> || std::same_as<R, Tensors>;

}  // namespace weft::detail
