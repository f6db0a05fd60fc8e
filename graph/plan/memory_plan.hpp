// Where every value of a plan lives: decided before the first step, as pure host data.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "graph/plan/arena_layout.hpp"
#include "graph/plan/op_graph.hpp"

namespace weft::plan {

// cache: what the prologue leaves for the runs that follow; each context has its own.
enum class Place { arena, input, constant, variable, output, cache };

struct Location {
  Place place = Place::arena;
  int index = -1;          // which input, constant, variable or output; of the arena: which buffer
  std::size_t offset = 0;  // of the arena or the cache: bytes from its start
};

/// A copy of a whole value after the last node.
struct Copy {
  Location from, to;
  std::size_t bytes;
};

struct MemoryPlan {
  std::vector<Location> values;      // by value
  std::vector<Location> workspaces;  // by node; place arena, index -1 when the node needs none
  std::vector<Buffer> buffers;       // what the arena is made of
  std::vector<Copy> staging;         // first: old values of variables that a copy below overwrites
  std::vector<Copy> copies;  // then: outputs and commits that could not be computed in place
  std::vector<int> written;  // variables that change
  std::size_t arena_bytes = 0, cache_bytes = 0;
};

/// What a node's kernel asks for.
struct NodeNeeds {
  std::size_t workspace_bytes = 0;
  std::size_t last_output_bytes = 0;  ///< where its spec says less
  /// False: a step that is refused on the device is not known to this kernel, so it must not write
  /// variables where one can be.
  bool may_write_variables = true;
};

/// `needs` by node. A node's output takes the memory of an input that dies there when the
/// op is pointwise, each such input's by one output; a view is its input's memory; a committed
/// value is computed right into the variable when the old value is dead by then and no kernel can
/// refuse the data any more.
MemoryPlan plan_memory(const OpGraph& graph, const std::vector<NodeNeeds>& needs, bool in_place);

}  // namespace weft::plan
