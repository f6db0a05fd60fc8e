// Structures of tensors: one, a list, or a dict of them; masks.
#pragma once
#include <weft/core/tensor.h>
#include <weft/core/variable.h>

namespace weft {

/// A name with a value, an entry of a braced dict. Not an aggregate: as one, Named{"accuracy"}
/// (value defaulted) would make {{"accuracy"}} ambiguous.
template <class T>
struct Named {
  Named(std::string_view n, T v) : name(n), value(std::move(v)) {}
  std::string name;
  T value;
};

/// A tensor, a list of tensors or a dict of them.
class Tensors : detail::State {
 public:
  class Item;
  Tensors() = default;
  template <class T>
  requires(std::same_as<T, Tensor> || std::same_as<T, Variable>)
      Tensors(const T& t) {  // NOLINT: a template, so that Tensors({t}) is a list on both compilers
    set(t);
  }
  Tensors(std::initializer_list<Item> list);
  Tensors(std::initializer_list<Named<Tensor>> dict);
  Tensors(const std::vector<Tensor>& list);
  Tensors(const std::vector<Named<Tensor>>& dict);
  template <MapTo<Tensor> M>
  Tensors(const M& dict) {
    make_dict();
    for (const auto& [name, value] : dict) append(name, value);
  }
  /// The only tensor; throws GraphError when there is not exactly one.
  operator Tensor() const;
  /// By place; throws for one tensor (itself, flat()[0], or a row, Tensor(y)[0]?) and out of range.
  Tensor operator[](int i) const;
  /// By key of a dict; throws GraphError naming the keys there are.
  Tensor operator[](std::string_view name) const;
  Shape shape() const;
  DType dtype() const;
  Tensor reshape(const Shape& shape) const;
  Tensor astype(DType dtype) const;
  /// Of one tensor 1, of none 0.
  int size() const;
  bool is_single() const;
  bool is_list() const;
  bool is_dict() const;
  /// The keys of a dict in the order given, else empty.
  std::vector<std::string> keys() const;
  /// All tensors: a list in its order, a dict in sorted key order (as Keras flattens).
  std::vector<Tensor> flat() const;
  /// The same structure with other tensors, in flat() order.
  Tensors with(const std::vector<Tensor>& flat) const;
  template <std::size_t N>
  std::array<Tensor, N> unpack() const {
    check_size(static_cast<int>(N));
    const std::vector<Tensor> all = flat();
    std::array<Tensor, N> out;
    for (std::size_t i = 0; i < N; ++i) out[i] = all[i];
    return out;
  }

 private:
  friend struct detail::Access;
  void set(const Tensor& t);
  void make_dict();
  void append(std::string_view name, const Tensor& t);
  void check_size(int expected) const;
};

/// What a place in a braced list takes.
class Tensors::Item {
 public:
  Item(const Tensor& t) : value(t) {}
  Item(const Variable& v) : value(v) {}
  Item(const Tensors& t) : value(t), structure(true) {}
  Tensors value;
  bool structure = false;
};

/// One optional mask per input, in flattened order.
class Masks : detail::State {
 public:
  Masks() = default;
  Masks(const Tensor& one);
  Masks(const std::optional<Tensor>& one);
  Masks(std::initializer_list<std::optional<Tensor>> list);
  Masks(const std::vector<std::optional<Tensor>>& list);
  /// The mask of an input; past the end: none.
  std::optional<Tensor> operator[](int input) const;
  int size() const;
};

}  // namespace weft
