// The loops of convolutions that read an image where it is, compiled for each instruction set.
#pragma once
#include "backends/cpu/isa.hpp"

namespace weft::cpu {

/// One image and its result. Everything is counted in floats.
struct DirectConv {
  long rows, columns;     ///< positions
  long window_rows, run;  ///< of the window: rows, and floats of a row, which follow each other
  long x_down, x_step;    ///< in x, from a position to the one below, to the next
  long x_window_row;      ///< in x, from a row of the window to the next
  long filters;           ///< a multiple of `lanes`

  long elements() const { return window_rows * run; }
};

struct DirectConvLoops {
  long lanes;  ///< floats in a vector
  /// Weights [elements, filters] in strips of filters, as `forward` wants them; of the same size.
  void (*pack)(const float* weights, long elements, long filters, float* packed);
  /// Weights [taps, channels, filters] as the packed weights of the convolution that computes the
  /// gradient of x: the window turned around, `channels` filters.
  void (*pack_turned)(const float* weights, long taps, long channels, long filters, float* packed);
  /// y [rows, columns, filters] = windows of x * weights + bias (may be null), with relu.
  void (*forward)(const DirectConv& s, const float* x, const float* packed, const float* bias,
                  bool relu, float* y);
  /// Adds the image's part to the weights' gradient [elements, filters].
  void (*kernel_grad)(const DirectConv& s, const float* x, const float* g, float* weights);
};

namespace v2 {
extern const DirectConvLoops direct_conv_loops;
}
namespace v3 {
extern const DirectConvLoops direct_conv_loops;
}
namespace v4 {
extern const DirectConvLoops direct_conv_loops;
}

inline const DirectConvLoops& direct_conv_loops() {
  return choose(v2::direct_conv_loops, v3::direct_conv_loops, v4::direct_conv_loops);
}

}  // namespace weft::cpu
