#include "training/saving/saving.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <weft/core/error.h>

#include <ctime>
#include <filesystem>

#include "core/config_access.hpp"
#include "graph/functional/call.hpp"
#include "graph/functional/layer_registry.hpp"
#include "graph/functional/weight_budget.hpp"
#include "io/json.hpp"
#include "io/zip.hpp"
#include "training/model_state.hpp"
#include "training/saving/compile_config.hpp"
#include "training/saving/model_config.hpp"
#include "training/saving/weights_file.hpp"

namespace weft {
namespace detail {
namespace {

// The Keras whose format this is.
constexpr const char* keras_version = "3.15.1";

bool ends_with(const std::string& path, std::string_view end) {
  return path.size() >= end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
}

void check_extension(const std::string& path, const char* what) {
  if (ends_with(path, ".keras")) return;
  if (ends_with(path, ".h5") || ends_with(path, ".hdf5")) {
    throw FileError(
        path + ": legacy .h5 files are not supported yet. Expected: a path that ends in .keras.");
  }
  throw FileError(
      fmt::format("{}: the extension does not say that this is a model to {}. Expected: a path "
                  "that ends in .keras.",
                  path, what));
}

Config model_object(const ModelLayer& model) {
  Config object = serialize_layer(model);
  if (!object.contains("build_config")) object.set("build_config", Config());
  return object.set("compile_config", compile_config(model));
}

std::string metadata() {
  const std::time_t now = std::time(nullptr);
  return io::to_json(
      Config{{"keras_version", keras_version},
             {"date_saved", fmt::format("{:%Y-%m-%d@%H:%M:%S}", fmt::localtime(now))}});
}

// Errors of what is in the file get the file's name.
template <class F>
auto in_file(const std::string& path, F f) {
  try {
    return f();
  } catch (const Error& e) {
    if (std::string_view(e.what()).find(path) != std::string_view::npos) throw;
    throw FileError(path + ": " + e.what());
  }
}

// A subclassed model has no shapes until it is called.
void build_from_config(ModelLayer& model, const Config& object) {
  if (model.built()) return;
  const Config build = object.get<std::optional<Config>>("build_config", {}).value_or(Config());
  if (!build.contains("input_shape") || build["input_shape"].is_null()) return;
  const ConfigValue shape = build["input_shape"];
  const bool several = kind(shape) == ConfigKind::list && !list(shape).empty() &&
                       kind(list(shape)[0]) == ConfigKind::list;
  build_layer(model,
              several ? shape.get<std::vector<Shape>>() : std::vector<Shape>{shape.get<Shape>()});
}

Model revive(const std::string& path, const Config& object, const LoadOptions& options) {
  const CustomObjectScope scope(options.custom_objects);
  Model model = model_from_config(object, options.custom_objects);
  auto& layer = static_cast<ModelLayer&>(*model.base());
  build_from_config(layer, object);
  const Config compiled =
      object.get<std::optional<Config>>("compile_config", {}).value_or(Config());
  if (options.compile && compiled.size() != 0) {
    const std::vector<std::string> names = output_names_of(layer, {});
    in_file(path, [&] { compile_model(layer, revive_compile_config(compiled, names)); });
  }
  return model;
}

void require_member(const io::ZipReader& zip, const std::string& path, const char* member) {
  if (zip.contains(member)) return;
  throw FileError(
      fmt::format("{}: '{}' is missing. Expected: a .keras file with metadata.json, config.json "
                  "and model.weights.h5.",
                  path, member));
}

}  // namespace

void save_model(const ModelLayer& model, const std::string& path, const SaveOptions& options) {
  check_extension(path, "save");
  if (!options.overwrite && std::filesystem::exists(path)) {
    throw FileError(
        path +
        ": the file exists and overwrite is false. Expected: another path, or overwrite = true.");
  }
  io::ZipWriter zip;
  zip.add("metadata.json", metadata());
  zip.add("config.json", io::to_json(model_object(model)));
  zip.add("model.weights.h5", write_weights(model, options.include_optimizer).to_bytes());
  zip.save(path);
}

}  // namespace detail

Model load_model(const std::string& path, LoadOptions options) {
  using namespace detail;
  if (!std::filesystem::exists(path))
    throw FileError(path + ": file not found. Expected: a .keras file.");
  check_extension(path, "load");
  if (!io::is_zip_file(path)) {
    throw FileError(path +
                    ": this is no .keras file: it is not a zip archive. Expected: a file that "
                    "Keras 3 or weft saved.");
  }
  io::ZipReader zip(path);
  require_member(zip, path, "config.json");
  require_member(zip, path, "model.weights.h5");
  const Config object = io::parse_json(zip.read_text("config.json"), path + ": config.json");
  auto bytes = std::make_shared<const std::vector<std::byte>>(zip.read("model.weights.h5"));
  const io::Hdf5File weights = io::Hdf5File::from_bytes(bytes, path + ": model.weights.h5");
  Model model = in_file(path, [&] {
    const WeightBudget budget(bytes->size());
    return revive(path, object, options);
  });
  auto& layer = static_cast<ModelLayer&>(*model.base());
  in_file(path, [&] { read_weights(weights, path, layer, options.compile); });
  // As in Keras, the optimizer of an opened model has its slots before the first step.
  const ModelState& state = ModelAccess::state(layer);
  if (state.compiled && layer.built() && !state.optimizer->built()) {
    state.optimizer->build(layer.trainable_weights());
  }
  return model;
}

}  // namespace weft
