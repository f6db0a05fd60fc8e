// Threads inside a kernel: a loop in as many parts as it pays for. Items that do not depend on each
// other are split by parallel_for; what the parts of a sum give is added up in their order, and
// their number is sum_parts.
#pragma once
#include <weft/core/settings.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace weft::cpu {

namespace detail {
/// Calls part(context, i) once for each i in [0, parts), on the pool and on the caller; returns
/// when all are done. A part that throws: the first exception is thrown here after the others.
/// Inside a part, and while another thread uses the pool, the caller runs all of them itself.
void run_parts(int parts, void (*part)(void* context, int i), void* context);
/// The threads that the pool has started and not ended, for tests.
int pool_size();
}  // namespace detail

/// How many threads a kernel may use now: weft::num_threads(), 1 inside a part.
int usable_threads();

/// Calls body(i) for each i in [0, parts), in any order, at once where there are threads. At most
/// 65,535 parts. Never allocates.
template <class Body>
void parallel_parts(int parts, Body&& body) {
  if (parts == 1) {
    body(0);
    return;
  }
  detail::run_parts(
      parts,
      [](void* context, int i) { (*static_cast<std::remove_reference_t<Body>*>(context))(i); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

/// Calls body(begin, end) for parts of [0, n) that cover it. A part is begun on another thread only
/// where it has at least `grain` items: choose it so that they take some 20 microseconds. Never
/// allocates. For loops whose items do not depend on each other: the parts follow from the threads
/// that are free.
template <class Body>
void parallel_for(std::int64_t n, std::int64_t grain, Body&& body) {
  if (n <= 0) return;
  const auto parts = static_cast<int>(
      std::clamp<std::int64_t>(n / std::max<std::int64_t>(grain, 1), 1, usable_threads()));
  if (parts == 1) {
    body(std::int64_t{0}, n);
    return;
  }
  parallel_parts(parts, [&](int i) { body(n * i / parts, n * (i + 1) / parts); });
}

/// Into how many parts a sum over `items` is split, each of at least `grain` items: a function of
/// num_threads(), so that the same number of threads gives the same bits, and under
/// set_deterministic(true) of items, grain and `deterministic_parts` alone.
inline int sum_parts(std::int64_t items, std::int64_t grain, int deterministic_parts) {
  const int most = deterministic() ? deterministic_parts : num_threads();
  return static_cast<int>(
      std::clamp<std::int64_t>(items / std::max<std::int64_t>(grain, 1), 1, most));
}

}  // namespace weft::cpu
