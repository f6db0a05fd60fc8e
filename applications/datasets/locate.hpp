// Where data sets lie.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace weft::datasets {

struct Place {
  std::string description;  ///< "WEFT_DATA_DIR", for the error when nothing is found
  std::string folder;
  bool keras_cache = false;  ///< holds Keras's files, named as Keras names them
};

/// The folders to look in, in this order: $WEFT_DATA_DIR, Keras's cache, the installed share
/// folder, the source tree. Those that are not set are left out.
std::vector<Place> places();

/// Whether there is a regular file; false also when it cannot be told.
bool is_file(const std::filesystem::path& path);

}  // namespace weft::datasets
