// Tensor: the one type for functional, traced and concrete values.
#pragma once
#include <weft/core/dtype.h>
#include <weft/core/fn.h>
#include <weft/core/shape.h>

#include <array>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace weft {

template <class T>
concept Scalar = std::is_arithmetic_v<T>;

/// vector, array, span: contiguous memory with a size.
template <class C>
concept Buffer = requires(const C& c) {
  *c.data();
  c.size();
};

/// The DType of a C++ arithmetic type.
template <Scalar T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, bool>)
    return DType::boolean;
  else if constexpr (std::is_same_v<T, float>)
    return DType::float32;
  else if constexpr (std::is_floating_point_v<T>)
    return DType::float64;
  else if constexpr (sizeof(T) == 1)
    return std::is_signed_v<T> ? DType::int8 : DType::uint8;
  else if constexpr (sizeof(T) == 2)
    return std::is_signed_v<T> ? DType::int16 : DType::uint16;
  else if constexpr (sizeof(T) == 4)
    return std::is_signed_v<T> ? DType::int32 : DType::uint32;
  else
    return std::is_signed_v<T> ? DType::int64 : DType::uint64;
}

/// Python's start:stop:step; an absent bound is the end of the axis, a negative one counts from the
/// end. x[2], x[Slice{0, 1000}], x.slice({All, t, Slice{1, 5}}).
struct Slice {
  std::optional<std::int64_t> start = {}, stop = {}, step = {};
};

/// The whole axis, Python's bare colon.
inline constexpr struct AllT {
} All;

/// One place of an index: a number (drops the axis), All or a Slice. A bare {1, 5} is refused: it
/// reads like two indices.
struct Index {
  template <std::integral I>
  Index(I i) : slice{static_cast<std::int64_t>(i), {}, {}}, single(true) {}
  Index(Dim d) : Index(static_cast<std::int64_t>(d)) {}
  Index(AllT) {}
  Index(Slice s) : slice(s) {}
  Slice slice;
  bool single = false;
};

/// A handle to a dense, row-major array, in one of three states: functional (a place in a graph of
/// layers), traced (a value of a step that is being recorded) or concrete (data on a device). Null
/// until assigned. Copies share the value; a value never changes.
class Tensor : detail::State {
 public:
  Tensor() = default;
  /// A weak scalar: x / 255.0 keeps x's dtype. Constrained: otherwise const char* -> bool ->
  /// Tensor.
  template <Scalar T>
  Tensor(T scalar) : Tensor(weak(&scalar, dtype_of<T>())) {}
  // No initializer_list constructor on purpose: lists of tensors would fall into it.
  template <Scalar T>
  static Tensor of(std::initializer_list<T> row) {
    return copy(row.begin(), row.size(), dtype_of<T>(), {-1});
  }
  template <Scalar T>
  static Tensor of(std::initializer_list<std::initializer_list<T>> rows) {
    std::vector<std::span<const T>> parts;
    for (const auto& row : rows) parts.emplace_back(row.begin(), row.size());
    return stack_rows(parts);
  }
  /// Copies `values` into a tensor of `shape` (one -1 is inferred). Throws ShapeError when sizes
  /// differ.
  template <Buffer C>
  static Tensor from(const C& values, const Shape& shape = {-1}) {
    using T = std::remove_cvref_t<decltype(*values.data())>;
    return copy(values.data(), static_cast<std::size_t>(values.size()), dtype_of<T>(), shape);
  }
  static Tensor from(const std::vector<bool>& values, const Shape& shape = {-1});
  template <Scalar T, std::size_t N>
  static Tensor from(const T (&values)[N], const Shape& shape = {-1}) {
    return copy(values, N, dtype_of<T>(), shape);
  }
  /// A view of memory on a device that the caller keeps alive (or hands over in `keep_alive`) and
  /// does not change. Throws DeviceError for a device that is not there.
  template <Scalar T>
  static Tensor wrap(const T* memory, const Shape& shape,
                     std::shared_ptr<const void> keep_alive = {}, std::string_view device = "cpu") {
    return view_of(memory, dtype_of<T>(), shape, std::move(keep_alive), device);
  }

  explicit operator bool() const { return state != nullptr; }
  Shape shape() const;
  DType dtype() const;
  /// "cpu", "cuda:0"; of a functional or traced tensor the device it will be computed on.
  std::string device() const;
  std::int64_t size() const { return shape().size(); }

  /// Host memory of exactly T; waits for the device. Throws DtypeError for another type,
  /// DeviceError for another device, GraphError while tracing.
  template <Scalar T>
  std::span<const T> data() const& {
    return {static_cast<const T*>(host_data(dtype_of<T>())), static_cast<std::size_t>(size())};
  }
  template <Scalar T>
  std::span<const T> data() const&& = delete;  // would dangle: (a + b).to_vector<float>()
  /// The elements in row-major order, converted to T.
  template <Scalar T>
  std::vector<T> to_vector() const {
    std::vector<T> out(readable_size());
    if constexpr (std::is_same_v<T, bool>) {
      std::vector<std::uint8_t> bytes(out.size());
      read(bytes.data(), DType::boolean);
      out.assign(bytes.begin(), bytes.end());
    } else {
      read(out.data(), dtype_of<T>());
    }
    return out;
  }
  /// The only element, converted to T. Throws ShapeError when there is not exactly one.
  template <Scalar T = float>
  T item() const {
    T value;
    read_one(&value, dtype_of<T>());
    return value;
  }

  /// A copy on another device (itself if it is there already).
  Tensor to(std::string_view device) const;
  /// Elements converted as C++ converts (to bool: != 0; floating to integer: towards zero).
  Tensor astype(DType dtype) const;
  /// The same elements in another shape; one -1 is inferred, None stays None (functional tensors).
  Tensor reshape(const Shape& shape) const;
  /// x.slice({All, t, Slice{1, 5}}): indices by axis, axes beyond the list whole. Throws ShapeError
  /// out of range.
  Tensor slice(std::initializer_list<Index> indices) const;
  Tensor slice(const std::vector<Index>& indices) const;
  Tensor operator[](Index index) const;

  /// As NumPy prints an array, shortened beyond 1000 elements, with shape and dtype.
  std::string to_string() const;
  friend std::ostream& operator<<(std::ostream&, const Tensor&);

 private:
  friend struct detail::Access;
  static Tensor weak(const void* scalar, DType dtype);
  static Tensor copy(const void* data, std::size_t count, DType dtype, const Shape& shape);
  static Tensor view_of(const void* data, DType dtype, const Shape& shape,
                        std::shared_ptr<const void> keep_alive, std::string_view device);
  template <class T>
  static Tensor stack_rows(const std::vector<std::span<const T>>& rows) {
    // Not vector<bool>, which has no memory of its own.
    std::vector<std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>> flat;
    for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
    check_rows(rows.size(), flat.size(), rows.empty() ? 0 : rows[0].size());
    return copy(flat.data(), flat.size(), dtype_of<T>(),
                {rows.size(), rows.empty() ? 0 : rows[0].size()});
  }
  static void check_rows(std::size_t rows, std::size_t total, std::size_t first_row);
  std::size_t readable_size() const;  // throws while tracing, before None does
  const void* host_data(DType wanted) const;
  void read(void* out, DType wanted) const;
  void read_one(void* out, DType wanted) const;
};

/// Returns when everything queued on the devices is done.
void synchronize();

// Elementwise, with NumPy's broadcasting and weak C++ scalars. Namespace scope, not hidden friends
// of Tensor: Variable + Variable must find them. Division of integers gives floatx, as in Python.
Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);
// Comparisons give bool tensors. There is no operator== on purpose: handles would compare like
// numbers; ops::equal.
Tensor operator<(const Tensor& a, const Tensor& b);
Tensor operator<=(const Tensor& a, const Tensor& b);
Tensor operator>(const Tensor& a, const Tensor& b);
Tensor operator>=(const Tensor& a, const Tensor& b);

// x / x.shape()[1]. Not by a conversion Dim -> Tensor: d * d and -d would be ambiguous;
// constrained: or 2 * d and x / 2 would be.
template <class T>
concept Structure = std::convertible_to<const T&, Tensor> && !Scalar<T>;
template <Structure T, std::same_as<Dim> D>
Tensor operator*(const T& t, D d) {
  return t * Tensor(static_cast<std::int64_t>(d));
}
template <Structure T, std::same_as<Dim> D>
Tensor operator/(const T& t, D d) {
  return t / Tensor(static_cast<std::int64_t>(d));
}

}  // namespace weft
