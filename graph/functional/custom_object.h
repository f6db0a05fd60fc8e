// What files name and only the user has: layers, activations, losses and metrics of one's own.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft {

/// Revives a layer from its config.
using LayerFactory = Fn<AnyLayer(const Config&)>;

/// C++ cannot do cls(**config): a class of one's own says how it is revived, checked at compile
/// time. Its name, dtype and trainable are restored by the framework.
template <class T>
LayerFactory custom_object() {
  constexpr bool from_config = requires(const Config& c) {
    { T::from_config(c) } -> std::convertible_to<AnyLayer>;
  };
  static_assert(from_config || std::constructible_from<LayerOf<T>, const Config&>,
                "weft: give the class `explicit T(const Config&)` or `static LayerRef<T> "
                "from_config(const Config&)`");
  return [](const Config& c) -> AnyLayer {
    if constexpr (from_config)
      return T::from_config(c);
    else
      return layer<T>(c);
  };
}

namespace detail {
/// Types above this library that can be custom objects say what they are: "activation", "loss",
/// "metric".
template <class T>
concept CustomKind = requires {
  { T::weft_custom_object_kind } -> std::convertible_to<std::string_view>;
};
}  // namespace detail

/// A custom object: a LayerFactory, an Activation, a LossSpec or a MetricSpec.
class CustomObject {
 public:
  CustomObject(const LayerFactory& factory);
  template <detail::CustomKind T>
  CustomObject(const T& object)
      : object_(
            static_cast<void*>(new T(object)), +[](void* p) { delete static_cast<T*>(p); }),
        kind_(T::weft_custom_object_kind) {}
  /// "layer", "activation", "loss" or "metric".
  std::string_view kind() const { return kind_; }
  /// The object when it is of this type, else null.
  template <detail::CustomKind T>
  const T* as() const {
    return kind_ == std::string_view(T::weft_custom_object_kind)
               ? static_cast<const T*>(object_.get())
               : nullptr;
  }
  const LayerFactory* layer_factory() const;

 private:
  std::shared_ptr<void> object_;
  std::string_view kind_;
};

/// Custom objects by the name that a file gives them: {{"CustomDense",
/// custom_object<CustomDense>()}}.
class CustomObjects : detail::State {
 public:
  CustomObjects() = default;
  CustomObjects(std::initializer_list<Named<CustomObject>> objects);
  template <MapTo<CustomObject> M>
  CustomObjects(const M& objects) {
    for (const auto& [name, object] : objects) add(name, object);
  }
  /// Adds or replaces.
  void add(std::string_view name, const CustomObject& object);
  /// Null when there is none of this name.
  const CustomObject* find(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  friend struct detail::Access;
};

/// Makes an object known to everything that is loaded from now on, as Keras's
/// @register_keras_serializable does.
void register_custom_object(std::string_view name, const CustomObject& object);

}  // namespace weft
