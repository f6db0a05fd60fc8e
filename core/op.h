// What an op is: one definition for eager calls, for the tape and for plans. An op of one's own is
// registered the same way (docs/adding-an-op.md).
#pragma once
#include <weft/core/config.h>
#include <weft/core/tensor.h>

namespace weft {

/// What is known of a value before it is computed. While a graph of layers is built, dimensions may
/// be None.
struct TensorSpec {
  Shape shape;
  DType dtype;
};

/// How the dtypes of an op's inputs are made alike before `infer` sees them.
enum class Promotion {
  none,            ///< each input keeps its dtype
  common,          ///< all are cast to their common type (weak scalars follow the others)
  common_floating  ///< the same, and integers become floatx
};

/// What the library may do with an op. All off: its inputs are left alone and each call is
/// computed.
struct OpTraits {
  Promotion promotion = Promotion::none;
  /// Kernels read element i of an input before they write element i of the output that is made of
  /// it, and no other element of the input is needed for that: the output may be the input's memory
  /// where both have one shape.
  bool in_place = false;
  /// In place, and all outputs are functions of the inputs' elements i, which the kernels broadcast
  /// against each other by NumPy's rules: a plan hands them an input as it was before a
  /// broadcast_to.
  bool pointwise = false;
  bool view = false;    ///< output 0 is the memory of input 0 under another shape
  bool impure = false;  ///< two equal calls are never merged into one (random draws)
  /// Kernels throw when the numbers in the inputs are bad (an index out of range). A plan commits
  /// no variable before the last of them has passed: a step that is refused changes nothing.
  bool refuses_data = false;
  /// It refuses no indices that the op of this name has let pass before: a gradient's forward op.
  std::string checked_by = {};
  /// How many of the last outputs are made only where something uses them: a plan's node, and a
  /// functional one, may lack them; a kernel's request then has fewer outputs.
  int optional_outputs = 0;

  bool runs_in_place() const { return in_place || pointwise; }
};

/// What a gradient is made of. `grads[i]` is the gradient of output i, null where none flows.
struct GradArgs {
  const std::vector<Tensor>& inputs;
  const std::vector<Tensor>& outputs;
  const std::vector<Tensor>& grads;
  const Config& attrs;
  const std::vector<bool>& wanted;  ///< which inputs need a gradient
};

/// An op: its name, what it makes of shapes and dtypes, its gradient. Kernels are added apart from
/// it, to a backend's table.
struct OpDef {
  std::string name;  ///< "matmul"; unique
  /// Specs of the outputs. Checks ranks, sizes and dtypes, and throws ShapeError or DtypeError
  /// naming the op; passes None on.
  std::vector<TensorSpec> (*infer)(const std::vector<TensorSpec>& inputs,
                                   const Config& attrs) = nullptr;
  /// One gradient per input (null where none flows or none is wanted), written with ops. Null: no
  /// gradient flows through.
  std::vector<Tensor> (*grad)(const GradArgs&) = nullptr;
  /// Of an op that is made of others: it is one node of a graph of layers, and is never computed or
  /// recorded itself. Null for an op with kernels.
  std::vector<Tensor> (*lower)(const std::vector<Tensor>& inputs, const Config& attrs) = nullptr;
  OpTraits traits = {};
  /// How Keras's files name the op when it is a node of a functional graph: class, and module
  /// behind "keras.src.ops.".
  std::string keras_class = {};
  std::string keras_module = "numpy";
};

/// Adds an op; throws GraphError when the name is taken. Returns true, so that a namespace-scope
/// constant can call it.
bool register_op(OpDef op);
/// By name; throws GraphError when there is none. The reference stays valid.
const OpDef& find_op(std::string_view name);

/// Applies an op: computes it (concrete inputs), records it (traced inputs, or any while tracing)
/// or adds a node to the graph of layers (functional inputs). Attributes are a Config: one
/// representation for dumps, equality and files.
std::vector<Tensor> apply(const OpDef& op, const std::vector<Tensor>& inputs,
                          const Config& attrs = {});
/// The same for an op with one output.
Tensor apply_one(std::string_view op, const std::vector<Tensor>& inputs, const Config& attrs = {});

namespace ops {
/// A gradient for ops whose second derivative is not offered: throws GraphError with `op`'s name.
[[noreturn]] void no_second_order(std::string_view op);
/// NumPy's broadcasting of two shapes, None allowed; throws ShapeError naming `op`.
Shape broadcast_shapes(std::string_view op, const Shape& a, const Shape& b);
/// Sums `x` down to `shape`: the reverse of broadcasting, what a pointwise op's gradient needs.
Tensor sum_to(const Tensor& x, const Shape& shape);
/// An axis counted from the front; throws ShapeError naming `op` when it is out of range.
int normalize_axis(std::string_view op, std::int64_t axis, int rank);
}  // namespace ops

}  // namespace weft
