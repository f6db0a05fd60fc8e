// The loops of convolutions with few channels, compiled for each instruction set.
#pragma once
#include "backends/cpu/isa.hpp"

namespace weft::cpu {

/// One image and its result. Everything is counted in floats.
struct FewChannels {
  long rows, columns;     ///< positions
  long window_rows, run;  ///< of the window: rows, and floats of a row, which follow each other
  long x_down, x_step;    ///< in x, from a position to the one below, to the next
  long x_window_row;      ///< in x, from a row of the window to the next
  long filters;           ///< a multiple of `lanes`
};

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
  /// y [rows, columns, filters] = windows of x * weights [window_rows * run, filters] + bias (may
  /// be null), with relu.
  void (*forward)(const FewChannels& s, const float* x, const float* weights, const float* bias,
                  bool relu, float* y);
  /// Adds the image's part to the weights' gradient [window_rows * run, filters].
  void (*kernel_grad)(const FewChannels& s, const float* x, const float* g, float* weights);
  /// dx of g and the weights [window_rows * window_columns, channels, filters], of 1 to 4 channels.
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
