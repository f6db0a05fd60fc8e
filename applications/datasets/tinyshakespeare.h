// A small text: scenes of Shakespeare, for models of characters.
#pragma once
#include <string>

namespace weft::datasets::tinyshakespeare {

/// The text, 1,115,394 bytes of ASCII with 65 distinct characters. Looked for as
/// text/tinyshakespeare.txt, in this order: in the folder that the environment variable
/// WEFT_DATA_DIR names, in the folder that weft was installed with, in data/ of the source tree
/// that weft was built from. Throws FileError saying where it looked and how to provide it.
std::string load_data();

}  // namespace weft::datasets::tinyshakespeare
