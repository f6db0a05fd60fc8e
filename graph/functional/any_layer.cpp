#include <weft/core/error.h>

#include "core/names.hpp"
#include "graph/functional/call.hpp"
#include "graph/functional/layer_state.hpp"

namespace weft {

AnyLayer AnyLayer::adopt(Layer* created) {
  AnyLayer handle{std::shared_ptr<Layer>(created)};
  const detail::LayerState& s = detail::LayerAccess::state(*created);
  detail::LayerAccess::rename(
      *created, s.given_name.empty() ? detail::auto_name(detail::snake_case(created->class_name()))
                                     : s.given_name);
  return handle;
}

Layer* AnyLayer::get() const {
  if (p_ == nullptr) {
    throw GraphError("A null " + std::string(class_) +
                     " was used. Expected: assign a layer to it first, e.g. in the constructor or "
                     "in `build` with track(...).");
  }
  return p_.get();
}

Tensor AnyLayer::operator()(const Tensors& x, CallOptions options) const {
  const Tensors out = all(x, std::move(options));
  if (out.size() != 1) {
    throw GraphError("The " + detail::describe(*p_) + " has " + std::to_string(out.size()) +
                     " outputs where one was expected. Use .all(x), which returns all of them.");
  }
  return out.flat()[0];
}

Tensors AnyLayer::all(const Tensors& x, CallOptions options) const {
  return detail::call_layer(*get(), x, options);
}

namespace detail {

const Shape& only(const std::vector<Shape>& shapes) {
  if (shapes.size() == 1) return shapes[0];
  throw GraphError("One input was expected. Received: " + std::to_string(shapes.size()) +
                   ". (A layer with several inputs takes `const std::vector<Shape>&` in `build` "
                   "and `const Tensors&` in `call`.)");
}

void throw_not(std::string_view wanted_class, const Layer& layer) {
  throw GraphError("The " + describe(layer) + " is no " + std::string(wanted_class) + ".");
}

AnyLayer handle_of(Layer& layer) {
  auto shared = layer.weak_from_this().lock();
  if (shared == nullptr)
    throw GraphError(
        "A layer was used that layer<T>(...) did not make. Expected: layer<T>(arguments).");
  return AnyLayer(std::static_pointer_cast<Layer>(shared));
}

}  // namespace detail
}  // namespace weft
