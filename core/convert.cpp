#include "core/convert.hpp"

#include <weft/core/error.h>
#include <weft/core/functors/half.h>

#include <cstring>

#include "core/access.hpp"
#include "core/default_backend.hpp"

namespace weft::detail {
namespace {

// float16 and bfloat16 go through float.
template <class T>
auto widen(T v) {
  if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>)
    return to_float(v);
  else
    return v;
}

// C++'s conversion where it is defined: an integer type that cannot hold the value wraps, NaN
// becomes 0.
template <class To, class From>
To convert(From v) {
  if constexpr (std::is_same_v<To, bool>) {
    return v != From(0);
  } else if constexpr (std::is_same_v<To, Float16>) {
    return to_float16(static_cast<float>(v));
  } else if constexpr (std::is_same_v<To, BFloat16>) {
    return to_bfloat16(static_cast<float>(v));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    constexpr auto limit = static_cast<From>(9.2233720368547758e18);
    if (!(v > -limit && v < limit))
      return std::is_same_v<To, std::uint64_t> && v >= limit ? static_cast<To>(~To(0)) : To(0);
    return static_cast<To>(static_cast<std::int64_t>(v));
  } else {
    return static_cast<To>(v);
  }
}

template <class From, class To>
void convert_run(const void* from, void* to, std::size_t count) {
  const From* in = static_cast<const From*>(from);
  To* out = static_cast<To*>(to);
  for (std::size_t i = 0; i < count; ++i) out[i] = convert<To>(widen(in[i]));
}

// Calls f with a value-initialised element of the type.
template <class F>
void with_type(DType type, F f) {
  switch (type.code()) {
    case DType::boolean:
      return f(bool{});
    case DType::uint8:
      return f(std::uint8_t{});
    case DType::int8:
      return f(std::int8_t{});
    case DType::int16:
      return f(std::int16_t{});
    case DType::uint16:
      return f(std::uint16_t{});
    case DType::int32:
      return f(std::int32_t{});
    case DType::uint32:
      return f(std::uint32_t{});
    case DType::int64:
      return f(std::int64_t{});
    case DType::uint64:
      return f(std::uint64_t{});
    case DType::float16:
      return f(Float16{});
    case DType::bfloat16:
      return f(BFloat16{});
    case DType::float32:
      return f(float{});
    case DType::float64:
      return f(double{});
    case DType::undefined:
      break;
  }
  throw DtypeError("Elements of an undefined dtype cannot be converted.");
}

}  // namespace

void convert_elements(const void* from, DType from_type, void* to, DType to_type,
                      std::size_t count) {
  if (count == 0) return;
  if (from_type == to_type) {
    std::memcpy(to, from, count * from_type.itemsize());
    return;
  }
  with_type(from_type, [&]<class From>(From) {
    with_type(to_type, [&]<class To>(To) { convert_run<From, To>(from, to, count); });
  });
}

Tensor converted_scalar(const Tensor& scalar, DType dtype) {
  const TensorImpl& p = impl(scalar);
  Tensor out = empty(p.shape, dtype, host_backend());
  convert_elements(p.data(), p.dtype, impl(out).mutable_data(), dtype,
                   static_cast<std::size_t>(p.shape.size()));
  return out;
}

Tensor copied(const Tensor& t) {
  const TensorImpl& from = impl(t);
  Backend& b = *from.storage->backend;
  Tensor copy = empty(from.shape, from.dtype, b);
  b.copy(impl(copy).mutable_data(), from.data(),
         static_cast<std::size_t>(from.shape.size()) * from.dtype.itemsize());
  return copy;
}

}  // namespace weft::detail
