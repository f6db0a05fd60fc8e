// The pointwise ops by name, as loops over float (of logical ops over bool): what a pointwise_group
// is made of.
#pragma once
#include <weft/core/config.h>

#include <string_view>

#include "backends/cpu/simd/block.hpp"

namespace weft::cpu {

/// Room for any functor.
struct FunctorStorage {
  alignas(8) unsigned char bytes[16] = {};
};

struct FloatPointwise {
  std::string_view name;
  int arity = 0;
  const BlockLoops* loops = nullptr;
  void (*make)(const Config& attrs, void* functor) = nullptr;
};

/// Called while kernels are registered.
void add_float_pointwise(const FloatPointwise& op);
/// Null when there is none of that name.
const FloatPointwise* find_float_pointwise(std::string_view name);

}  // namespace weft::cpu
