// A guard for tests that change settings.
#pragma once
#include <weft/core/settings.h>

namespace weft::test {

/// Puts the number of threads and set_deterministic back at the end of a scope.
struct KeepSettings {
  KeepSettings() = default;
  KeepSettings(const KeepSettings&) = delete;
  KeepSettings& operator=(const KeepSettings&) = delete;
  ~KeepSettings() {
    set_num_threads(threads);
    set_deterministic(deterministic);
  }
  int threads = num_threads();
  bool deterministic = weft::deterministic();
};

}  // namespace weft::test
