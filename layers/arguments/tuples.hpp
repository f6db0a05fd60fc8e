// Arguments of layers that are one number for each spatial dimension, and Keras's checks of them.
#pragma once
#include <weft/core/config.h>
#include <weft/core/ops/sizes.h>

#include <string>
#include <string_view>
#include <vector>

namespace weft::layers {

using Int64s = std::vector<std::int64_t>;

/// (3,), (3, 3): as Python prints a tuple.
std::string python_tuple(const Int64s& values);

/// In small letters.
std::string lower(std::string_view text);

/// `sizes` as `rank` numbers above 0 (with allow_zero: 0 or above). Throws Error in Keras's words,
/// beginning with the class.
Int64s standard_tuple(const char* keras_class, const ops::Sizes& sizes, int rank, const char* name,
                      bool allow_zero = false);
/// "channels_last" for "", else the name in small letters; throws Error.
std::string standard_data_format(const char* keras_class, std::string_view data_format);

/// Reads a key that is an integer, a list of them, or null.
void read_sizes(const Config& c, const char* key, ops::Sizes& sizes);
/// c["data_format"], "" when it is null or not there.
std::string data_format_from(const Config& c);

}  // namespace weft::layers
