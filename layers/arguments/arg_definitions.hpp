// The members of Arg<Base>, for the one source per base class that instantiates them.
#pragma once
#include "core/access.hpp"
#include "core/deserialize.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace detail {

/// "initializer": for messages.
template <class Base>
extern const char* const argument_kind;

/// What `.kernel_initializer = 0` means.
Ref<Initializer> constant_initializer(double value);

}  // namespace detail

template <class Base>
Arg<Base>::Arg(const Ref<Base>& object) {
  state = object.pointer();
}

template <class Base>
Ref<Base> Arg<Base>::get() const {
  return Ref<Base>(std::static_pointer_cast<Base>(state));
}

template <class Base>
Arg<Base> Arg<Base>::from_id(std::string_view id) {
  return Arg(detail::registry<Base>().from_id(id, detail::argument_kind<Base>));
}

template <class Base>
Arg<Base> Arg<Base>::from_constant(double value) {
  if constexpr (std::same_as<Base, Initializer>)
    return Arg(detail::constant_initializer(value));
  else
    throw Error("Only an initializer can be a number.");  // the header's constructor does not let
                                                          // one come here
}

}  // namespace weft
