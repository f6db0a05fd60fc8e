// Where data sets lie.
#pragma once
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

}  // namespace weft::datasets
