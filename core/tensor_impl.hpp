// What is behind Tensor and Variable handles.
#pragma once
#include <weft/core/ref.h>
#include <weft/core/variable.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "core/live.hpp"

namespace weft {
class Backend;
}

namespace weft::detail {

/// A piece of device memory. `data` changes only when a variable takes its own memory back
/// (VariableImpl::prepare_write).
struct Storage : Live<Storage> {
  Storage(Backend& backend, std::size_t bytes);  // allocates
  Storage(Backend& backend, void* data, std::size_t bytes,
          std::shared_ptr<const void> keep_alive);  // borrows
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  Backend* backend;
  void* data;
  std::size_t bytes;
  bool owned;
  std::shared_ptr<const void> keep_alive;
};

/// Where a functional tensor comes from; the graph library derives from it.
struct Provenance {
  virtual ~Provenance() = default;
};

enum class TensorKind { concrete, traced, functional };

/// A number no other value has.
std::uint64_t next_value_id();

struct TensorImpl : Live<TensorImpl> {
  std::uint64_t id = next_value_id();  // tapes know values by it; a copy with another mask keeps it
  TensorKind kind = TensorKind::concrete;
  bool weak = false;  // made from a C++ scalar: takes the other operand's dtype
  DType dtype;
  Shape shape;
  // concrete
  std::shared_ptr<Storage> storage;
  std::size_t offset_bytes = 0;
  // traced
  std::uint64_t trace = 0;  // id of the trace it belongs to
  int value = -1;           // its number there
  // functional
  std::shared_ptr<Provenance> provenance;
  std::string name;
  // Keras's _keras_mask: which time steps count
  std::shared_ptr<TensorImpl> mask;

  const void* data() const { return static_cast<const std::byte*>(storage->data) + offset_bytes; }
  void* mutable_data() { return static_cast<std::byte*>(storage->data) + offset_bytes; }
};

/// A variable owns its memory for life. An eager read hands out `view`, a Storage over that memory;
/// before the memory is written, a view that somebody still holds is given a copy of its own.
struct VariableImpl : Live<VariableImpl> {
  Shape shape;
  DType dtype;
  std::string name, path;
  bool trainable = true;
  std::shared_ptr<Storage> memory;
  std::shared_ptr<TensorImpl> view;  // what reads return; null after a write
  std::uint64_t version = 0;         // grows with every write
  std::mutex mutex;
  Ref<Regularizer> regularizer;
  Ref<Constraint> constraint;

  /// The present value as a concrete tensor sharing the memory.
  std::shared_ptr<TensorImpl> read();
  /// Call before writing into `memory`: detaches views, counts the version.
  void prepare_write();
};

}  // namespace weft::detail
