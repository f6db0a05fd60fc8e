// Data archives (.npz): members x, y and sample_weight, by the names of a model's inputs and
// outputs.
#pragma once
#include <weft/training/model.h>

#include <string>
#include <vector>

namespace weft::tool {

/// Names as archives use them: an input's is its InputLayer's, an output's its key in a dict of
/// outputs, else the name of the layer or op that makes it, a repeated one with _1, _2, ... In
/// flattened order (dicts by sorted key).
std::vector<std::string> input_names(const Model& model);
std::vector<std::string> output_names(const Model& model);

struct Data {
  Tensors x, y, sample_weight;  ///< in the structures of the model's inputs and outputs; empty
                                ///< where not asked for or not there
};

enum class Need { inputs, targets };

/// Reads what a command needs and checks it against the model: names, ranks, sizes, numbers of
/// samples. Throws FileError naming the file and the array.
Data read_data(const std::string& path, const Model& model, Need need);

}  // namespace weft::tool
