// Dimensions and shapes.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <vector>

namespace weft {

/// A dimension: a number or None. None is not -1, which is reshape's "infer", and is no number:
/// arithmetic on it throws ShapeError. Made from any integer, so that {x.size(), 3} and {n, units_}
/// never narrow.
class Dim {
 public:
  constexpr Dim() = default;
  template <std::integral I>
  constexpr Dim(I v) : value_(static_cast<std::int64_t>(v)) {}
  constexpr bool known() const { return value_ != INT64_MIN; }
  /// All arithmetic goes through here; throws ShapeError on None.
  constexpr operator std::int64_t() const { return known() ? value_ : none(); }
  friend constexpr bool operator==(Dim a, Dim b) { return a.value_ == b.value_; }
  template <std::integral I>
  friend constexpr bool operator==(Dim a, I b) {  // without it d == 5 is ambiguous
    return a == Dim(b);
  }
  friend std::ostream& operator<<(std::ostream&, Dim);  // without it printing None throws

 private:
  static std::int64_t none();
  std::int64_t value_ = INT64_MIN;
};

/// The unknown dimension.
inline constexpr Dim None;

/// A list of up to 8 dimensions, in place: cheap to return by value.
class Shape {
 public:
  static constexpr int max_rank = 8;
  Shape() = default;
  Shape(std::initializer_list<Dim> d);
  template <std::convertible_to<Dim> I>
  explicit Shape(const std::vector<I>& d) {
    for (const I& one : d) push_back(one);
  }
  /// Dimension i; a negative i counts from the end. Throws ShapeError out of range.
  Dim operator[](int i) const;
  int rank() const { return rank_; }
  /// Number of elements: the product of the dimensions (1 for rank 0). Throws ShapeError on None.
  std::int64_t size() const;
  /// Whether no dimension is None.
  bool known() const;
  const Dim* begin() const { return dims_; }
  const Dim* end() const { return dims_ + rank_; }
  /// Appends a dimension; throws ShapeError beyond max_rank.
  void push_back(Dim d);
  /// Replaces dimension i (negative: from the end).
  void set(int i, Dim d);
  /// As Python prints a tuple: (None, 784), (3,), ().
  std::string to_string() const;
  friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int i = 0; i < a.rank_; ++i) {
      if (!(a.dims_[i] == b.dims_[i])) return false;
    }
    return true;
  }
  friend std::ostream& operator<<(std::ostream&, const Shape&);

 private:
  Dim dims_[max_rank];
  int rank_ = 0;
};

}  // namespace weft
