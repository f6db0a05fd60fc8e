#include "core/convert.hpp"

#include <weft/core/error.h>

#include <cstring>

#include "core/access.hpp"
#include "core/default_backend.hpp"
#include "core/functors/half.h"

namespace weft::detail {
namespace {

template <class To, class From>
To convert(From v) {
  if constexpr (std::is_same_v<To, bool>) return static_cast<bool>(v != From(0));
  else return static_cast<To>(v);
}

// float16 and bfloat16 go through float.
template <class T>
struct Wide {
  using type = T;
};
template <>
struct Wide<functors::float16> {
  using type = float;
};
template <>
struct Wide<functors::bfloat16> {
  using type = float;
};

template <class From, class To>
void convert_run(const void* from, void* to, std::size_t count) {
  const From* in = static_cast<const From*>(from);
  To* out = static_cast<To*>(to);
  for (std::size_t i = 0; i < count; ++i) {
    const auto wide = static_cast<typename Wide<From>::type>(in[i]);
    out[i] = static_cast<To>(convert<typename Wide<To>::type>(wide));
  }
}

// Calls f with a value-initialised element of the type.
template <class F>
void with_type(DType type, F f) {
  switch (type.code()) {
    case DType::boolean: return f(bool{});
    case DType::uint8: return f(std::uint8_t{});
    case DType::int8: return f(std::int8_t{});
    case DType::int16: return f(std::int16_t{});
    case DType::uint16: return f(std::uint16_t{});
    case DType::int32: return f(std::int32_t{});
    case DType::uint32: return f(std::uint32_t{});
    case DType::int64: return f(std::int64_t{});
    case DType::uint64: return f(std::uint64_t{});
    case DType::float16: return f(functors::float16{});
    case DType::bfloat16: return f(functors::bfloat16{});
    case DType::float32: return f(float{});
    case DType::float64: return f(double{});
    case DType::undefined: break;
  }
  throw DtypeError("Elements of an undefined dtype cannot be converted.");
}

}  // namespace

void convert_elements(const void* from, DType from_type, void* to, DType to_type, std::size_t count) {
  if (count == 0) return;
  if (from_type == to_type) {
    std::memcpy(to, from, count * from_type.itemsize());
    return;
  }
  with_type(from_type, [&]<class From>(From) { with_type(to_type, [&]<class To>(To) { convert_run<From, To>(from, to, count); }); });
}

Tensor converted_scalar(const Tensor& scalar, DType dtype) {
  const TensorImpl& p = impl(scalar);
  Tensor out = empty(p.shape, dtype, host_backend());
  convert_elements(p.data(), p.dtype, impl(out).mutable_data(), dtype, static_cast<std::size_t>(p.shape.size()));
  return out;
}

}  // namespace weft::detail
