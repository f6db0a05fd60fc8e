// What a plan computes in products and convolutions, and where its time goes.
#pragma once
#include <string>
#include <vector>

#include "graph/executor/profiler.hpp"
#include "graph/plan/plan.hpp"

namespace weft::bench {

/// Multiplications and additions of the plan's products, convolutions, recurrences and attentions.
double floating_point_operations(const plan::OpGraph& graph);

/// A kind of kernel with its part of one run.
struct Share {
  const char* kind;
  double ms;
};
/// Time per run by kind: "convolution", "products", "recurrence", "attention", "optimizer" and
/// "other" (pointwise ops, pooling, normalisation, losses).
std::vector<Share> time_by_kind(const plan::OpGraph& graph, const executor::Profiler& profiler);

}  // namespace weft::bench
