// Crossentropy of logits by rows: loss, gradient and whether the label wins, in one go over a row.
#pragma once
#include "backends/cpu/isa.hpp"

namespace weft::cpu {

struct CrossentropyRows {
  long rows, classes;
  const float* logits;  ///< [rows, classes]
  const int* labels;    ///< [rows], each in [0, classes)
  const float* dloss;   ///< [rows]; null without a gradient
  float* loss;          ///< [rows]; null: not wanted, as the next two
  float* grad;          ///< [rows, classes]
  float* matches;       ///< [rows]: 1 where the label is the first largest logit (or first NaN)
};

struct CrossentropyLoops {
  void (*run)(const CrossentropyRows& rows);
};

namespace v2 {
extern const CrossentropyLoops crossentropy_loops;
}
namespace v3 {
extern const CrossentropyLoops crossentropy_loops;
}
namespace v4 {
extern const CrossentropyLoops crossentropy_loops;
}

inline const CrossentropyLoops& crossentropy_loops() {
  return choose(v2::crossentropy_loops, v3::crossentropy_loops, v4::crossentropy_loops);
}

}  // namespace weft::cpu
