// How a kernel refuses data: an index out of range cannot throw on a device. The kernel writes what
// it found into its own place of a table and sets a flag; kernels that write variables leave them
// as they are while the flag is set; the host reads both at the next synchronisation and throws.
#pragma once
#include <weft/core/fn.h>

#include <cstdint>
#include <memory>
#include <string>

namespace weft::cuda {

/// What one kernel refused: the first element, in row-major order, that is wrong.
struct Refusal {
  unsigned lock = 0, refused = 0;
  long long position = 0, value = 0;
};

/// In device memory; `flag` is 0 until a kernel refuses.
struct RefusalTable {
  static constexpr int capacity = 4096;
  unsigned* flag = nullptr;
  Refusal* entries = nullptr;
};

/// A kernel's place in the tables of all devices, for as long as somebody holds it. `text` makes
/// the message of the Error. Throws DeviceError when `capacity` kernels have a place.
std::shared_ptr<const int> register_refusal(
    Fn<std::string(std::int64_t position, std::int64_t value)> text);
/// The message of a place.
std::string refusal_text(int place, const Refusal& refusal);

}  // namespace weft::cuda
