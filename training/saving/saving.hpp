// Writing models.
#pragma once
#include <weft/training/saving/saving.h>

namespace weft::detail {

/// Atomically. Throws FileError.
void save_model(const ModelLayer& model, const std::string& path, const SaveOptions& options);

}  // namespace weft::detail
