// Code that runs as a plan: traced(f) behaves as f, but is recorded once per distinct shapes and
// then replayed.
#pragma once
#include <weft/core/signature.h>

namespace weft {

namespace detail {

/// The part of Function that does not depend on the signature.
class TracedCode : State {
 public:
  using Body = Fn<Tensors(const std::vector<Tensors>&)>;
  explicit TracedCode(Body body);
  /// Inside a trace or under a tape the code simply runs; else its plan does.
  Tensors call(const std::vector<Tensors>& arguments) const;
  int trace_count() const;
  std::string dump() const;

 private:
  friend struct Access;
};

}  // namespace detail

template <class Sig>
class Function;

/// Traced code with the signature of the function it was made from. Copies share the plans.
template <class R, class... A>
class Function<R(A...)> {
  static_assert((detail::TensorArg<A> && ...) && (detail::TensorResult<R> || std::is_void_v<R>),
                "weft: traced code takes const Tensor& or const Tensors& and returns Tensor, "
                "Tensors or void; capture the rest");

 public:
  explicit Function(Fn<R(A...)> f)
      : code_([f](const std::vector<Tensors>& a) {
          return invoke(f, a, std::index_sequence_for<A...>());
        }) {}
  R operator()(A... a) const {
    const Tensors out = code_.call({Tensors(a)...});
    if constexpr (!std::is_void_v<R>) return static_cast<R>(out);
  }
  /// How often it was traced: once per distinct shapes, dtypes and structures of the arguments.
  int trace_count() const { return code_.trace_count(); }
  /// The plans as text, most recently used first.
  std::string dump() const { return code_.dump(); }

 private:
  template <std::size_t... I>
  static Tensors invoke(const Fn<R(A...)>& f, const std::vector<Tensors>& a,
                        std::index_sequence<I...>) {
    if constexpr (std::is_void_v<R>) {
      f(static_cast<std::remove_cvref_t<A>>(a[I])...);
      return {};
    } else {
      return f(static_cast<std::remove_cvref_t<A>>(a[I])...);
    }
  }
  detail::TracedCode code_;
};

/// Lowers `f` into a plan on first call: forward, gradients, assignments of variables and all. `f`
/// runs once per distinct shapes; values cannot be read in it (GraphError says what to do instead).
/// Not named `function`: with `using namespace std;` as well, every call would be ambiguous with
/// std::function.
template <class F>
auto traced(F f) {
  if constexpr (requires { typename detail::signature<F>::type; }) {
    return Function<typename detail::signature<F>::type>(f);
  } else if constexpr (requires { typename detail::signature<decltype(&F::operator())>::type; }) {
    return Function<typename detail::signature<decltype(&F::operator())>::type>(std::move(f));
  } else {
    static_assert(!sizeof(F),
                  "weft: traced needs parameter types: (const Tensor& x), not (auto x); or "
                  "traced<Tensor(const Tensor&)>(f)");
  }
}
template <class Sig, class F>
requires std::is_function_v<Sig> Function<Sig> traced(F f) { return Function<Sig>(std::move(f)); }

}  // namespace weft
