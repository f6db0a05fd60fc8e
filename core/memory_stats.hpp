// Every allocation from a backend goes through here, so that used, peak and count are known per
// device.
#pragma once
#include <weft/core/backend.h>

#include <cstddef>
#include <cstdint>

namespace weft::detail {

void* allocate_counted(Backend& backend, std::size_t bytes);
void deallocate_counted(Backend& backend, void* memory, std::size_t bytes) noexcept;
/// Number of allocations so far on all devices: tests assert that steps add none.
std::uint64_t allocation_count();
/// Forgets the peak: it becomes what is used now.
void reset_peak_memory(std::string_view device);

}  // namespace weft::detail
