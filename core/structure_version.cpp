#include "core/structure_version.hpp"

#include <atomic>

namespace weft::detail {
namespace {
std::atomic<std::uint64_t> version{0};
}

std::uint64_t structure_version() { return version.load(std::memory_order_relaxed); }
void bump_structure_version() { version.fetch_add(1, std::memory_order_relaxed); }

}  // namespace weft::detail
