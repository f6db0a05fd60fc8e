// Arguments of layers that are one number for each spatial dimension, and Keras's checks of them.
#pragma once
#include <weft/core/config.h>
#include <weft/core/ops/sizes.h>

#include <string>
#include <vector>

namespace weft::detail {

/// (3,), (3, 3): as Python prints a tuple.
std::string python_tuple(const std::vector<std::int64_t>& values);

/// `sizes` as `rank` numbers above 0 (with allow_zero: 0 or above). Throws Error in Keras's words,
/// beginning with the class.
std::vector<std::int64_t> tuple_of(const char* keras_class, const ops::Sizes& sizes, int rank,
                                   const char* name, bool allow_zero = false);

/// "channels_last" for none, else the name in small letters; throws Error for another.
std::string data_format_of(const char* keras_class, const std::string& data_format);

/// config[key], an integer or a list of them; none when it is null or not there.
ops::Sizes sizes_from(const Config& config, const char* key);

/// config["data_format"], "" when it is null or not there.
std::string data_format_from(const Config& config);

}  // namespace weft::detail
