// Rewrites of an op graph. Each keeps every output and commit the same to the bit, but
// bfloat16_products, which is asked for by set_float32_matmul_precision("medium").
// WEFT_PASSES_OFF=epilogues,pointwise_groups (or all) leaves some out, for debugging and for
// measuring what each is worth.
#pragma once
#include <string_view>
#include <vector>

#include "graph/plan/op_graph.hpp"

namespace weft {
class Backend;
}

namespace weft::plan {

struct PassOptions {
  bool constants = true;
  bool common_subexpressions = true;
  bool dead_code = true;
  bool simplify = true;
  bool bfloat16_products = true;  // where the precision is "medium"
  bool epilogues = true;
  bool crossentropy = true;
  bool pointwise_groups = true;
  bool prologue = true;
  bool in_place = true;  // read by the memory plan
};

/// A switch by its name in WEFT_PASSES_OFF.
struct PassSwitch {
  const char* name;
  bool PassOptions::*on;
};
const std::vector<PassSwitch>& pass_switches();
/// Turns off the passes of a list of names with commas between them; "all" are all. Throws Error
/// for other names.
PassOptions without(PassOptions options, std::string_view names);
/// The options less what WEFT_PASSES_OFF names.
PassOptions with_environment(const PassOptions& options);

/// Computes nodes whose inputs are all constants (results up to `max_bytes`) on the backend, never
/// random draws.
void fold_constants(OpGraph& graph, Backend& backend, std::size_t max_bytes = 1 << 16);
/// Merges equal calls on equal values; never random draws. Reads of state are values, so state is
/// safe by construction.
void merge_common_subexpressions(OpGraph& graph);
/// Removes nodes that no output and no commit needs, and values, constants and reads that are left
/// over.
void remove_dead_code(OpGraph& graph);
/// Removes chains of casts and reshapes, products by one and broadcasts that a pointwise op does by
/// itself, and folds transposes into matmul.
void simplify(OpGraph& graph);
/// Products of float32 become products of operands cast to bfloat16, with float32 sums and results,
/// but for those of which the backend makes only the float32 one by a library: on CUDA
/// convolutions, which then are of TF32.
void make_bfloat16_products(OpGraph& graph, Backend& backend);
/// Whether there is a product that it would change.
bool has_float32_products(const OpGraph& graph);
/// matmul and conv take a bias and relu, sigmoid or tanh that follow and that nobody else needs.
void fuse_epilogues(OpGraph& graph);
/// sparse_softmax_crossentropy, its gradient and argmax == label become crossentropy_step.
void fuse_crossentropy(OpGraph& graph);
/// Pointwise ops of one shape that hand values to each other become pointwise_group.
void group_pointwise(OpGraph& graph);
/// Moves what depends on unchanged variables and constants alone to the front: graph.prologue.
void find_prologue(OpGraph& graph);
/// By node: whether it could be there.
std::vector<bool> prologue_candidates(const OpGraph& graph);

/// All passes that are on; of those that make fused ops, the ones for which the backend has
/// kernels.
void run_passes(OpGraph& graph, const PassOptions& options, Backend& backend);

}  // namespace weft::plan
