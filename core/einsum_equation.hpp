// An equation of einsum with the axes of its operands: letters, and numbers below 32 for the axes
// that `...` stands for.
#pragma once
#include <weft/core/op.h>

#include <string>
#include <vector>

namespace weft::ops {

struct EinsumEquation {
  std::vector<std::string> operands;  ///< a label per axis
  std::string output;
};

/// Reads `subscripts` for operands of these shapes. Throws as ops::einsum does.
EinsumEquation read_einsum(std::string_view subscripts, const std::vector<Shape>& shapes);
/// The size of a label: the first that is known and not 1 of a broadcast axis.
Dim size_of_label(const EinsumEquation& equation, const std::vector<Shape>& shapes, char label);
inline bool is_ellipsis_label(char label) { return label < ' '; }

}  // namespace weft::ops
