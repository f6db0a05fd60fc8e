// LayerOf<T>: finds `build` and `call` in the form in which a class has them; layer<T>() makes one.
// Included by layer.h.
#pragma once
#include <weft/core/signature.h>
#include <weft/graph/functional/layer.h>

#include <concepts>
#include <type_traits>

namespace weft {

namespace detail {
enum class Form { wrong, inputs, training, context };
template <class Sig>
inline constexpr Form form = Form::wrong;
template <TensorResult R, TensorArg X>
inline constexpr Form form<R(X)> = Form::inputs;
template <TensorResult R, TensorArg X>
inline constexpr Form form<R(X, bool)> = Form::training;
template <TensorResult R, TensorArg X>
inline constexpr Form form<R(X, const CallContext&)> = Form::context;

template <class T>
constexpr Form call_form() {
  if constexpr (requires { typename signature<decltype(&T::call)>::type; }) {
    return form<typename signature<decltype(&T::call)>::type>;
  } else {
    return Form::wrong;
  }
}

// Has T a member named build, of whatever kind and access? Then looking it up in Probe<T> is
// ambiguous.
struct HasBuild {
  void build();
};
template <class T>
struct Probe : T, HasBuild {};
template <class T>
concept NamesBuild = !requires {
  &Probe<T>::build;
};

const Shape& only(const std::vector<Shape>&
                      shapes);  // throws when there are several: "take const std::vector<Shape>&"
[[noreturn]] void throw_not(std::string_view wanted_class, const Layer& layer);
}  // namespace detail

/// What layer<T>() makes: T with the framework's entry points.
template <class T>
class LayerOf final : public T {
 public:
  using T::T;

 private:
  std::string_view registered_name_() const override {
    if constexpr (requires { std::string_view(T::registered_name); })
      return T::registered_name;
    else
      return detail::type_name<T>();
  }
  void run_build([[maybe_unused]] const std::vector<Shape>& shapes) override {
    if constexpr (requires { this->T::build(shapes); }) {
      this->T::build(shapes);
    } else if constexpr (requires { this->T::build(shapes[0]); }) {
      this->T::build(detail::only(shapes));
    } else {
      static_assert(
          !detail::NamesBuild<T>,
          "weft: `build` must be public and take const Shape& or const std::vector<Shape>&");
    }
  }
  Tensors run_call(const Tensors& in, [[maybe_unused]] const CallContext& context) override {
    constexpr detail::Form form = detail::call_form<T>();
    static_assert(form != detail::Form::wrong,
                  "weft: a layer has one `call`, public and no template: Tensor (or Tensors) "
                  "call(const Tensor&) "
                  "or call(const Tensors&), with `bool` (training) or `const CallContext&` as "
                  "second parameter");
    if constexpr (form == detail::Form::inputs)
      return this->T::call(in);
    else if constexpr (form == detail::Form::training)
      return this->T::call(in, context.training);
    else if constexpr (form == detail::Form::context)
      return this->T::call(in, context);
  }
  bool has_build_() const override { return detail::NamesBuild<T>; }
  bool takes_context_() const override { return detail::call_form<T>() == detail::Form::context; }
};

template <class T>
LayerRef<T> AnyLayer::as() const {
  if (T* p = dynamic_cast<T*>(get())) return {*this, p};
  detail::throw_not(detail::type_name<T>(), *get());
}

/// layer<T>(arguments of T's constructor ...). The overloads let LayerOptions, last after at most
/// one other, be {.name = "x"}.
template <std::derived_from<Layer> T, class... A>
LayerRef<T> layer(A&&... a) {
  T* p = new LayerOf<T>(std::forward<A>(a)...);
  return {AnyLayer::adopt(p), p};
}
template <std::derived_from<Layer> T>
LayerRef<T> layer(LayerOptions o) {
  return layer<T, LayerOptions>(std::move(o));
}
template <std::derived_from<Layer> T, class A>
LayerRef<T> layer(A&& a, LayerOptions o) {
  return layer<T, A, LayerOptions>(std::forward<A>(a), std::move(o));
}

}  // namespace weft
