// A traced step as data: values in SSA form, ops in program order, reads and commits of variables.
#pragma once
#include <weft/core/op.h>
#include <weft/core/variable.h>

#include <string>
#include <vector>

namespace weft::plan {

enum class Source { op, input, constant, variable };

struct Value {
  TensorSpec spec;
  Source source = Source::op;
  int index = -1;  // of the node, input, constant or variable that it comes from
  std::size_t bytes() const {
    return static_cast<std::size_t>(spec.shape.size()) * spec.dtype.itemsize();
  }
};

struct OpNode {
  const OpDef* op = nullptr;
  Config attrs;
  std::vector<int> inputs, outputs;  // values
  std::string scope;                 // the layers around it: "encoder/dense"
};

/// At the end of the plan `variable` holds `value`.
struct Commit {
  int variable;
  int value;
};

struct OpGraph {
  std::vector<Value> values;
  std::vector<OpNode> nodes;  // in an order that can be run
  std::vector<int> inputs;    // values, in the order of the caller's arguments
  std::vector<Tensor> constants;
  std::vector<Variable> variables;
  std::vector<int>
      reads;  // the value that a variable had at the start, by variable; -1 when it was never read
  std::vector<Commit> commits;
  std::vector<int> outputs;  // values, in the caller's order
  // The first so many nodes depend on unchanged variables and constants alone: they run again only
  // when one of those variables was written.
  int prologue = 0;

  int add_value(TensorSpec spec, Source source, int index);
  /// The last node that uses a value: -1 for none, nodes.size() for values that outlive the nodes
  /// (outputs, commits).
  std::vector<int> last_uses() const;
};

/// Specs of a node's inputs or outputs.
std::vector<TensorSpec> specs_of(const OpGraph& graph, const std::vector<int>& values);

}  // namespace weft::plan
