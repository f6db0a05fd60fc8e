// Data made from the shapes of a model's inputs and outputs, for profiles and reports.
#pragma once
#include <weft/training/model.h>

namespace weft::detail {

struct MadeUpData {
  Tensors x, y;
};

/// Uniform numbers for inputs (an unknown length counts as 128), and targets that fit the compiled
/// losses: class numbers for sparse crossentropies, zeros of the outputs' shapes for others. Throws
/// GraphError when the model's inputs are not known.
MadeUpData made_up_data(const Model& model, int batch_size, bool with_targets);
/// The same without memory, for what reads shapes and dtypes alone.
MadeUpData made_up_shapes(const Model& model, int batch_size, bool with_targets);

}  // namespace weft::detail
