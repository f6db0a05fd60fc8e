#include <weft/core/backend.h>
#include <weft/core/error.h>

#include "core/memory_stats.hpp"
#include "core/tensor_impl.hpp"

namespace weft::detail {

Storage::Storage(Backend& b, std::size_t n)
    : backend(&b), data(allocate_counted(b, n)), bytes(n), owned(true) {}

Storage::Storage(Backend& b, void* borrowed, std::size_t n, std::shared_ptr<const void> keep)
    : backend(&b), data(borrowed), bytes(n), owned(false), keep_alive(std::move(keep)) {}

Storage::~Storage() {
  if (owned) deallocate_counted(*backend, data, bytes);
}

std::shared_ptr<TensorImpl> VariableImpl::read() {
  const std::lock_guard lock(mutex);
  if (!view) {
    auto alias = std::make_shared<Storage>(*memory->backend, memory->data, memory->bytes, memory);
    view = std::make_shared<TensorImpl>();
    view->dtype = dtype;
    view->shape = shape;
    view->storage = std::move(alias);
  }
  return view;
}

void VariableImpl::prepare_write() {
  const std::lock_guard lock(mutex);
  ++version;
  if (!view) return;
  // Slices and reshapes of the value share the storage, not the impl.
  if (view->storage.use_count() > 1 || view.use_count() > 1) {
    Storage& alias = *view->storage;
    alias.data = allocate_counted(*alias.backend, alias.bytes);
    alias.owned = true;
    alias.backend->copy(alias.data, memory->data, alias.bytes);
    alias.keep_alive.reset();
  }
  view.reset();
}

}  // namespace weft::detail
