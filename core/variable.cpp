#include <weft/core/backend.h>
#include <weft/core/error.h>
#include <weft/core/variable.h>

#include "core/access.hpp"
#include "core/byte_count.hpp"
#include "core/default_backend.hpp"
#include "core/recorder.hpp"
#include "core/structure_version.hpp"

namespace weft {

using detail::impl;
using detail::VariableImpl;

Variable::Variable(const Tensor& value, VariableOptions options) {
  if (!detail::is_concrete(value)) {
    throw GraphError(
        "Variable '" + options.name +
        "': the initial value must be concrete. Received: a functional or traced tensor of shape " +
        value.shape().to_string() + ".");
  }
  const detail::TensorImpl& from = impl(value);
  auto p = std::make_shared<VariableImpl>();
  p->shape = from.shape;
  p->dtype = from.dtype;
  p->name = options.name.empty() ? "variable" : options.name;
  p->path = p->name;
  p->trainable = options.trainable;
  Backend& b = detail::default_backend();
  const std::size_t bytes = detail::byte_count(from.shape, from.dtype);
  p->memory = std::make_shared<detail::Storage>(b, bytes);
  const Tensor local = value.to(b.device());
  b.copy(p->memory->data, impl(local).data(), bytes);
  state = std::move(p);
}

Variable::operator Tensor() const { return value(); }

Tensor Variable::value() const {
  VariableImpl& p = impl(*this);
  detail::Recording& r = detail::recording();
  Tensor t = r.trace() != nullptr ? r.trace()->read(*this) : detail::wrap_impl(p.read());
  for (detail::Listener* tape : r.tapes) tape->was_read(*this, t);
  return t;
}

void Variable::assign(const Tensor& value) {
  VariableImpl& p = impl(*this);
  if (detail::is_functional(value)) {
    throw GraphError(
        "Variable '" + p.path +
        "' cannot be assigned a functional tensor. Expected: a concrete or traced value.");
  }
  const Tensor cast = value.astype(p.dtype);
  if (!(cast.shape() == p.shape)) {
    throw ShapeError("Variable '" + p.path +
                     "': the assigned value has the wrong shape. Expected: " + p.shape.to_string() +
                     ". Received: " + cast.shape().to_string() + ".");
  }
  if (detail::Trace* trace = detail::recording().trace()) {
    trace->assign(*this, cast);
    return;
  }
  if (!detail::is_concrete(cast))
    throw GraphError("Variable '" + p.path +
                     "': the assigned value belongs to a trace that has ended.");
  Backend& b = *p.memory->backend;
  const Tensor local = cast.to(b.device());
  if (impl(local).data() == p.memory->data) return;  // its own value
  p.prepare_write();
  b.commit(p.memory->data, impl(local).data(), p.memory->bytes);
}

Shape Variable::shape() const { return impl(*this).shape; }
DType Variable::dtype() const { return impl(*this).dtype; }
std::string Variable::path() const { return impl(*this).path; }
std::string Variable::name() const { return impl(*this).name; }
bool Variable::trainable() const { return impl(*this).trainable; }
void Variable::set_trainable(bool value) {
  impl(*this).trainable = value;
  detail::bump_structure_version();
}

namespace detail {
namespace {

std::size_t bytes_of(const Variable& v) { return impl(v).memory->bytes; }

// Rates, counters, seeds and what metrics hold are made before anybody knows for which model.
constexpr std::size_t most_bytes_moved = 65536;

bool may_move(const Variable& v) { return !v.trainable() && bytes_of(v) <= most_bytes_moved; }

void move_to(VariableImpl& v, Backend& backend) {
  const std::lock_guard lock(v.mutex);
  std::vector<std::byte> bytes(v.memory->bytes);
  v.memory->backend->copy_to_host(bytes.data(), v.memory->data, bytes.size());
  v.view = nullptr;
  v.memory = std::make_shared<Storage>(backend, bytes.size());
  backend.copy_from_host(v.memory->data, bytes.data(), bytes.size());
  ++v.version;
}

}  // namespace

Backend& backend_of(const std::vector<Variable>& variables) {
  const Variable* largest = nullptr;
  for (const Variable& v : variables) {
    if (largest == nullptr ||
        std::pair(!may_move(v), bytes_of(v)) > std::pair(!may_move(*largest), bytes_of(*largest)))
      largest = &v;
  }
  return largest == nullptr ? default_backend() : *impl(*largest).memory->backend;
}

Backend& one_backend_of(const std::vector<Variable>& variables) {
  Backend& backend = backend_of(variables);
  std::vector<Variable> elsewhere;
  for (const Variable& v : variables) {
    Backend* here = impl(v).memory->backend;
    if (here == &backend) continue;
    if (!may_move(v)) {
      throw DeviceError(
          "The variables of one step are on different devices. Expected: one device. Received: '" +
          v.path() + "' on " + here->device() + ", others on " + backend.device() + ".");
    }
    elsewhere.push_back(v);
  }
  for (const Variable& v : elsewhere) move_to(impl(v), backend);
  if (!elsewhere.empty()) bump_structure_version();  // plans know variables by their addresses
  return backend;
}

}  // namespace detail
}  // namespace weft
