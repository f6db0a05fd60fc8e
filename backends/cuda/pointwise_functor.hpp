// A functor as a kernel's argument: bytes, so that the host's code is the same for all of them.
#pragma once
#include <weft/core/functors/functor.h>

#include <cstring>
#include <new>
#include <type_traits>

#include "backends/element.hpp"

namespace weft::cuda {

struct FunctorBytes {
  alignas(8) unsigned char bytes[16] = {};
};

/// Host code: the functor with an op's attributes.
template <class F>
FunctorBytes make_functor(const Config& attrs) {
  static_assert(sizeof(F) <= sizeof(FunctorBytes) && std::is_trivially_copyable_v<F>);
  FunctorBytes bytes;
  auto* f = new (bytes.bytes) F;
  f->configure(attrs);
  return bytes;
}

template <class F>
WEFT_HD F functor_of(const FunctorBytes& bytes) {
  F f;
  if constexpr (!std::is_empty_v<F>) memcpy(&f, bytes.bytes, sizeof(F));
  return f;
}

/// What a functor reads, writes and is called with where its op's tensors hold T. Bools of logical
/// ops are bytes; so is the condition of a choice, which moves its values as they are.
template <class F, class T>
struct Pointwise {
  using Kind = functors::Kind;
  static constexpr bool selects = F::kind == Kind::select, is_logical = F::kind == Kind::logical;
  static constexpr bool compares = F::kind == Kind::comparison;
  using First = std::conditional_t<selects, unsigned char, T>;
  using Result = std::conditional_t<compares, bool, T>;

  WEFT_HD static Result apply(const F& f, First a, T b, T c) {
    if constexpr (selects)
      return f(a != 0, b, c);
    else if constexpr (is_logical)
      return static_cast<Result>(call(f, a != 0, b != 0));
    else if constexpr (compares)
      return call(f, kernels::load(a), kernels::load(b));
    else
      return kernels::store<T>(call(f, kernels::load(a), kernels::load(b)));
  }

 private:
  template <class C>
  WEFT_HD static auto call(const F& f, C a, [[maybe_unused]] C b) {
    if constexpr (F::arity == 1)
      return f(a);
    else
      return f(a, b);
  }
};

}  // namespace weft::cuda
