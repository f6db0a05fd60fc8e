// Threads inside a kernel: a loop in as many parts as it pays for. The parts are a function of the
// number of items and of threads alone, so the same number of threads always gives the same bits.
#pragma once
#include <weft/core/settings.h>

#include <algorithm>
#include <cstdint>

namespace weft::cpu {

namespace detail {
/// Calls part(context, i) once for each i in [0, parts), on the pool and on the caller; returns
/// when all are done. A part that throws: the first exception is thrown here after the others.
void run_parts(int parts, void (*part)(void* context, int i), void* context);
}  // namespace detail

/// How many threads a kernel may use now: weft::num_threads(), 1 inside a part.
int usable_threads();

/// Calls body(begin, end) for parts of [0, n) that cover it. A part is begun on another thread only
/// where it has at least `grain` items: choose it so that they take some 20 microseconds. Never
/// allocates.
template <class Body>
void parallel_for(std::int64_t n, std::int64_t grain, Body&& body) {
  if (n <= 0) return;
  const auto parts = static_cast<int>(
      std::clamp<std::int64_t>(n / std::max<std::int64_t>(grain, 1), 1, usable_threads()));
  if (parts == 1) {
    body(std::int64_t{0}, n);
    return;
  }
  struct Job {
    Body& body;
    std::int64_t n;
    int parts;
  } job{body, n, parts};
  detail::run_parts(
      parts,
      [](void* context, int i) {
        const Job& j = *static_cast<Job*>(context);
        j.body(j.n * i / j.parts, j.n * (i + 1) / j.parts);
      },
      &job);
}

}  // namespace weft::cpu
