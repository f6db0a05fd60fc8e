// Drawing a model as a graph of boxes.
#pragma once
#include <weft/training/model.h>

namespace weft {

/// In Keras's order.
struct PlotOptions {
  bool show_shapes = false;             ///< cells with the shapes of inputs and outputs
  bool show_dtype = false;              ///< a cell with the outputs' dtype
  bool show_layer_names = false;        ///< "dense (Dense)" instead of "Dense"
  std::string rankdir = "TB";           ///< "TB" from top to bottom, "LR" from left to right
  bool expand_nested = false;           ///< nested models as dashed clusters of their layers
  int dpi = 200;                        ///< of a picture made of pixels
  bool show_layer_activations = false;  ///< a cell with the activation, for layers that have one
  bool show_trainable = false;          ///< a green or red cell, for layers with weights
  std::string splines =
      "ortho";  ///< how arrows run: "ortho", "curved", "polyline", "spline", "line"
};

/// Writes a picture of the model; the extension says which: .png, .svg, .pdf or another format of
/// Graphviz, whose program `dot` draws it, or .dot, Graphviz's own text, for which nothing has to
/// be installed. The file is there whole or not at all. Throws GraphError for a model that is not
/// built yet, Error when `dot` is missing or fails, FileError when the file cannot be written.
void plot_model(const Model& model, const std::string& file = "model.png",
                PlotOptions options = {});

}  // namespace weft
