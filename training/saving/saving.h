// Opening saved models.
#pragma once
#include <weft/training/model.h>

namespace weft {

/// Opens a .keras file that weft or Keras wrote: architecture, weights, compile configuration and
/// optimizer state, so that it predicts, evaluates and goes on training as the model that was
/// saved. Throws FileError naming the file when it is missing, damaged or of another kind, Error
/// when it needs a class that nobody has.
Model load_model(const std::string& path, LoadOptions options = {});

}  // namespace weft
