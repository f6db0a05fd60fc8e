#include <fmt/core.h>
#include <weft/core/backend.h>
#include <weft/core/error.h>
#include <weft/core/ops/cast.h>
#include <weft/core/ops/reshape.h>
#include <weft/core/ops/slice.h>
#include <weft/core/tensor.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "core/access.hpp"
#include "core/byte_count.hpp"
#include "core/convert.hpp"
#include "core/default_backend.hpp"
#include "core/recorder.hpp"

namespace weft {
namespace detail {

TensorImpl& impl(const Tensor& t) {
  auto* p = state_of<TensorImpl>(t);
  if (p == nullptr)
    throw GraphError(
        "A null Tensor was used. Expected a tensor: assign one to the handle before using it.");
  return *p;
}

VariableImpl& impl(const Variable& v) {
  auto* p = state_of<VariableImpl>(v);
  if (p == nullptr)
    throw GraphError(
        "A null Variable was used. Expected a variable: make one with add_weight or "
        "Variable(value) first.");
  return *p;
}

std::uint64_t next_value_id() {
  static std::atomic<std::uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

Tensor empty(const Shape& shape, DType dtype, Backend& backend, std::size_t at_least) {
  auto p = std::make_shared<TensorImpl>();
  p->dtype = dtype;
  p->shape = shape;
  p->storage = std::make_shared<Storage>(backend, std::max(byte_count(shape, dtype), at_least));
  return wrap_impl(std::move(p));
}

std::shared_ptr<TensorImpl> make_symbol(TensorKind kind, const Shape& shape, DType dtype) {
  auto p = std::make_shared<TensorImpl>();
  p->kind = kind;
  p->shape = shape;
  p->dtype = dtype;
  return p;
}

std::optional<Tensor> keras_mask(const Tensor& t) {
  const auto& mask = impl(t).mask;
  if (!mask) return std::nullopt;
  return wrap_impl(mask);
}

Tensor with_keras_mask(const Tensor& t, const std::optional<Tensor>& mask) {
  auto copy = std::make_shared<TensorImpl>(impl(t));
  copy->mask = mask ? shared_state<TensorImpl>(*mask) : nullptr;
  return wrap_impl(std::move(copy));
}

}  // namespace detail

namespace {

using detail::impl;
using detail::TensorImpl;
using detail::TensorKind;

Shape resolve(const Shape& shape, std::int64_t count) {
  std::int64_t known = 1;
  int infer = -1;
  bool overflow = false;
  for (int i = 0; i < shape.rank(); ++i) {
    const std::int64_t d = shape[i];
    if (d == -1 && infer < 0)
      infer = i;
    else if (d < 0)
      throw ShapeError("A tensor's shape must have dimensions >= 0 and at most one -1. Received: " +
                       shape.to_string());
    else
      overflow = __builtin_mul_overflow(known, d, &known) || overflow;
  }
  if (overflow) {
    throw ShapeError("The number of elements does not fit the shape. Expected: " +
                     shape.to_string() + ". Received: " + std::to_string(count) + " elements.");
  }
  Shape out = shape;
  if (infer >= 0) out.set(infer, known == 0 ? 0 : count / known);
  if (out.size() != count) {
    throw ShapeError("The number of elements does not fit the shape. Expected: " +
                     shape.to_string() + ". Received: " + std::to_string(count) + " elements.");
  }
  return out;
}

// Reading needs data: says what to do instead.
const TensorImpl& readable(const Tensor& t) {
  const TensorImpl& p = impl(t);
  if (p.kind == TensorKind::concrete) return p;
  if (p.kind == TensorKind::functional) {
    throw GraphError("A functional tensor" +
                     (p.name.empty() ? std::string() : " '" + p.name + "'") + " of shape " +
                     p.shape.to_string() +
                     " has no values: it is a place in a graph of layers. Expected: a Model made "
                     "of it, called with data.");
  }
  const std::string& scope = detail::layer_scope();
  throw GraphError("A value was read while tracing" +
                   (scope.empty() ? std::string() : " (in layer '" + scope + "')") +
                   ". Expected: code that uses ops (ops::where instead of if), or a value returned "
                   "from the traced function and read "
                   "outside. Received: a traced tensor of shape " +
                   p.shape.to_string() +
                   ". With compile({.run_eagerly = true}) values can be read.");
}

// Host copy when the device's memory cannot be read directly.
const void* to_host(const TensorImpl& p, std::vector<std::byte>& buffer, std::size_t bytes) {
  Backend& b = *p.storage->backend;
  b.synchronize();
  if (b.host_accessible()) return p.data();
  buffer.resize(bytes);
  b.copy_to_host(buffer.data(), p.data(), bytes);
  return buffer.data();
}

// A slice along the first axis shares the storage of a concrete tensor; null when it is another
// slice, or somebody listens.
Tensor leading_rows(const Tensor& t, const std::vector<Index>& indices) {
  const TensorImpl& p = impl(t);
  const detail::Recording& r = detail::recording();
  if (p.kind != TensorKind::concrete || indices.size() != 1 || p.shape.rank() == 0 ||
      r.trace() != nullptr || !r.tapes.empty())
    return {};
  const std::int64_t n = p.shape[0];
  const Slice& s = indices[0].slice;
  if (s.step.value_or(1) != 1) return {};
  const auto clamp = [n](std::int64_t i) {
    return std::clamp<std::int64_t>(i < 0 ? i + n : i, 0, n);
  };
  std::int64_t first = s.start ? clamp(*s.start) : 0;
  std::int64_t last = s.stop ? clamp(*s.stop) : n;
  if (indices[0].single) {
    if (*s.start < -n || *s.start >= n) return {};  // the op says what is wrong
    last = first + 1;
  }
  last = std::max(first, last);
  auto view = std::make_shared<TensorImpl>(p);
  view->id = detail::next_value_id();
  view->mask = nullptr;
  Shape shape;
  if (!indices[0].single) shape.push_back(last - first);
  for (int i = 1; i < p.shape.rank(); ++i) shape.push_back(p.shape[i]);
  const std::int64_t row = n == 0 ? 0 : p.shape.size() / n;
  view->shape = shape;
  view->offset_bytes += static_cast<std::size_t>(first * row) * p.dtype.itemsize();
  return detail::wrap_impl(std::move(view));
}

}  // namespace

Tensor Tensor::weak(const void* scalar, DType dtype) {
  auto p = std::make_shared<TensorImpl>();
  p->weak = true;
  p->dtype = dtype;
  p->storage = std::make_shared<detail::Storage>(detail::host_backend(), dtype.itemsize());
  std::memcpy(p->mutable_data(), scalar, dtype.itemsize());
  return detail::wrap_impl(std::move(p));
}

Tensor Tensor::copy(const void* data, std::size_t count, DType dtype, const Shape& shape) {
  Backend& b = detail::default_backend();
  Tensor out = detail::empty(resolve(shape, static_cast<std::int64_t>(count)), dtype, b);
  b.copy_from_host(impl(out).mutable_data(), data, count * dtype.itemsize());
  return out;
}

Tensor Tensor::from(const std::vector<bool>& values, const Shape& shape) {
  const std::vector<std::uint8_t> bytes(values.begin(), values.end());
  return copy(bytes.data(), bytes.size(), DType::boolean, shape);
}

Tensor Tensor::view_of(const void* data, DType dtype, const Shape& shape,
                       std::shared_ptr<const void> keep_alive, std::string_view device) {
  auto p = std::make_shared<TensorImpl>();
  p->dtype = dtype;
  p->shape = shape;
  for (const Dim& d : shape) {
    if (static_cast<std::int64_t>(d) < 0) {
      throw ShapeError("Tensor::wrap: dimensions must not be negative. Received: shape " +
                       shape.to_string() + ".");
    }
  }
  const std::size_t bytes = detail::byte_count(shape, dtype);
  if (data == nullptr && bytes != 0)
    throw Error("Tensor::wrap: the memory is a null pointer. Expected: " + std::to_string(bytes) +
                " bytes.");
  // Never written: kernels write to memory of their own.
  p->storage = std::make_shared<detail::Storage>(backend(device), const_cast<void*>(data), bytes,
                                                 std::move(keep_alive));
  return detail::wrap_impl(std::move(p));
}

void Tensor::check_rows(std::size_t rows, std::size_t total, std::size_t first_row) {
  if (total != rows * first_row)
    throw ShapeError("Tensor::of: all rows must have the same length. Expected: " +
                     std::to_string(first_row) + " elements in each.");
}

Shape Tensor::shape() const { return impl(*this).shape; }
DType Tensor::dtype() const { return impl(*this).dtype; }

std::string Tensor::device() const {
  const TensorImpl& p = impl(*this);
  return p.storage ? p.storage->backend->device() : detail::default_backend().device();
}

std::size_t Tensor::readable_size() const {
  return static_cast<std::size_t>(readable(*this).shape.size());
}

const void* Tensor::host_data(DType wanted) const {
  const TensorImpl& p = readable(*this);
  if (!(p.dtype == wanted)) {
    throw DtypeError("data<T>() reads memory as it is. Expected: T of dtype " + p.dtype.name() +
                     ". Received: " + wanted.name() +
                     ". Use astype first, or to_vector<T>(), which converts.");
  }
  if (!p.storage->backend->host_accessible()) {
    throw DeviceError("data<T>() needs host memory. Expected: a tensor on cpu. Received: one on " +
                      device() + ". Use to(\"cpu\") first.");
  }
  p.storage->backend->synchronize();
  return p.data();
}

void Tensor::read(void* out, DType wanted) const {
  const TensorImpl& p = readable(*this);
  const auto count = static_cast<std::size_t>(p.shape.size());
  std::vector<std::byte> buffer;
  detail::convert_elements(to_host(p, buffer, count * p.dtype.itemsize()), p.dtype, out, wanted,
                           count);
}

namespace {

struct IntegerRange {
  explicit IntegerRange(DType type)
      : bits(static_cast<int>(type.itemsize()) * 8), is_signed(type.name()[0] != 'u') {}
  int bits;
  bool is_signed;
  bool holds(double v) const {
    const double top = std::ldexp(1.0, is_signed ? bits - 1 : bits);  // the first that is too large
    const double whole = std::trunc(v);
    return whole < top && whole >= (is_signed ? -top : 0.0);  // false for NaN
  }
  bool holds(std::int64_t v) const {
    if (!is_signed) return v >= 0 && (bits == 64 || v >> bits == 0);
    return bits == 64 || v >> (bits - 1) == (v < 0 ? -1 : 0);
  }
};

[[noreturn]] void throw_does_not_fit(const std::string& value, DType wanted) {
  throw Error("item<T>(): the element does not fit T. Expected: a number within the range of " +
              wanted.name() + ". Received: " + value);
}

// item<int>() of NaN, or of a number that int cannot hold, would be another number in silence.
void check_fits(const Tensor& t, DType wanted) {
  const IntegerRange range(wanted);
  if (t.dtype().is_floating()) {
    const auto v = t.item<double>();
    if (!range.holds(v)) throw_does_not_fit(std::isnan(v) ? "nan" : fmt::format("{}", v), wanted);
  } else if (t.dtype() == DType::uint64) {
    const auto v = t.to_vector<std::uint64_t>()[0];
    const bool holds = v > static_cast<std::uint64_t>(INT64_MAX)
                           ? wanted == DType::uint64
                           : range.holds(static_cast<std::int64_t>(v));
    if (!holds) throw_does_not_fit(std::to_string(v), wanted);
  } else {
    const auto v = t.to_vector<std::int64_t>()[0];
    if (!range.holds(v)) throw_does_not_fit(std::to_string(v), wanted);
  }
}

}  // namespace

void Tensor::read_one(void* out, DType wanted) const {
  const TensorImpl& p = readable(*this);
  if (p.shape.size() != 1) {
    throw ShapeError("item() needs a tensor with exactly one element. Received: shape " +
                     p.shape.to_string() + ".");
  }
  if (wanted.is_integer()) check_fits(*this, wanted);
  read(out, wanted);
}

Tensor Tensor::to(std::string_view device) const {
  const TensorImpl& p = readable(*this);
  Backend& target = backend(device);
  if (&target == p.storage->backend) return *this;
  const std::size_t bytes = detail::byte_count(p.shape, p.dtype);
  std::vector<std::byte> buffer;
  Tensor out = detail::empty(p.shape, p.dtype, target);
  target.copy_from_host(impl(out).mutable_data(), to_host(p, buffer, bytes), bytes);
  return out;
}

Tensor Tensor::astype(DType dtype) const {
  const TensorImpl& p = impl(*this);
  if (dtype == DType::undefined)
    throw DtypeError("astype: the dtype is undefined. Expected a dtype, such as \"float32\".");
  if (p.dtype == dtype && !p.weak) return *this;
  return ops::cast(*this, dtype);
}

Tensor Tensor::reshape(const Shape& shape) const { return ops::reshape(*this, shape); }

Tensor Tensor::slice(std::initializer_list<Index> indices) const {
  return slice(std::vector<Index>(indices));
}
Tensor Tensor::slice(const std::vector<Index>& indices) const {
  if (Tensor rows = leading_rows(*this, indices)) return rows;
  return ops::getitem(*this, indices);
}
Tensor Tensor::operator[](Index index) const { return slice(std::vector<Index>{index}); }

}  // namespace weft
