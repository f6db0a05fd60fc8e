#include "core/promotion.hpp"

#include <weft/core/settings.h>

#include "core/access.hpp"
#include "core/convert.hpp"

namespace weft::detail {
namespace {

enum class Kind { boolean, integer, floating };

Kind kind_of(DType d) {
  if (d == DType::boolean) return Kind::boolean;
  return d.is_floating() ? Kind::floating : Kind::integer;
}

bool is_signed(DType d) {
  return d == DType::int8 || d == DType::int16 || d == DType::int32 || d == DType::int64;
}

DType signed_of(std::size_t bytes) {
  switch (bytes) {
    case 1:
      return DType::int8;
    case 2:
      return DType::int16;
    case 4:
      return DType::int32;
    default:
      return DType::int64;
  }
}

DType promote_integers(DType a, DType b) {
  if (is_signed(a) == is_signed(b)) return a.itemsize() >= b.itemsize() ? a : b;
  const DType s = is_signed(a) ? a : b;
  const DType u = is_signed(a) ? b : a;
  if (s.itemsize() > u.itemsize()) return s;
  if (u == DType::uint64) return DType(floatx());
  return signed_of(u.itemsize() * 2);
}

DType promote_floats(DType a, DType b) {
  if (a.itemsize() != b.itemsize()) return a.itemsize() > b.itemsize() ? a : b;
  return a == b ? a : DType(DType::float32);  // float16 with bfloat16
}

DType cast_target(const OpDef& op, const std::vector<Tensor>& inputs) {
  const DType common = result_type(inputs);
  if (op.traits.promotion == Promotion::common_floating && !common.is_floating())
    return DType(floatx());
  return common;
}

}  // namespace

DType promote_types(DType a, DType b) {
  if (a == b) return a;
  const Kind ka = kind_of(a), kb = kind_of(b);
  if (ka != kb) return ka > kb ? a : b;
  return ka == Kind::integer ? promote_integers(a, b) : promote_floats(a, b);
}

DType result_type(const std::vector<Tensor>& inputs) {
  DType strong;
  Kind weak = Kind::boolean;
  bool any_weak = false;
  for (const Tensor& t : inputs) {
    const TensorImpl& p = impl(t);
    if (p.weak) {
      any_weak = true;
      weak = std::max(weak, kind_of(p.dtype));
    } else {
      strong = strong == DType::undefined ? p.dtype : promote_types(strong, p.dtype);
    }
  }
  if (!any_weak) return strong;
  if (strong != DType::undefined && kind_of(strong) >= weak) return strong;
  if (weak == Kind::floating) return DType(floatx());
  return weak == Kind::integer ? DType(DType::int32) : DType(DType::boolean);
}

std::vector<Tensor> promote(const OpDef& op, const std::vector<Tensor>& inputs) {
  if (op.traits.promotion == Promotion::none || inputs.empty()) return inputs;
  const DType target = cast_target(op, inputs);
  std::vector<Tensor> out;
  out.reserve(inputs.size());
  for (const Tensor& t : inputs) {
    const TensorImpl& p = impl(t);
    if (p.dtype == target && !p.weak)
      out.push_back(t);
    else if (p.kind == TensorKind::concrete && p.weak)
      out.push_back(converted_scalar(t, target));
    else
      out.push_back(t.astype(target));
  }
  return out;
}

}  // namespace weft::detail
