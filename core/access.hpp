// The library's way into handles.
#pragma once
#include <weft/core/structures.h>

#include <memory>

#include "core/tensor_impl.hpp"

namespace weft::detail {

struct Access {
  template <class H>
  static const std::shared_ptr<void>& state(const H& h) {
    return h.state;
  }
  template <class H>
  static std::shared_ptr<void>& state(H& h) {
    return h.state;
  }
  template <class H>
  static H make(std::shared_ptr<void> state) {
    H h;
    h.state = std::move(state);
    return h;
  }
};

/// The state of a handle as what it is; null when the handle is null.
template <class S, class H>
S* state_of(const H& h) {
  return static_cast<S*>(Access::state(h).get());
}
template <class S, class H>
std::shared_ptr<S> shared_state(const H& h) {
  return std::static_pointer_cast<S>(Access::state(h));
}

/// Throws GraphError on a null handle.
TensorImpl& impl(const Tensor& t);
VariableImpl& impl(const Variable& v);
inline Tensor wrap_impl(std::shared_ptr<TensorImpl> p) {
  return Access::make<Tensor>(std::move(p));
}

/// A new concrete tensor with uninitialised memory on `backend`.
Tensor empty(const Shape& shape, DType dtype, Backend& backend, std::size_t at_least_bytes = 0);
/// A traced or functional tensor without data.
std::shared_ptr<TensorImpl> make_symbol(TensorKind kind, const Shape& shape, DType dtype);

inline bool is_kind(const Tensor& t, TensorKind kind) { return t && impl(t).kind == kind; }
inline bool is_functional(const Tensor& t) { return is_kind(t, TensorKind::functional); }
inline bool is_traced(const Tensor& t) { return is_kind(t, TensorKind::traced); }
inline bool is_concrete(const Tensor& t) { return is_kind(t, TensorKind::concrete); }
inline bool any_functional(const std::vector<Tensor>& ts) {
  for (const Tensor& t : ts) {
    if (is_functional(t)) return true;
  }
  return false;
}

/// Keras's _keras_mask of a tensor.
std::optional<Tensor> keras_mask(const Tensor& t);
/// The same value with a mask attached (a new handle; the value is shared).
Tensor with_keras_mask(const Tensor& t, const std::optional<Tensor>& mask);

}  // namespace weft::detail
