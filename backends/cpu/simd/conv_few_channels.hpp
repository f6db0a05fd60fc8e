// The loops of the gradient of x where x has few channels, compiled for each instruction set.
#pragma once
#include "backends/cpu/isa.hpp"

namespace weft::cpu {

/// The gradient of one image, with strides 1. x `[in_rows, in_columns, channels]`, g `[rows,
/// columns, filters]`: element (r, c) of x is reached from position (r + before - k * dilation,
/// ...) by element k of the window.
struct FewChannelsInput {
  long in_rows, in_columns, channels;
  long rows, columns, filters;
  long window_rows, window_columns;
  long row_dilation, column_dilation, row_before, column_before;
};

struct FewChannelsLoops {
  long lanes;  ///< floats in a vector
  /// dx of g and the weights [window_rows * window_columns, channels, filters], of 1 to 4 channels;
  /// filters: a multiple of `lanes`.
  void (*input_grad)(const FewChannelsInput& s, const float* g, const float* weights, float* dx);
};

namespace v2 {
extern const FewChannelsLoops few_channels_loops;
}
namespace v3 {
extern const FewChannelsLoops few_channels_loops;
}
namespace v4 {
extern const FewChannelsLoops few_channels_loops;
}

inline const FewChannelsLoops& few_channels_loops() {
  return choose(v2::few_channels_loops, v3::few_channels_loops, v4::few_channels_loops);
}

}  // namespace weft::cpu
