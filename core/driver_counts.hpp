// What a backend whose device has a driver says of it: tests of "none in a step" read it.
#pragma once
#include <cstddef>

namespace weft::detail {

/// Calls that reached the driver so far, and among them those that allocate, those for which the
/// host waits, and those that launch what was recorded. Of the machine's own device calls of
/// kernels are not counted; of the emulated one they are calls.
struct DriverCounts {
  std::size_t calls = 0, allocations = 0, waits = 0, graph_launches = 0;
};

/// Such a backend derives from this too.
class CountsDriverCalls {
 public:
  virtual ~CountsDriverCalls() = default;
  virtual DriverCounts driver_counts() const = 0;
};

}  // namespace weft::detail
