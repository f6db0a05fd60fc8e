#include <fmt/core.h>
#include <weft/applications/datasets/tinyshakespeare.h>
#include <weft/core/error.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "applications/datasets/locate.hpp"

namespace weft::datasets::tinyshakespeare {

std::string load_data() {
  std::string looked;
  for (const Place& place : places()) {
    if (place.keras_cache) continue;
    const std::string path =
        (std::filesystem::path(place.folder) / "text" / "tinyshakespeare.txt").string();
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) {
      std::ifstream file(path, std::ios::binary);
      std::ostringstream text;
      text << file.rdbuf();
      if (file && text) return text.str();
      throw FileError(fmt::format("'{}' cannot be read", path));
    }
    looked += fmt::format("\n  {}: {}", place.description, path);
  }
  throw FileError(
      fmt::format("The data set tinyshakespeare was not found. Looked in:{}\nTo provide it, set "
                  "WEFT_DATA_DIR to the folder that holds 'text' (data/ of weft's repository is "
                  "one).",
                  looked));
}

}  // namespace weft::datasets::tinyshakespeare
