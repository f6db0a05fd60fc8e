#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <weft/core/log.h>

#include <atomic>
#include <mutex>

namespace weft {
namespace {

using Sink = Fn<void(LogLevel, std::string_view)>;

struct Log {
  std::atomic<LogLevel> level{LogLevel::warning};
  std::mutex sink_mutex;
  Sink sink;
  // Not in spdlog's registry: an application that uses spdlog too keeps its own names and levels.
  spdlog::logger standard_error{"weft", std::make_shared<spdlog::sinks::stderr_sink_mt>()};

  Log() {
    standard_error.set_level(spdlog::level::trace);  // `level` above decides
    standard_error.set_pattern("%n: %l: %v");
  }
};

// Never destroyed: destructors of other statics may still log.
Log& the_log() {
  static Log& log = *new Log;
  return log;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

}  // namespace

void set_log_level(LogLevel level) { the_log().level = level; }

LogLevel log_level() { return the_log().level; }

void set_log_sink(Sink sink) {
  Log& log = the_log();
  const std::lock_guard lock(log.sink_mutex);
  std::swap(log.sink, sink);
}

namespace detail {

bool log_enabled(LogLevel level) {
  return level != LogLevel::off && level >= the_log().level.load();
}

void log(LogLevel level, std::string_view text) {
  if (!log_enabled(level)) return;
  Log& log = the_log();
  Sink sink;
  {
    const std::lock_guard lock(log.sink_mutex);
    sink = log.sink;
  }
  // Called without the lock: a sink may itself log or replace the sink.
  if (sink) {
    sink(level, text);
  } else {
    log.standard_error.log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
  }
}

}  // namespace detail
}  // namespace weft
