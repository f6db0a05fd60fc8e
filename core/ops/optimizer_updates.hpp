// How many slots the optimizer ops (optimizer_updates.cpp) have to a variable.
#pragma once
#include <weft/core/config.h>

#include <cstddef>

namespace weft::detail {

std::size_t sgd_slots(const Config& attrs);
std::size_t rmsprop_slots(const Config& attrs);
std::size_t adam_slots(const Config& attrs);

}  // namespace weft::detail
