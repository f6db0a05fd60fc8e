// JSON <-> Config, as Python's json module reads and writes it.
#pragma once
#include <weft/core/config.h>

#include <string>
#include <string_view>

namespace weft::io {

/// Reads an object. Integers stay integers (beyond 64 bits they become floating-point numbers),
/// keys keep their order, of two equal keys the last wins; NaN, Infinity and -Infinity are read as
/// Python does. Throws FileError with `name`, line and column for anything else, for more than 512
/// levels, and when the outermost value is no object.
Config parse_json(std::string_view text, std::string_view name = "JSON");
/// The same for a document of any kind.
ConfigValue parse_json_value(std::string_view text, std::string_view name = "JSON");

/// As json.dumps writes it: on one line with ", " and ": ", only ASCII, floating-point numbers as
/// repr, NaN and Infinity. With `indent` >= 0 as json.dumps(indent=...). Throws FileError for text
/// that is not UTF-8.
std::string to_json(const Config& config, int indent = -1);
std::string to_json(const ConfigValue& value, int indent = -1);

}  // namespace weft::io
