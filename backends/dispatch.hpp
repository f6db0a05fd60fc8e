// From a dtype that is known at run time to a kernel compiled for it.
#pragma once
#include <weft/core/backend.h>

#include <cstdint>
#include <string>
#include <type_traits>

#include "backends/element.hpp"

namespace weft::kernels {

/// Stands for a type in a call.
template <class T>
struct Type {
  using type = T;
};

enum class Types { floating, numbers, any };

/// Calls f(Type<T>{}) for the C++ type of `dtype` and returns the kernel that it makes; none, with
/// the reason, for a dtype that is not among `types`.
template <Types types, class F>
PreparedKernel dispatch(DType dtype, std::string& why_not, F&& f) {
  switch (dtype.code()) {
    case DType::float32:
      return f(Type<float>{});
    case DType::float64:
      return f(Type<double>{});
    case DType::float16:
      return f(Type<Float16>{});
    case DType::bfloat16:
      return f(Type<BFloat16>{});
    default:
      break;
  }
  if constexpr (types != Types::floating) {
    switch (dtype.code()) {
      case DType::int8:
        return f(Type<std::int8_t>{});
      case DType::int16:
        return f(Type<std::int16_t>{});
      case DType::int32:
        return f(Type<std::int32_t>{});
      case DType::int64:
        return f(Type<std::int64_t>{});
      case DType::uint8:
        return f(Type<std::uint8_t>{});
      case DType::uint16:
        return f(Type<std::uint16_t>{});
      case DType::uint32:
        return f(Type<std::uint32_t>{});
      case DType::uint64:
        return f(Type<std::uint64_t>{});
      default:
        break;
    }
  }
  if constexpr (types == Types::any) {
    if (dtype == DType::boolean) return f(Type<bool>{});
  }
  why_not = "not for dtype " + dtype.name();
  return {};
}

/// Whether it is float32; if not, that is why not.
inline bool only_float32(DType dtype, std::string& why_not) {
  if (dtype == DType::float32) return true;
  why_not = "only float32";
  return false;
}

/// Whether it is a product of float32 with a result in float32; if not, that is why not.
inline bool only_float32_product(const KernelRequest& r, std::string& why_not) {
  return only_float32(r.inputs[0].dtype, why_not) && only_float32(r.outputs[0].dtype, why_not);
}

/// For products: calls f(Type<T>{}, Type<R>{}) for operands of T and a result of R, which is T, or
/// float where T is bfloat16.
template <Types types, class F>
PreparedKernel dispatch_product(const KernelRequest& r, std::string& why_not, F&& f) {
  const DType in = r.inputs[0].dtype, out = r.outputs[0].dtype;
  if (in == DType::bfloat16 && out == DType::float32) return f(Type<BFloat16>{}, Type<float>{});
  if (!(in == out)) {
    why_not = "not for operands of " + in.name() + " with a result of " + out.name();
    return {};
  }
  return dispatch<types>(out, why_not, [&]<class T>(Type<T> type) { return f(type, type); });
}

/// The same as dispatch for kernels that only move elements: T is an unsigned integer of the
/// element's size.
template <class F>
PreparedKernel dispatch_size(DType dtype, F&& f) {
  switch (dtype.itemsize()) {
    case 1:
      return f(Type<std::uint8_t>{});
    case 2:
      return f(Type<std::uint16_t>{});
    case 4:
      return f(Type<std::uint32_t>{});
    default:
      return f(Type<std::uint64_t>{});
  }
}

/// An integer element as a number; `dtype` is an integer type.
WEFT_HD std::int64_t load_index(const void* data, DType::Code dtype, std::int64_t i) {
  switch (dtype) {
    case DType::int8:
      return static_cast<const std::int8_t*>(data)[i];
    case DType::int16:
      return static_cast<const std::int16_t*>(data)[i];
    case DType::int32:
      return static_cast<const std::int32_t*>(data)[i];
    case DType::uint8:
      return static_cast<const std::uint8_t*>(data)[i];
    case DType::uint16:
      return static_cast<const std::uint16_t*>(data)[i];
    case DType::uint32:
      return static_cast<const std::uint32_t*>(data)[i];
    case DType::uint64:
      return static_cast<std::int64_t>(static_cast<const std::uint64_t*>(data)[i]);
    default:
      return static_cast<const std::int64_t*>(data)[i];
  }
}

inline std::int64_t load_index(const void* data, DType dtype, std::int64_t i) {
  return load_index(data, dtype.code(), i);
}

/// The input, or null where its place is negative: there is none.
template <class T>
const T* optional_input(const KernelArgs& a, int place) {
  return place < 0 ? nullptr : a.in<T>(place);
}

/// Adds the complete kernel of an op, the only one or the oracle of the others.
inline void add_reference(KernelTable& table, std::string_view op,
                          PreparedKernel (*prepare)(const KernelRequest&, std::string&)) {
  table.add(op, {.name = "reference", .reference = true, .prepare = prepare});
}

/// Adds the complete kernel of an op that moves elements: it runs at the speed of memory, there is
/// no slower one to compare with, and the tests hold it against formulas.
inline void add_only(KernelTable& table, std::string_view op,
                     PreparedKernel (*prepare)(const KernelRequest&, std::string&)) {
  table.add(op, {.name = "copy", .reference = false, .prepare = prepare});
}

/// The number of an axis that may be counted from the end, where -1 is the last.
inline int axis_of(const Shape& shape, std::int64_t axis) {
  return static_cast<int>(axis < 0 ? axis + shape.rank() : axis);
}

/// A shape seen along one axis, which may be counted from the end: element (o, i, k) is at
/// (o * size + i) * inner + k.
struct AxisView {
  std::int64_t outer = 1, size = 1, inner = 1;
  AxisView(const Shape& shape, std::int64_t axis) {
    const int number = axis_of(shape, axis);
    size = shape[number];
    for (int i = 0; i < number; ++i) outer *= shape[i];
    for (int i = number + 1; i < shape.rank(); ++i) inner *= shape[i];
  }
};

}  // namespace weft::kernels
