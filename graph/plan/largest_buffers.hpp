// What takes the most memory in a plan, for people who have run out of it.
#pragma once
#include <string>

#include "graph/plan/plan.hpp"

namespace weft::plan {

/// The largest buffers of the arena, a line each: "  12.3 MiB  output of conv float32 (64, 32, 32,
/// 48) in layer 'conv2d'", or "workspace of conv ...".
std::string largest_buffers(const Plan& plan, std::size_t count);

}  // namespace weft::plan
