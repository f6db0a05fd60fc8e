#include "applications/datasets/locate.hpp"

#include <cstdlib>

namespace weft::datasets {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::vector<Place> places() {
  std::vector<Place> all;
  if (const std::string folder = variable("WEFT_DATA_DIR"); !folder.empty())
    all.push_back({"WEFT_DATA_DIR", folder});
  std::string keras = variable("KERAS_HOME");
  if (keras.empty() && !variable("HOME").empty()) keras = variable("HOME") + "/.keras";
  if (!keras.empty()) all.push_back({"Keras's cache", keras + "/datasets", true});
#ifdef WEFT_SHARE_DIR
  all.push_back({"the installed data", WEFT_SHARE_DIR "/data"});
#endif
#ifdef WEFT_SOURCE_DIR
  all.push_back({"the source tree", WEFT_SOURCE_DIR "/data"});
#endif
  return all;
}

}  // namespace weft::datasets
