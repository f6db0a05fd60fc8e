// Threads inside a kernel: a loop in as many parts as it pays for. The parts are a function of the
// number of items and of threads alone, so the same number of threads always gives the same bits;
// kernels that add up what the parts give use reduce_parts, which under set_deterministic(true)
// does not look at the number of threads either.
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
/// allocates. For loops whose items do not depend on each other; see parallel_reduce for sums.
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

/// The most parts that reduce_parts gives: how many partial results a workspace must hold.
inline constexpr int max_reduce_parts = 16;

/// Into how many parts a sum over n items is split. Under set_deterministic(true) a function of n
/// and grain alone, else of the number of threads too.
inline int reduce_parts(std::int64_t n, std::int64_t grain) {
  const int most =
      deterministic() ? max_reduce_parts : std::min(max_reduce_parts, usable_threads());
  return static_cast<int>(std::clamp<std::int64_t>(n / std::max<std::int64_t>(grain, 1), 1, most));
}

/// Calls body(part, begin, end) for the reduce_parts(n, grain) parts of [0, n); each leaves its
/// partial result in a place of its own, and the caller adds them up in the order of the parts.
/// Returns their number (0 where n is).
template <class Body>
int parallel_reduce(std::int64_t n, std::int64_t grain, Body&& body) {
  if (n <= 0) return 0;
  const int parts = reduce_parts(n, grain);
  parallel_parts(parts, [&](int i) { body(i, n * i / parts, n * (i + 1) / parts); });
  return parts;
}

}  // namespace weft::cpu
