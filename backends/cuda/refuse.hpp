// The device's side of refusal.hpp.
#pragma once
#include "backends/cuda/refusal.hpp"
#include "core/functors/host_device.h"

namespace weft::cuda {

/// Notes that element `position` of the data is wrong; of several the first stays. `table` and
/// `place` are the kernel's arguments.
__device__ inline void refuse(const RefusalTable& table, int place, long long position,
                              long long value) {
  Refusal& entry = table.entries[place];
  while (atomicCAS(&entry.lock, 0u, 1u) != 0u) {
  }
  __threadfence();
  volatile Refusal& v = entry;
  if (v.refused == 0u || position < v.position) {
    v.position = position;
    v.value = value;
    v.refused = 1u;
  }
  __threadfence();
  atomicExch(&entry.lock, 0u);
  atomicExch(table.flag, 1u);
}

/// Whether a kernel before this one has refused its data: then no variable is written. `flag` is
/// null where no kernel of the plan can.
__device__ __forceinline__ bool is_refused(const unsigned* flag) {
  return flag != nullptr && *static_cast<const volatile unsigned*>(flag) != 0u;
}

}  // namespace weft::cuda
