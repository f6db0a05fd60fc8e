#include "training/saving/weights_file.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <map>
#include <set>

#include "core/access.hpp"
#include "core/names.hpp"
#include "training/model_parts.hpp"
#include "training/model_state.hpp"

namespace weft::detail {
namespace {

// Layers in Keras's order under Keras's keys: the snake case of the class, then _1, _2 ...
class Walk {
 public:
  std::vector<StoredVariables> run(const Layer& root) {
    visit(root, "");
    return std::move(found_);
  }

 private:
  void visit(const Layer& layer, const std::string& path) {
    if (!visited_.insert(&layer).second) return;
    found_.push_back({path + "vars", layer.name(), layer.class_name(), layer.own_variables()});
    for (const Named<Variable>& seed : layer.seed_generators()) {
      found_.push_back(
          {path + seed.name + "/vars", seed.name, "SeedGenerator", {seed.value}, true});
    }
    if (is_functional_model(layer) || is_sequential_model(layer)) {
      container(model_layers(layer), path + "layers/");
    } else {
      for (const Layer::Child& child : layer.children())
        visit(*child.layer.base(), path + child.attribute + "/");
    }
  }

  void container(const std::vector<AnyLayer>& layers, const std::string& path) {
    std::map<std::string, int> used;
    for (const AnyLayer& layer : layers) {
      const std::string snake = snake_case(layer->class_name());
      const int n = used[snake]++;
      visit(*layer.base(), path + (n == 0 ? snake : snake + "_" + std::to_string(n)) + "/");
    }
  }

  std::set<const Layer*> visited_;
  std::vector<StoredVariables> found_;
};

void write_group(io::Hdf5File& file, const StoredVariables& group) {
  file.create_group(group.group);
  file.write_text(group.group, "name", group.owner);
  for (std::size_t i = 0; i < group.variables.size(); ++i) {
    file.write(group.group + "/" + std::to_string(i),
               io::to_host_array(group.variables[i].value()));
  }
}

struct Assignment {
  Variable variable;
  io::HostArray value;
};

[[noreturn]] void fail(const std::string& file, const std::string& message) {
  throw FileError(file + ": " + message);
}

std::size_t stored_count(const io::Hdf5File& from, const std::string& group) {
  return from.exists(group) && from.is_group(group) ? from.members(group).size() : 0;
}

void check_count(const io::Hdf5File& from, const std::string& file, const StoredVariables& group) {
  const std::size_t there = stored_count(from, group.group);
  if (there == group.variables.size()) return;
  fail(file, fmt::format("Layer '{}' ({}) expected {} variables, but received {} variables during "
                         "loading. Expected: {} at '{}'.",
                         group.owner, group.class_name, group.variables.size(), there,
                         group.variables.size(), group.group));
}

void collect(const io::Hdf5File& from, const std::string& file, const StoredVariables& group,
             std::vector<Assignment>& out) {
  for (std::size_t i = 0; i < group.variables.size(); ++i) {
    const std::string path = group.group + "/" + std::to_string(i);
    if (!from.exists(path))
      fail(file, fmt::format("Layer '{}': '{}' is missing.", group.owner, path));
    const Variable& variable = group.variables[i];
    const Shape there = from.describe(path).shape;
    if (!(there == variable.shape())) {
      fail(file, fmt::format("Layer '{}' ({}): '{}' does not fit variable '{}'. Expected: shape "
                             "{}. Received: shape {}.",
                             group.owner, group.class_name, path, variable.path(),
                             variable.shape().to_string(), there.to_string()));
    }
    out.push_back({variable, from.read(path)});
  }
}

}  // namespace

std::vector<StoredVariables> stored_variables(const ModelLayer& model) { return Walk().run(model); }

std::optional<StoredVariables> stored_optimizer(const ModelLayer& model) {
  const ModelState& state = ModelAccess::state(model);
  if (!state.compiled || !state.optimizer) return std::nullopt;
  return StoredVariables{"optimizer/vars", state.optimizer->name(), state.optimizer->class_name(),
                         state.optimizer->variables()};
}

io::Hdf5File write_weights(const ModelLayer& model, bool include_optimizer) {
  io::Hdf5File file = io::Hdf5File::create();
  for (const StoredVariables& group : stored_variables(model)) write_group(file, group);
  const std::optional<StoredVariables> optimizer = stored_optimizer(model);
  if (include_optimizer && optimizer) write_group(file, *optimizer);
  return file;
}

void read_weights(const io::Hdf5File& from, const std::string& file, ModelLayer& model,
                  bool include_optimizer) {
  std::vector<Assignment> assignments;
  for (const StoredVariables& group : stored_variables(model)) {
    if (group.optional && stored_count(from, group.group) == 0) continue;
    check_count(from, file, group);
    collect(from, file, group, assignments);
  }
  ModelState& state = ModelAccess::state(model);
  const std::size_t stored = stored_count(from, "optimizer/vars");
  if (include_optimizer && state.compiled && state.optimizer && stored != 0) {
    constexpr std::size_t unbuilt = 2;  // iteration and learning rate
    if (!state.optimizer->built() && stored > unbuilt)
      state.optimizer->build(model.trainable_weights());
    const std::optional<StoredVariables> optimizer = stored_optimizer(model);
    if (optimizer->variables.size() == stored) {
      collect(from, file, *optimizer, assignments);
    } else {
      log(LogLevel::warning,
          fmt::format("{}: the optimizer '{}' has {} variables, whereas the saved optimizer has "
                      "{}: its state is not loaded.",
                      file, optimizer->owner, optimizer->variables.size(), stored));
    }
  }
  for (Assignment& a : assignments) a.variable.assign(io::to_tensor(a.value));
}

}  // namespace weft::detail
