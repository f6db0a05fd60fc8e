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
  volatile Refusal& v = entry;
  // The one that has the lock gives it back before it meets its warp's others, which wait for it.
  for (bool noted = false; !noted;) {
    if (atomicCAS(&entry.lock, 0u, 1u) != 0u) continue;
    __threadfence();
    if (v.refused == 0u || position < v.position) {
      v.position = position;
      v.value = value;
      v.refused = 1u;
    }
    __threadfence();
    atomicExch(&entry.lock, 0u);
    noted = true;
  }
  atomicExch(table.flag, 1u);
}

/// Whether a kernel before this one has refused its data: then no variable is written. `flag` is
/// null where no kernel of the plan can.
__device__ __forceinline__ bool is_refused(const unsigned* flag) {
  return flag != nullptr && *static_cast<const volatile unsigned*>(flag) != 0u;
}

}  // namespace weft::cuda
