// The box of a layer, after make_layer_label in keras/src/utils/model_visualization.py
// (Keras 3.15.1).
#include <fmt/core.h>
#include <weft/core/error.h>

#include <functional>

#include "core/config_access.hpp"
#include "graph/functional/layer_graph.hpp"
#include "graph/functional/node.hpp"
#include "training/model_parts.hpp"
#include "training/model_to_dot.hpp"

namespace weft::detail {
namespace {

// Keras writes names as they are; a name with one of these would be no label for Graphviz.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// Python's text of a list of texts, or of a dict without its braces.
std::string structure_text(const Tensors& tensors,
                           const std::function<std::string(const Tensor&)>& one, bool quoted) {
  if (tensors.is_single()) return one(tensors.flat()[0]);
  const std::string quote = quoted ? "'" : "";
  std::string out;
  const std::vector<std::string> keys = tensors.keys();
  for (int i = 0; i < tensors.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (i != 0) out += ", ";
    out += tensors.is_dict() ? keys[at] + ": " + one(tensors[keys[at]])
                             : quote + one(tensors[i]) + quote;
  }
  return tensors.is_dict() ? out : "[" + out + "]";
}

struct Ends {
  Tensors inputs, outputs;
};

// What goes in and out: of a functional model as it was made, of another operation in its first
// call.
std::optional<Ends> ends_of(const Operation& op) {
  if (const auto* layer = dynamic_cast<const Layer*>(&op);
      layer != nullptr && is_functional_model(*layer)) {
    return Ends{model_graph(*layer)->inputs(), model_graph(*layer)->outputs()};
  }
  const auto& slots = OperationAccess::nodes(op);
  const auto node = slots.empty() ? nullptr : slots.front().lock();
  if (node == nullptr) return std::nullopt;
  std::vector<Tensor> outputs;
  for (int i = 0; i < node->output_count(); ++i) outputs.push_back(node->output(i));
  const auto packed = [](const std::vector<Tensor>& list) {
    return list.size() == 1 ? Tensors(list[0]) : Tensors(list);
  };
  return Ends{packed(node->inputs()), packed(outputs)};
}

std::string shapes_text(const Tensors& tensors) {
  return structure_text(
      tensors, [](const Tensor& t) { return t.shape().to_string(); }, false);
}

std::string white_cell(const std::string& what, const std::string& value) {
  return "<td bgcolor=\"white\"><font point-size=\"14\">" + what + ": <b>" + escaped(value) +
         "</b></font></td>";
}

// The activation's name in the files; none for a layer that has no activation.
std::optional<std::string> activation_of(const Operation& op) {
  if (dynamic_cast<const Layer*>(&op) == nullptr) return std::nullopt;
  try {
    const Config config = op.get_config();
    const ConfigValue* activation = find(config, "activation");
    if (activation == nullptr || activation->is_null()) return std::nullopt;
    if (kind(*activation) == ConfigKind::string) return activation->get<std::string>();
    if (kind(*activation) == ConfigKind::dict)
      return activation->get<Config>().get<std::string>("config");
  } catch (const Error&) {
    // A layer of one's own that cannot say how it was made can still be drawn.
  }
  return std::nullopt;
}

std::string cells_of(Operation& op, const std::string& class_name, const PlotOptions& options) {
  const std::optional<Ends> ends = ends_of(op);
  std::string cells;
  if (options.show_shapes) {
    if (class_name != "InputLayer")
      cells += white_cell("Input shape", ends ? shapes_text(ends->inputs) : "?");
    cells += white_cell("Output shape", ends ? shapes_text(ends->outputs) : "?");
  }
  if (options.show_dtype) {
    cells += white_cell(
        "Output dtype",
        !ends ? "?"
              : structure_text(
                    ends->outputs, [](const Tensor& t) { return std::string(t.dtype().name()); },
                    true));
  }
  const auto* layer = dynamic_cast<const Layer*>(&op);
  if (options.show_trainable && layer != nullptr && !layer->weights().empty()) {
    cells += fmt::format(
        "<td bgcolor=\"{}\"><font point-size=\"14\" color=\"white\"><b>{}</b></font></td>",
        layer->trainable() ? "forestgreen" : "firebrick",
        layer->trainable() ? "Trainable" : "Non-trainable");
  }
  return cells;
}

}  // namespace

std::string dot_label(Operation& op, const PlotOptions& options) {
  const std::string class_name = op.class_name();
  const int columns = std::max(1, (options.show_dtype ? 1 : 0) + (options.show_trainable ? 1 : 0) +
                                      (options.show_shapes ? 2 : 0));
  std::string out = "<<table border=\"0\" cellborder=\"1\" bgcolor=\"black\" cellpadding=\"10\">";
  out += fmt::format(
      "<tr><td colspan=\"{}\" bgcolor=\"black\"><font point-size=\"16\" color=\"white\">", columns);
  out += options.show_layer_names
             ? "<b>" + escaped(op.name()) + "</b> (" + escaped(class_name) + ")"
             : "<b>" + escaped(class_name) + "</b>";
  out += "</font></td></tr>";
  if (options.show_layer_activations) {
    if (const auto activation = activation_of(op)) {
      out += fmt::format(
          "<tr><td bgcolor=\"white\" colspan=\"{}\"><font point-size=\"14\">Activation: "
          "<b>{}</b></font></td></tr>",
          columns, escaped(*activation));
    }
  }
  const std::string cells = cells_of(op, class_name, options);
  if (!cells.empty()) out += "<tr>" + cells + "</tr>";
  return out + "</table>>";
}

}  // namespace weft::detail
