// Rewrites of an op graph. Each keeps every output and commit the same to the bit.
#pragma once
#include "graph/plan/op_graph.hpp"

namespace weft::plan {

struct PassOptions {
  bool constants = true;
  bool common_subexpressions = true;
  bool dead_code = true;
  bool in_place = true;  // read by the memory plan
};

/// Computes nodes whose inputs are all constants (results up to `max_bytes`), never random draws.
void fold_constants(OpGraph& graph, std::size_t max_bytes = 1 << 16);
/// Merges equal calls on equal values; never random draws. Reads of state are values, so state is
/// safe by construction.
void merge_common_subexpressions(OpGraph& graph);
/// Removes nodes that no output and no commit needs, and values, constants and reads that are left
/// over.
void remove_dead_code(OpGraph& graph);

void run_passes(OpGraph& graph, const PassOptions& options);

}  // namespace weft::plan
