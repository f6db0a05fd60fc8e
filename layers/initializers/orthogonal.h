// initializers::Orthogonal.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

struct OrthogonalOptions {
  double gain = 1.0;
  std::optional<std::int64_t> seed = {};
};

/// `gain` times an orthogonal matrix: the Q of the QR decomposition of a random normal one, with
/// the signs that make R's diagonal positive (Saxe et al., 2014, arXiv:1312.6120). A weight [...,
/// n] is filled as a matrix [product of the others, n]; with more columns than rows the rows are
/// orthogonal, else the columns. Throws ShapeError below rank 2. Identifiers: "orthogonal",
/// "Orthogonal".
struct Orthogonal : Ref<Initializer> {
  explicit Orthogonal(OrthogonalOptions options = {});
};

}  // namespace weft::initializers
