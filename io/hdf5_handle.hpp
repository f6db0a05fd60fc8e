// What the parts of the HDF5 wrapper share: the mutex, handles, error texts, types.
#pragma once
#define H5_USE_110_API  // the same names and signatures from 1.10 (Debian 12) on
#include <hdf5.h>

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "io/host_array.hpp"

namespace weft::io::hdf5 {

/// Holds the mutex, and keeps the C library from printing its errors meanwhile. Declare it before
/// any Handle.
class Lock {
 public:
  Lock();
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::lock_guard<std::mutex> guard_;
  H5E_auto2_t printer_ = nullptr;
  void* printer_data_ = nullptr;
};

/// An id of the C library that is closed at the end of the scope.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }  // handed to the C library
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

/// Throws FileError: "'file': /path: what", with the C library's own reason behind it when it gave
/// one.
[[noreturn]] void fail(const std::string& file, std::string_view path, std::string_view what);

/// The same without the library's reason: what weft itself does not accept.
[[noreturn]] void refuse(const std::string& file, std::string_view path, std::string_view what);

/// The type that a stored type is read as, and the DType it becomes.
struct MemoryType {
  DType dtype;
  Handle type;
};
/// `marked_bfloat16`: the dataset has Keras's attribute dtype="bfloat16". An undefined dtype:
/// nothing that weft reads, and `why` then names it.
MemoryType memory_type(hid_t stored, bool marked_bfloat16, std::string& why);
/// The type that a dtype is stored as: little-endian.
Handle stored_type(DType dtype);
/// A string type of variable length, or of `bytes` bytes padded with zeros.
Handle text_type(H5T_cset_t encoding, std::size_t bytes = H5T_VARIABLE);

}  // namespace weft::io::hdf5
