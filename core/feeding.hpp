// What a backend offers beside Backend where the host's memory is not its own: ways for batches to
// get there while it computes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

namespace weft::detail {

/// A ring of slots in host memory that go to the device one after the other.
class Feed {
 public:
  virtual ~Feed() = default;
  /// Room for the next batch. Waits only where the device is a whole ring behind.
  virtual void* slot() = 0;
  /// Sends `bytes` of the slot to `to`; work that is put on the device later sees them.
  virtual void send(void* to, std::size_t bytes) = 0;
};

/// A backend that is not host_accessible() may derive from this too.
class Feeding {
 public:
  virtual ~Feeding() = default;
  /// A ring of slots of so many bytes.
  virtual std::unique_ptr<Feed> make_feed(std::size_t bytes) = 0;
  /// Copies rows of a table on the device, by their numbers, which are there too.
  virtual void gather_rows(void* to, const void* table, std::size_t row_bytes,
                           const std::int64_t* rows, std::int64_t count) = 0;
};

}  // namespace weft::detail
