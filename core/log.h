// The log: level and sink.
#pragma once
#include <weft/core/fn.h>

#include <string_view>

namespace weft {

/// How much a message matters; `off` lets none through.
enum class LogLevel { debug, info, warning, error, off };

/// Messages below `level` are dropped. LogLevel::warning at start-up.
void set_log_level(LogLevel level);
LogLevel log_level();

/// Sends messages to `sink` in place of standard error; an empty sink: standard error again. The
/// sink may be called from any thread, also from several at once.
void set_log_sink(Fn<void(LogLevel, std::string_view)> sink);

namespace detail {

/// Writes one message to the log. Format the text only when log_enabled(level).
void log(LogLevel level, std::string_view text);
bool log_enabled(LogLevel level);

}  // namespace detail
}  // namespace weft
