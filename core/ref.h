// Shared ownership of a loss, a metric, an initializer ..., and "a name, an object or a function"
// arguments.
#pragma once
#include <weft/core/tensor.h>

namespace weft {

/// Shared ownership of an object with virtual functions.
template <class T>
class Ref {
 public:
  Ref() = default;
  template <class U>
  requires std::convertible_to<U*, T*> Ref(std::shared_ptr<U> p) : p_(std::move(p)) {}
  T* operator->() const { return p_.get(); }
  T& operator*() const { return *p_; }
  explicit operator bool() const { return p_ != nullptr; }
  const std::shared_ptr<T>& pointer() const { return p_; }

 private:
  std::shared_ptr<T> p_;
};

class Initializer;
class Regularizer;
class Constraint;

/// An argument that takes Keras's identifier or an object: .kernel_initializer = "he_normal" or
/// initializers::HeNormal(). Null means none. The identifier is resolved at once; an unknown one
/// throws Error naming it.
template <class Base>
class Arg : detail::State {
 public:
  Arg() = default;
  template <Null N>
  Arg(N) {}
  template <Text S>
  Arg(S id) : Arg(from_id(id)) {}
  Arg(const Ref<Base>& object);
  /// Only an initializer can be a number: a constant.
  template <Scalar N>
  requires std::same_as<Base, Initializer> Arg(N constant)
      : Arg(from_constant(static_cast<double>(constant))) {}
  explicit operator bool() const { return state != nullptr; }
  Ref<Base> get() const;

 private:
  static Arg from_id(std::string_view id);
  static Arg from_constant(double value);
};

}  // namespace weft
