#include "training/monitor.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <limits>

namespace weft::detail {

void check_mode(const std::string& callback, const std::string& mode) {
  if (mode == "auto" || mode == "min" || mode == "max") return;
  throw Error(fmt::format("{}: unknown mode. Expected: 'auto', 'min' or 'max'. Received: '{}'.",
                          callback, mode));
}

Direction monitor_direction(const std::string& callback, const std::string& mode,
                            const std::string& monitor, const Model& model) {
  if (mode == "min") return Direction::minimize;
  if (mode == "max") return Direction::maximize;
  const std::string name = monitor.rfind("val_", 0) == 0 ? monitor.substr(4) : monitor;
  if (name == "loss" || (name.size() > 5 && name.compare(name.size() - 5, 5, "_loss") == 0))
    return Direction::minimize;
  for (const Ref<Metric>& m : model.metrics()) {
    const bool same = name == m->name() || (name.size() > m->name().size() &&
                                            name.compare(name.size() - m->name().size(),
                                                         m->name().size(), m->name()) == 0);
    if (!same || m->direction().empty()) continue;
    return m->direction() == "up" ? Direction::maximize : Direction::minimize;
  }
  throw Error(
      fmt::format("{} callback received `monitor={}`, but weft is not able to automatically "
                  "determine whether that metric should be "
                  "maximized or minimized. Expected: mode = \"max\" or \"min\".",
                  callback, monitor));
}

bool is_better(Direction direction, double value, double best) {
  return direction == Direction::minimize ? value < best : value > best;
}

double worst(Direction direction) {
  const double infinity = std::numeric_limits<double>::infinity();
  return direction == Direction::minimize ? infinity : -infinity;
}

std::optional<double> monitored(const std::string& callback, const std::string& monitor,
                                const Logs& logs) {
  if (logs.contains(monitor)) return logs[monitor];
  std::string names;
  for (const std::string& n : logs.names()) names += (names.empty() ? "" : ",") + n;
  log(LogLevel::warning,
      fmt::format(
          "{}: conditioned on metric `{}` which is not available. Available metrics are: {}",
          callback, monitor, names));
  return std::nullopt;
}

}  // namespace weft::detail
