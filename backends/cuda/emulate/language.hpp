// CUDA's words for g++: kernels run on host fibers, one for each thread of a block.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>

#include "backends/cuda/emulate/coverage.hpp"
#include "backends/cuda/emulate/grid.hpp"
#include "backends/cuda/emulate/sanitizers.hpp"
#include "backends/cuda/launch_shape.hpp"
#include "backends/cuda/stream.hpp"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __restrict__
#define __launch_bounds__(...)
#define threadIdx (::weft::cuda::emulate::thread()->index)
#define blockIdx (::weft::cuda::emulate::thread()->block->index)
#define blockDim (::weft::cuda::emulate::thread()->block->threads)
#define gridDim (::weft::cuda::emulate::thread()->block->grid)

/// T name[n], one for each block. The address of a static tells the declarations apart.
#define WEFT_SHARED(T, name, n)       \
  static const char name##_key = 0;   \
  auto& name = *static_cast<T(*)[n]>( \
      ::weft::cuda::emulate::static_shared(&name##_key, sizeof(T[n]), alignof(T)))

inline void __syncthreads() { weft::cuda::emulate::wait_for_block(); }
inline void __syncwarp(unsigned mask = 0xffffffffu) {
  weft::cuda::emulate::check_lanes(mask);
  weft::cuda::emulate::wait_for_warp();
}
inline void __threadfence() {
#ifdef WEFT_TSAN  // which knows no fences
  static std::atomic<unsigned> all{0};
  all.fetch_add(1);
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

namespace weft::cuda::emulate {
template <class T>
T from_lane(T value, unsigned lane) {
  static_assert(sizeof(T) <= 8);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = exchange(bits, lane);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
inline unsigned lane() { return thread()->number % 32; }

template <class T>
void check_argument([[maybe_unused]] void* stream, [[maybe_unused]] const T& value) {
  if constexpr (std::is_pointer_v<T>) check_pointer(stream, value);
}
}  // namespace weft::cuda::emulate

template <class T>
T __shfl_sync(unsigned mask, T value, int source) {
  weft::cuda::emulate::check_lanes(mask, static_cast<unsigned>(source));
  return weft::cuda::emulate::from_lane(value, static_cast<unsigned>(source));
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int other) {
  weft::cuda::emulate::check_lanes(mask, static_cast<unsigned>(other));
  return weft::cuda::emulate::from_lane(value,
                                        weft::cuda::emulate::lane() ^ static_cast<unsigned>(other));
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned distance) {
  weft::cuda::emulate::check_lanes(mask, distance);
  const unsigned own = weft::cuda::emulate::lane(), other = own + distance;
  return weft::cuda::emulate::from_lane(value, other < 32 ? other : own);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned distance) {
  weft::cuda::emulate::check_lanes(mask, distance);
  const unsigned own = weft::cuda::emulate::lane();
  return weft::cuda::emulate::from_lane(value, own >= distance ? own - distance : own);
}
inline unsigned __ballot_sync(unsigned mask, int predicate) {
  weft::cuda::emulate::check_lanes(mask);
  return weft::cuda::emulate::ballot(predicate != 0);
}
inline int __any_sync(unsigned mask, int predicate) {
  return __ballot_sync(mask, predicate) != 0 ? 1 : 0;
}
inline int __all_sync(unsigned mask, int predicate) {
  return __ballot_sync(mask, predicate) == 0xffffffffu ? 1 : 0;
}

template <class T>
T atomicAdd(T* p, T value) {
  return std::atomic_ref<T>(*p).fetch_add(value);
}
template <class T>
T atomicExch(T* p, T value) {
  return std::atomic_ref<T>(*p).exchange(value);
}
template <class T>
T atomicCAS(T* p, T expected, T value) {
  std::atomic_ref<T>(*p).compare_exchange_strong(expected, value);
  return expected;
}
template <class T>
T atomicMin(T* p, T value) {
  std::atomic_ref<T> at(*p);
  T old = at.load();
  while (value < old && !at.compare_exchange_weak(old, value)) {
  }
  return old;
}
template <class T>
T atomicMax(T* p, T value) {
  std::atomic_ref<T> at(*p);
  T old = at.load();
  while (value > old && !at.compare_exchange_weak(old, value)) {
  }
  return old;
}

namespace weft::cuda {

template <class T>
T* dynamic_shared() {
  return static_cast<T*>(emulate::dynamic_shared());
}

template <class... P, class... A>
void launch(void (*kernel)(P...), const LaunchShape& shape, void* stream, A... args) {
  static_assert((std::is_trivially_copyable_v<P> && ...), "kernel arguments are copied as bytes");
  static_assert((sizeof(P) + ... + 0) <= 4096, "more than 4 KiB of kernel arguments");
  const std::tuple<P...> values(static_cast<P>(args)...);
  StreamHandle handle = stream_of(stream).handle();
  if (shape.blocks != 0 && shape.blocks_y != 0 && shape.blocks_z != 0) {
    std::apply([handle](const P&... p) { (emulate::check_argument(handle, p), ...); }, values);
    emulate::note_launch(reinterpret_cast<const void*>(kernel), shape.threads);
  }
  emulate::submit(handle, shape, [kernel, values] { std::apply(kernel, values); });
}

}  // namespace weft::cuda
