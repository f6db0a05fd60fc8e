// A guard for tests that change settings.
#pragma once
#include <weft/core/settings.h>

#include <string>

namespace weft::test {

/// Puts the number of threads, set_deterministic and the products' precision back at the end of a
/// scope.
struct KeepSettings {
  KeepSettings() = default;
  KeepSettings(const KeepSettings&) = delete;
  KeepSettings& operator=(const KeepSettings&) = delete;
  ~KeepSettings() {
    set_num_threads(threads);
    set_deterministic(deterministic);
    set_float32_matmul_precision(precision);
  }
  int threads = num_threads();
  bool deterministic = weft::deterministic();
  std::string precision = get_float32_matmul_precision();
};

}  // namespace weft::test
