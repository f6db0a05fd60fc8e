// model.weights.h5: the values of all variables, at Keras's paths.
#pragma once
#include <weft/training/model_layer.h>

#include "io/hdf5.hpp"

namespace weft::detail {

/// Every variable of a model (and, where asked for, of its optimizer) and where a file keeps it.
struct StoredVariables {
  std::string group;  // "layers/dense/vars"; datasets in it are numbered
  std::string owner;  // name of the layer or optimizer, the group's attribute
  std::string class_name;
  std::vector<Variable> variables;
  bool optional = false;  // files of Keras do not have it (states of seed generators)
};

/// The groups of a model in Keras's layout: `layers/<class>_<k>/...` of graphs and stacks,
/// attributes of subclassed ones. A layer that is reached twice is stored where it is met first.
std::vector<StoredVariables> stored_variables(const ModelLayer& model);
/// `optimizer/vars`; no group when the model has no optimizer, or one that is not built.
std::optional<StoredVariables> stored_optimizer(const ModelLayer& model);

io::Hdf5File write_weights(const ModelLayer& model, bool include_optimizer);
/// Checks every group, count, dtype and shape before the first variable changes. Throws FileError
/// naming `file`, the layer, what was expected and what is there. The optimizer's part is read when
/// `optimizer` is given.
void read_weights(const io::Hdf5File& from, const std::string& file, ModelLayer& model,
                  bool include_optimizer);

}  // namespace weft::detail
