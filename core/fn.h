// Building blocks of the public headers: concepts for names, maps and null, the base of all
// handles, and Fn.
#pragma once
#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weft {

/// A null pointer literal and nothing else (a literal 0 is a number).
template <class T>
concept Null = std::same_as<T, std::nullptr_t>;

/// Anything that names something: string literals, std::string, std::string_view.
template <class S>
concept Text = std::convertible_to<S, std::string_view> && !Null<S>;

/// std::map and its kin, without including them.
template <class M, class T>
concept MapTo = std::convertible_to<typename M::key_type, std::string_view> &&
    std::convertible_to<typename M::mapped_type, T>;

namespace detail {

/// The library's way into handles; defined in core/access.hpp.
struct Access;

/// Base of the handles: what is in it only the library knows.
struct State {
  std::shared_ptr<void> state = {};
};

}  // namespace detail

template <class Sig>
class Fn;

/// std::function without <functional>, which costs every user 0.07 s of compile time. Copies share
/// the callable.
template <class R, class... A>
class Fn<R(A...)> : detail::State {
 public:
  Fn() = default;
  template <class F>
  requires(!std::same_as<F, Fn> && std::is_invocable_r_v<R, F&, A...>) Fn(F f)
      : State{{static_cast<void*>(new F(std::move(f))),
               +[](void* p) { delete static_cast<F*>(p); }}},
        call_([](void* p, A... a) -> R { return (*static_cast<F*>(p))(std::forward<A>(a)...); }) {}
  explicit operator bool() const { return call_ != nullptr; }
  R operator()(A... a) const { return call_(state.get(), std::forward<A>(a)...); }

 private:
  R (*call_)(void*, A...) = nullptr;
};

}  // namespace weft
