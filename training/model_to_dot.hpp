// The text that Graphviz draws a model from.
#pragma once
#include <weft/training/plot_model.h>

namespace weft::detail {

/// Keras's model_to_dot: the same boxes, cells, arrows and clusters; boxes are named n0, n1, ...
/// Throws GraphError for a model that is not built yet.
std::string model_to_dot(const ModelLayer& model, const PlotOptions& options);
/// One box: an HTML-like table with the name, the activation and the cells that are asked for.
std::string dot_label(Operation& op, const PlotOptions& options);

}  // namespace weft::detail
