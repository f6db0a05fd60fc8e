// Handles to layers: shared ownership, and calling.
#pragma once
#include <weft/graph/functional/layer_options.h>

#include <memory>

namespace weft {

class Layer;
template <class T>
class LayerRef;

/// Shared ownership of a layer of any class. Null until assigned (sublayers made in a constructor's
/// body or in build); using a null one throws GraphError, by name. Calling it twice shares the
/// weights.
class AnyLayer {
 public:
  AnyLayer() = default;
  template <Null N>
  AnyLayer(N) {}
  explicit AnyLayer(std::shared_ptr<Layer> layer) : p_(std::move(layer)) {}
  /// Takes over a layer that was just made with new, and gives it its name. Not make_shared: that
  /// costs a user's class twice the compile time.
  static AnyLayer adopt(Layer* created);

  /// Calls the layer on a Tensor, a Variable, a vector, {a, b} or {{"query", q}}. Functional inputs
  /// record a node, others compute. Throws GraphError when there is not exactly one output.
  Tensor operator()(const Tensors& x, CallOptions options = {}) const;
  /// The same for a layer with several outputs.
  Tensors all(const Tensors& x, CallOptions options = {}) const;

  Layer* operator->() const { return get(); }
  explicit operator bool() const { return p_ != nullptr; }
  std::shared_ptr<Layer> base() const { return p_; }
  /// The same layer as one of class T; throws GraphError when it is of another class.
  template <class T>
  LayerRef<T> as() const;

 protected:
  struct Class {
    std::string_view name;
  };
  explicit AnyLayer(Class c) : class_(c.name) {}
  Layer* get() const;

 private:
  std::shared_ptr<Layer> p_;
  std::string_view class_ = "layer";  // for the message of a null handle
};

/// Shared ownership of a layer of class T: what layer<T>() returns and layers::Dense is.
template <class T>
class LayerRef : public AnyLayer {
 public:
  LayerRef() : AnyLayer(Class{detail::type_name<T>()}) {}
  template <Null N>
  LayerRef(N) : LayerRef() {}
  LayerRef(const AnyLayer& l, T*) : AnyLayer(l) {}  // the pointer shows that l is a T
  T* operator->() const { return static_cast<T*>(get()); }
  T& operator*() const { return *operator->(); }
};

}  // namespace weft
