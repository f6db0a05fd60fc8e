// After model_to_dot in keras/src/utils/model_visualization.py (Keras 3.15.1).
#include "training/model_to_dot.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <map>
#include <set>

#include "graph/functional/layer_graph.hpp"
#include "graph/functional/node.hpp"
#include "training/model_parts.hpp"

namespace weft::detail {
namespace {

// A text in Graphviz's double quotes.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

using OperationPtr = std::shared_ptr<Operation>;

const Layer* nested_model(const Operation& op) {
  const auto* layer = dynamic_cast<const Layer*>(&op);
  return layer != nullptr && (is_functional_model(*layer) || is_sequential_model(*layer)) ? layer
                                                                                          : nullptr;
}

class DotWriter {
 public:
  explicit DotWriter(const PlotOptions& options) : options_(options) {}

  std::string write(ModelLayer& model) {
    text_ = fmt::format(
        "digraph G {{\n  rankdir={};\n  concentrate=true;\n  dpi={};\n  splines={};\n  node "
        "[shape=record];\n",
        quoted(options_.rankdir), options_.dpi, quoted(options_.splines));
    draw(model, 1);
    return text_ + "}\n";
  }

 private:
  void line(int level, const std::string& content) {
    text_.append(static_cast<std::size_t>(level) * 2, ' ');
    text_ += content + "\n";
  }

  std::string id_of(const Operation& op) {
    return fmt::format("n{}", ids_.try_emplace(&op, static_cast<int>(ids_.size())).first->second);
  }

  void box(Operation& op, int level) {
    line(level, fmt::format("{} [border=0, fontname=Helvetica, margin=0, label={}];", id_of(op),
                            dot_label(op, options_)));
  }

  void arrow(const Operation& from, const Operation& to, int level) {
    if (arrows_.insert({&from, &to}).second)
      line(level, fmt::format("{} -> {} [penwidth=2];", id_of(from), id_of(to)));
  }

  void cluster(Layer& model, int level) {
    line(level, fmt::format("subgraph {} {{", quoted("cluster_" + model.name())));
    line(level + 1, "style=dashed;");
    line(level + 1, fmt::format("label={};", quoted(model.name())));
    line(level + 1, "labeljust=l;");
    draw(model, level + 1);
    line(level, "}");
  }

  void draw(Layer& model, int level) {
    if (nested_model(model) == nullptr) return box(model, level);  // a subclassed model is one box
    const LayerGraph& graph = *model_graph(model);
    std::vector<OperationPtr> operations;
    if (is_functional_model(model)) {
      operations = graph.operations();
    } else {
      for (const AnyLayer& layer : model_layers(model)) operations.push_back(layer.base());
    }
    for (const OperationPtr& op : operations) {
      if (options_.expand_nested && nested_model(*op) != nullptr) {
        cluster(static_cast<Layer&>(*op), level);
      } else {
        box(*op, level);
      }
    }
    if (is_sequential_model(model) && !options_.expand_nested) {
      for (std::size_t i = 1; i < operations.size(); ++i)
        arrow(*operations[i - 1], *operations[i], level);
      return;
    }
    // What feeds a Sequential's first layer is its InputLayer, which is not drawn.
    const std::size_t first = is_sequential_model(model) ? 1 : 0;
    for (std::size_t i = first; i < operations.size(); ++i)
      arrows_into(graph, operations[i], level);
  }

  void arrows_into(const LayerGraph& graph, const OperationPtr& op, int level) {
    for (const auto& node : graph.nodes_of(*op)) {
      for (std::size_t i = 0; i < node->inputs().size(); ++i) {
        const History& history = history_of(node->inputs()[i]);
        const OperationPtr from = history.node->operation();
        if (!options_.expand_nested) {
          arrow(*from, *op, level);
        } else {
          arrow(*source_of(from, history.tensor_index), *destination_of(op, i), level);
        }
      }
    }
  }

  // The layer within nested models that makes output `index` of `op`.
  static OperationPtr source_of(OperationPtr op, int index) {
    while (const Layer* model = nested_model(*op)) {
      const History& history =
          history_of(model_graph(*model)->flat_outputs().at(static_cast<std::size_t>(index)));
      op = history.node->operation();
      index = history.tensor_index;
    }
    return op;
  }

  // The box within nested models that takes input `index`: a functional model's InputLayer, a
  // Sequential's first layer.
  static OperationPtr destination_of(OperationPtr op, std::size_t index) {
    while (const Layer* model = nested_model(*op)) {
      if (is_functional_model(*model))
        return history_of(model_graph(*model)->flat_inputs().at(index)).node->operation();
      op = model_layers(*model).at(0).base();
    }
    return op;
  }

  const PlotOptions& options_;
  std::string text_;
  std::map<const Operation*, int> ids_;
  std::set<std::pair<const Operation*, const Operation*>> arrows_;
};

}  // namespace

std::string model_to_dot(const ModelLayer& model, const PlotOptions& options) {
  if (!model.built()) {
    throw GraphError("Model '" + model.name() +
                     "': this model has not yet been built. Build the model first by giving it an "
                     "Input or by calling the model on a "
                     "batch of data.");
  }
  return DotWriter(options).write(
      const_cast<ModelLayer&>(model));  // outputs of nodes are made anew; nothing is changed
}

}  // namespace weft::detail
