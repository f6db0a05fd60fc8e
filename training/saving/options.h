// Arguments of save and load_model, in Keras's order.
#pragma once
#include <weft/graph/functional/custom_object.h>

namespace weft {

/// Of Model::save.
struct SaveOptions {
  bool overwrite = true;          ///< false: FileError when the file exists
  bool include_optimizer = true;  ///< its state, so that training goes on where it stood
};

/// Of load_model.
struct LoadOptions {
  CustomObjects custom_objects =
      {};                 ///< classes and functions of one's own, by the name in the file
  bool compile = true;    ///< with the file's compile configuration and optimizer state
  bool safe_mode = true;  ///< Python code in the file is refused in any case: weft cannot run it
};

}  // namespace weft
