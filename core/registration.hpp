// Ops, kernels, layers and the rest make themselves known through generated code
// (cmake/WeftRegistration.cmake).
#pragma once

namespace weft::detail {

/// Runs the generated registration once, on first need: static initialisation order does not
/// matter.
void ensure_registered();

}  // namespace weft::detail
