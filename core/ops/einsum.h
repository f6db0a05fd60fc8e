// Einstein's summation.
#pragma once
#include <weft/core/op.h>
#include <weft/core/structures.h>

namespace weft::ops {

/// Sums of products over named axes, as NumPy's einsum: `einsum("abc,cd->abd", {x, w})`. Each
/// operand has a letter per axis; letters that the output lacks are summed over. `...` stands for
/// the axes that are not named, which broadcast. Without `->` the output has the letters that occur
/// once, sorted. A letter twice in one operand takes the diagonal. It is computed by products of
/// matrices, with as few transpositions as the letters allow. Throws ShapeError when an operand has
/// another rank than letters, or a letter two sizes; Error for an equation that cannot be read.
Tensor einsum(std::string_view subscripts, const Tensors& operands);

}  // namespace weft::ops
