// Keras's checks of margins, and what configs have for them.
#pragma once
#include <weft/core/config.h>
#include <weft/layers/reshaping/margins.h>

#include <string>

namespace weft::layers {

/// `margins` as one for each of `rank` dimensions. Throws Error in Keras's words, beginning with
/// the class, when there are not so many or one is negative.
std::vector<Margin> margins_of(const char* keras_class, const char* argument,
                               const Margins& margins, int rank);
/// The same of the one of a layer in one dimension.
Margin margin_of(const char* keras_class, const char* argument, const Margin& margin);

/// ((1, 1), (2, 2)): as Python prints it.
std::string margins_text(const std::vector<Margin>& margins);
/// [[1, 1], [2, 2]]; of one dimension alone [1, 1].
ConfigValue margins_config(const std::vector<Margin>& margins);
ConfigValue margin_config(const Margin& margin);
/// The reverse: an integer, [1, 2] or [[1, 1], [2, 2]].
Margins margins_from(const ConfigValue& value);
Margin margin_from(const ConfigValue& value);

}  // namespace weft::layers
