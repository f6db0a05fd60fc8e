#include "tools/weft/archive.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/names.hpp"
#include "graph/functional/layer_graph.hpp"
#include "io/npy_format.hpp"
#include "training/model_parts.hpp"

namespace weft::tool {
namespace {

const detail::LayerGraph* graph_of(const Model& model) {
  return detail::model_graph(*model.base());
}

// A repeated name gets _1, _2, ...
std::vector<std::string> distinct(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  std::set<std::string> used;
  for (const std::string& name : names) {
    std::string one = name;
    for (int k = 1; !used.insert(one).second; ++k) one = name + "_" + std::to_string(k);
    out.push_back(one);
  }
  return out;
}

class Archive {
 public:
  explicit Archive(const std::string& path) : path_(path), reader_(path) {}

  bool has(const std::string& name) const { return reader_.contains(name); }

  // The parts of `prefix` among the members: "x/a" gives "a".
  std::vector<std::string> parts(const std::string& prefix) const {
    std::vector<std::string> out;
    for (const std::string& name : reader_.names()) {
      if (name.rfind(prefix + "/", 0) == 0) out.push_back(name.substr(prefix.size() + 1));
    }
    return out;
  }

  Tensor read(const std::string& name) {
    const Tensor value = io::to_tensor(reader_.read(name));
    if (value.shape().rank() == 0) {
      fail(fmt::format(
          "array '{}' has no sample axis. Expected: axis 0 counts samples. Received: a scalar",
          name));
    }
    const std::int64_t n = value.shape()[0];
    if (first_.empty()) {
      first_ = name;
      samples_ = n;
    } else if (n != samples_) {
      fail(
          fmt::format("arrays '{}' and '{}' have different numbers of samples. Expected: the same. "
                      "Received: {} and {}",
                      first_, name, samples_, n));
    }
    return value;
  }

  // The members of x or y, in the order of `names`; null where there is none.
  std::vector<Tensor> read_named(const std::string& prefix, const std::vector<std::string>& names,
                                 const char* what) {
    const std::vector<std::string> given = parts(prefix);
    for (const std::string& part : given) {
      if (std::find(names.begin(), names.end(), part) == names.end()) {
        fail(fmt::format("the model has no {} '{}'. Expected: {}. Received: '{}/{}'", what, part,
                         detail::quoted(names), prefix, part));
      }
    }
    if (has(prefix) && !given.empty()) {
      fail(fmt::format("both '{}' and '{}/{}' are there. Expected: '{}' alone, or one array per {}",
                       prefix, prefix, given[0], prefix, what));
    }
    std::vector<Tensor> out(names.size());
    if (has(prefix) && names.size() == 1) out[0] = read(prefix);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (std::find(given.begin(), given.end(), names[i]) != given.end())
        out[i] = read(prefix + "/" + names[i]);
    }
    return out;
  }

  void require_all(const std::vector<Tensor>& arrays, const std::string& prefix,
                   const std::vector<std::string>& names, const char* what) {
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      if (arrays[i]) continue;
      const std::string wanted = names.size() == 1
                                     ? fmt::format("'{}' or '{}/{}'", prefix, prefix, names[0])
                                     : fmt::format("'{}/{}'", prefix, names[i]);
      fail(fmt::format("the {} '{}' has no data. Expected: array {}. Received: {}", what, names[i],
                       wanted,
                       reader_.names().empty() ? "nothing" : detail::quoted(reader_.names())));
    }
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw FileError(path_ + ": " + message);
  }
  std::int64_t samples() const { return samples_; }

 private:
  std::string path_;
  io::NpzReader reader_;
  std::string first_;
  std::int64_t samples_ = 0;
};

bool fits(const Shape& have, const Shape& want) {
  if (have.rank() != want.rank()) return false;
  for (int i = 1; i < have.rank(); ++i) {
    if (want[i].known() && !(have[i] == want[i])) return false;
  }
  return true;
}

// A last dimension 1 may be missing or too many, as in Keras.
void check_input(const Archive& archive, const std::string& name, const Shape& have,
                 const Shape& want) {
  if (fits(have, want)) return;
  Shape longer = have;
  longer.push_back(1);
  if (want.rank() == have.rank() + 1 && want[-1] == 1 && fits(longer, want)) return;
  if (have.rank() == want.rank() + 1 && have[-1] == 1 &&
      fits(Shape(std::vector<Dim>(have.begin(), have.end() - 1)), want))
    return;
  archive.fail(
      fmt::format("the array of input '{}' does not fit. Expected: shape {}. Received: shape {}",
                  name, want.to_string(), have.to_string()));
}

Tensors structured(const Tensors* structure, const std::vector<Tensor>& flat) {
  if (structure != nullptr) return structure->with(flat);
  return flat.size() == 1 ? Tensors(flat[0]) : Tensors(flat);
}

// One for all outputs, or one per output; an output without gets ones.
Tensors read_weights(Archive& archive, const std::vector<std::string>& names,
                     const Tensors* structure) {
  const std::string prefix = "sample_weight";
  std::vector<Tensor> weights = archive.read_named(prefix, names, "output");
  if (archive.has(prefix)) weights.assign(names.size(), archive.read(prefix));
  if (std::none_of(weights.begin(), weights.end(),
                   [](const Tensor& w) { return static_cast<bool>(w); }))
    return {};
  for (Tensor& w : weights) {
    if (!w) w = Tensor::from(std::vector<float>(static_cast<std::size_t>(archive.samples()), 1.0F));
  }
  return structured(structure, weights);
}

}  // namespace

std::vector<std::string> input_names(const Model& model) {
  const detail::LayerGraph* graph = graph_of(model);
  return graph == nullptr ? std::vector<std::string>{"input"} : distinct(graph->input_names());
}

std::vector<std::string> output_names(const Model& model) {
  const detail::LayerGraph* graph = graph_of(model);
  if (graph == nullptr) return {"output"};
  if (!graph->outputs().is_dict()) return distinct(graph->output_names());
  std::vector<std::string> keys = graph->outputs().keys();
  std::sort(keys.begin(), keys.end());
  return keys;
}

Data read_data(const std::string& path, const Model& model, Need need) {
  Archive archive(path);
  const detail::LayerGraph* graph = graph_of(model);
  Data data;
  const std::vector<std::string> inputs = input_names(model);
  const std::vector<Tensor> x = archive.read_named("x", inputs, "input");
  archive.require_all(x, "x", inputs, "input");
  for (std::size_t i = 0; graph != nullptr && i < x.size(); ++i) {
    check_input(archive, inputs[i], x[i].shape(), graph->flat_inputs()[i].shape());
  }
  data.x = structured(graph == nullptr ? nullptr : &graph->inputs(), x);
  if (need == Need::targets) {
    const Tensors* structure = graph == nullptr ? nullptr : &graph->outputs();
    const std::vector<std::string> outputs = output_names(model);
    const std::vector<Tensor> y = archive.read_named("y", outputs, "output");
    archive.require_all(y, "y", outputs, "output");
    data.y = structured(structure, y);
    data.sample_weight = read_weights(archive, outputs, structure);
  }
  if (archive.samples() == 0)
    archive.fail("the data set is empty. Expected: at least one sample. Received: 0 samples");
  return data;
}

}  // namespace weft::tool
