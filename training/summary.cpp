// After keras/src/utils/summary_utils.py (Keras 3.15.1).
#include "training/summary.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <cstdio>

#include "graph/functional/call.hpp"
#include "graph/functional/layer_graph.hpp"
#include "graph/functional/layer_state.hpp"
#include "graph/functional/node.hpp"
#include "graph/functional/summary_table.hpp"
#include "training/model_parts.hpp"
#include "training/model_state.hpp"

namespace weft::detail {
namespace {

// What a layer that was built, but never called in a graph, would return: the layers of subclassed
// models.
std::string shape_from_build(Layer& layer) {
  const std::vector<Shape>& built_for = LayerAccess::state(layer).build_shapes;
  if (built_for.empty()) return "?";
  std::vector<TensorSpec> inputs;
  for (const Shape& shape : built_for) inputs.push_back({shape, layer.compute_dtype()});
  std::vector<Shape> outputs;
  try {
    for (const TensorSpec& spec : compute_output_specs(layer, inputs))
      outputs.push_back(spec.shape);
  } catch (const Error&) {
    return "?";  // as Keras does for a layer that cannot tell
  }
  return outputs.empty() ? "?" : format_output_shapes(outputs);
}

// The outputs of the latest call, else what follows from the shapes that the layer was built for.
std::string output_shape_text(Operation& op) {
  std::shared_ptr<Node> last;
  for (const std::weak_ptr<Node>& slot : OperationAccess::nodes(op)) {
    if (auto node = slot.lock()) last = std::move(node);
  }
  if (last == nullptr) {
    auto* layer = dynamic_cast<Layer*>(&op);
    return layer == nullptr ? "?" : shape_from_build(*layer);
  }
  std::vector<Shape> shapes;
  for (int i = 0; i < last->output_count(); ++i) shapes.push_back(last->output_spec(i).shape);
  return format_output_shapes(shapes);
}

// Where the tensors come from that the operation takes in this model: "dense[0][0], dense_1[0][0]".
std::string connections(const LayerGraph& graph, const Operation& op) {
  std::string out;
  for (const auto& node : graph.nodes_of(op)) {
    for (const Tensor& input : node->inputs()) {
      const History& history = history_of(input);
      out += fmt::format("{}{}[{}][{}]", out.empty() ? "" : ", ", history.node->operation()->name(),
                         history.node->index(), history.tensor_index);
    }
  }
  return out;
}

void add_rows(const std::shared_ptr<Operation>& op, const LayerGraph* graph, bool expand_nested,
              int level, std::vector<SummaryRow>& rows) {
  SummaryRow row;
  row.name = op->name();
  row.class_name = op->class_name();
  row.output_shape = output_shape_text(*op);
  row.level = level;
  row.params = format_params(0);
  const auto layer = std::dynamic_pointer_cast<Layer>(op);
  if (layer != nullptr) {
    row.params = layer->built() ? format_params(layer->count_params()) : format_params(0, false);
    if (!layer->weights().empty()) row.trainable = layer->trainable() ? 'Y' : 'N';
  }
  if (graph != nullptr) row.connected_to = connections(*graph, *op);
  rows.push_back(std::move(row));
  if (!expand_nested || layer == nullptr) return;
  for (const AnyLayer& inner : model_layers(*layer))
    add_rows(inner.base(), graph, expand_nested, level + 1, rows);
}

ParamCount count_of(const std::vector<Variable>& variables) {
  ParamCount out;
  for (const Variable& v : variables) {
    const std::int64_t n = v.shape().size();
    out.count += n;
    out.bytes += n * static_cast<std::int64_t>(v.dtype().itemsize());
  }
  return out;
}

// The optimizer's variables are counted once it has them.
std::optional<ParamCount> optimizer_count(const ModelLayer& model) {
  const ModelState& state = ModelAccess::state(model);
  if (!state.compiled || !state.optimizer || !state.optimizer->built()) return std::nullopt;
  return count_of(state.optimizer->variables());
}

}  // namespace

std::string summary_text(const ModelLayer& model, const SummaryOptions& options,
                         int terminal_columns) {
  SummaryContent content;
  content.model_name = model.name();
  std::vector<std::shared_ptr<Operation>> operations;
  const LayerGraph* graph = nullptr;
  if (is_functional_model(model)) {
    graph = model_graph(model);
    operations = graph->operations();
    content.connected_to = !graph->is_sequential_like();
  } else {
    for (const AnyLayer& layer : model_layers(model)) operations.push_back(layer.base());
  }
  std::vector<std::string> names;
  for (const auto& op : operations) names.push_back(op->name());
  const auto [first, last] = find_layer_range(names, options.layer_range);
  for (std::size_t i = first; i < last; ++i) {
    add_rows(operations[i], content.connected_to ? graph : nullptr, options.expand_nested, 0,
             content.rows);
  }
  content.trainable = count_of(model.trainable_weights());
  content.non_trainable = count_of(model.non_trainable_weights());
  content.optimizer = optimizer_count(model);
  return render_summary(content, options, terminal_columns);
}

void print_summary(const ModelLayer& model, const SummaryOptions& options) {
  const std::string text = summary_text(model, options, terminal_columns());
  if (!options.print_fn) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
    return;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    options.print_fn(std::string_view(text).substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
}

}  // namespace weft::detail
