// Which target, weight, loss and metric belongs to which output of a model.
#pragma once
#include <weft/core/structures.h>

#include <string>
#include <vector>

namespace weft::detail {

/// A model's outputs in flat order: a list in its order, a dict in sorted key order.
struct Outputs {
  std::vector<Tensor> tensors;
  std::vector<std::string>
      names;  ///< keys of a dict; else the given output names, or empty texts when there are none
  bool single = false, dict = false;

  int count() const { return static_cast<int>(tensors.size()); }
  /// -1 when there is none of this name.
  int find(const std::string& name) const;
};
Outputs outputs_of(const Tensors& y_pred, const std::vector<std::string>& output_names);

/// The parts of `given` (y_true or sample weights) per output, null where there is none: of a dict
/// by name, of a list by place. A list or a single tensor of fewer parts than outputs goes to the
/// outputs that are `needed`, in order. Throws GraphError, with both structures, when the parts
/// cannot be told apart.
std::vector<Tensor> match_outputs(const char* what, const Tensors& given, const Outputs& outputs,
                                  const std::vector<bool>& needed);

/// {'a': '*', 'b': '*'}, ['*', '*'] or '*'.
std::string structure_text(const Tensors& t);

}  // namespace weft::detail
