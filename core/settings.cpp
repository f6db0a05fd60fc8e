#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <string_view>

#include "core/cpu_count.hpp"
#include "core/environment.hpp"
#include "core/structure_version.hpp"

namespace weft {
namespace {

constexpr int kMaxThreads = 1024;

/// WEFT_NUM_THREADS, or 0 when it is unset or no number of threads.
int threads_of_environment() {
  return static_cast<int>(
      detail::environment_number("WEFT_NUM_THREADS", 1, kMaxThreads,
                                 fmt::format("a number from 1 to {}", kMaxThreads))
          .value_or(0));
}

struct Settings {
  std::atomic<DType::Code> floatx{DType::float32};
  std::atomic<double> epsilon{1e-7};
  std::atomic<bool> deterministic{false};
  std::atomic<int> threads{threads_of_environment()};
  std::mutex precision_mutex;
  std::string precision = "highest";
};

Settings& settings() {
  static Settings& all = *new Settings;  // never destroyed: worker threads may outlive statics
  return all;
}

}  // namespace

DType floatx() { return settings().floatx.load(std::memory_order_relaxed); }

void set_floatx(DType dtype) {
  if (!dtype.is_floating()) {
    throw DtypeError(fmt::format(
        "set_floatx: not a floating-point dtype. Expected one of: 'float16', 'bfloat16', "
        "'float32', 'float64'. Received: '{}'",
        dtype.name()));
  }
  settings().floatx = dtype.code();
  detail::bump_structure_version();
}

double epsilon() { return settings().epsilon.load(std::memory_order_relaxed); }

void set_epsilon(double value) {
  if (!(value > 0) || !std::isfinite(value)) {
    throw Error(fmt::format(
        "set_epsilon: not usable. Expected: a positive, finite number. Received: {}", value));
  }
  settings().epsilon = value;
  detail::bump_structure_version();
}

void set_float32_matmul_precision(std::string_view precision) {
  if (precision != "highest" && precision != "high" && precision != "medium") {
    throw Error(fmt::format(
        "set_float32_matmul_precision: unknown precision. Expected one of: 'highest', 'high', "
        "'medium'. Received: '{}'",
        precision));
  }
  Settings& all = settings();
  const std::lock_guard lock(all.precision_mutex);
  all.precision = precision;
  detail::bump_structure_version();
}

std::string get_float32_matmul_precision() {
  Settings& all = settings();
  const std::lock_guard lock(all.precision_mutex);
  return all.precision;
}

void set_deterministic(bool on) {
  settings().deterministic = on;
  detail::bump_structure_version();
}

bool deterministic() { return settings().deterministic.load(std::memory_order_relaxed); }

void set_num_threads(int threads) {
  if (threads < 1 || threads > kMaxThreads) {
    throw Error(
        fmt::format("set_num_threads: not usable. Expected: a number from 1 to {}. Received: {}",
                    kMaxThreads, threads));
  }
  // Plans hold workspaces for as many threads as there were.
  if (settings().threads.exchange(threads) != threads) detail::bump_structure_version();
}

int num_threads() {
  const int threads = settings().threads.load(std::memory_order_relaxed);
  if (threads > 0) return threads;
  static const int all = std::min(detail::usable_cpus(), kMaxThreads);
  return all;
}

namespace {

std::atomic<bool>& numerics_flag() {
  static std::atomic<bool> on{detail::environment_flag("WEFT_CHECK_NUMERICS", false)};
  return on;
}

}  // namespace

void set_check_numerics(bool on) { numerics_flag() = on; }
bool check_numerics() { return numerics_flag(); }

}  // namespace weft
