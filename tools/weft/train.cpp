// weft train: goes on with the training that a model was compiled for.
#include <fmt/core.h>
#include <weft/core/random.h>
#include <weft/training/saving/saving.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <span>

#include "core/config_access.hpp"
#include "io/atomic_file.hpp"
#include "io/json.hpp"
#include "tools/weft/archive.hpp"
#include "tools/weft/command.hpp"
#include "tools/weft/session.hpp"

namespace weft::tool {
namespace {

struct Options {
  std::string model, data, output, validation_data, class_weight, history, checkpoint, device;
  int epochs = 1, batch_size = 32, shuffle = 1;
  double validation_split = 0;
  bool weighted = false;  // --class-weight stands there, be it empty
  std::optional<std::int64_t> seed;
};

// {"0": 1.0, "1": 2.5}
std::vector<std::pair<int, double>> parse_class_weight(const std::string& text) {
  std::vector<std::pair<int, double>> out;
  const auto refuse = [&](const std::string& why) {
    throw UsageError(
        "--class-weight: " + why +
        R"(. Expected: a JSON object of class index to weight, {"0": 1.0, "1": 2.5}. Received: )" +
        text);
  };
  Config object;
  try {
    object = io::parse_json(text, "--class-weight");
  } catch (const Error&) {
    refuse("this is no JSON object");
  }
  for (const auto& [key, value] : detail::entries(object)) {
    const bool index =
        !key.empty() && key.size() < 10 && key.find_first_not_of("0123456789") == std::string::npos;
    if (!index) refuse("'" + key + "' is no class index");
    const detail::ConfigKind kind = detail::kind(value);
    if (kind != detail::ConfigKind::integer && kind != detail::ConfigKind::floating)
      refuse("the weight of class " + key + " is no number");
    if (!std::isfinite(detail::floating(value)))
      refuse("the weight of class " + key + " is not finite");
    if (detail::floating(value) < 0) refuse("the weight of class " + key + " is negative");
    const int label = std::stoi(key);
    const bool twice =
        std::any_of(out.begin(), out.end(), [&](const auto& one) { return one.first == label; });
    if (twice) refuse(fmt::format("class {} stands there twice", label));  // "1" and "01"
    out.emplace_back(label, detail::floating(value));
  }
  // Of two equal keys JSON keeps the last: indices and numbers have no colon of their own to count.
  if (std::count(text.begin(), text.end(), ':') != static_cast<std::ptrdiff_t>(out.size()))
    refuse("a class stands there twice");
  return out;
}

class Checkpoint : public Callback {
 public:
  explicit Checkpoint(std::string path) : path_(std::move(path)) {}
  void on_epoch_end(int, Logs&) override { model().save(path_); }

 private:
  std::string path_;
};

void write_history(const std::string& path, const History& history) {
  Config object;
  for (const std::string& name : history.history.names()) object.set(name, history.history[name]);
  const std::string text = io::to_json(object) + "\n";
  io::write_file_atomically(path, std::as_bytes(std::span(text)));
}

void check_outputs(const Options& o) {
  for (const auto& [option, path] :
       {std::pair{"--output", o.output}, {"--checkpoint", o.checkpoint}}) {
    if (path.empty()) continue;
    check_extension(option, path, {".keras", ".h5"});
    if (path.ends_with(".h5")) {
      throw FileError(fmt::format(
          "{}: '{}': legacy .h5 files are not supported yet. Expected: a path that ends in .keras.",
          option, path));
    }
  }
  if (o.output.empty())
    throw UsageError("--output: the path is empty. Expected: a path that ends in .keras.");
  // The output may replace the model, but not what the model learns from.
  const std::vector<std::pair<std::string, std::string>> data = {
      {"--data", o.data}, {"--validation-data", o.validation_data}};
  check_other_file("--output", o.output, data);
  check_other_file("--checkpoint", o.checkpoint, data);
  check_other_file("--history", o.history, data);
  check_other_file("--history", o.history,
                   {{"MODEL", o.model}, {"--output", o.output}, {"--checkpoint", o.checkpoint}});
  for (const std::string& path : {o.output, o.checkpoint, o.history}) {
    if (!path.empty()) check_writable(path);
  }
}

FitOptions fit_options(const Options& o, const Model& model, const Data& data,
                       const std::vector<std::pair<int, double>>& class_weight) {
  FitOptions fit;
  fit.batch_size = o.batch_size;
  fit.epochs = o.epochs;
  fit.shuffle = o.shuffle != 0;
  fit.validation_split = o.validation_split;
  fit.class_weight = class_weight;
  fit.sample_weight = data.sample_weight;
  if (!o.validation_data.empty()) {
    const Data held_out = read_data(o.validation_data, model, Need::targets);
    fit.validation_data = ValidationData(held_out.x, held_out.y, held_out.sample_weight);
  }
  if (!o.checkpoint.empty()) fit.callbacks.push_back(std::make_shared<Checkpoint>(o.checkpoint));
  fit.callbacks.push_back(interrupt_callback());
  return fit;
}

int stopped(const Options& o, const Model& model) {
  std::fputs("\n", stdout);  // ends the progress bar's line
  if (o.checkpoint.empty()) {
    std::fputs("weft: stopped by Ctrl-C; without --checkpoint nothing was saved\n", stderr);
  } else {
    model.save(o.checkpoint);
    std::fputs(
        ("weft: stopped by Ctrl-C; `weft train " + o.checkpoint + "` goes on from there\n").c_str(),
        stderr);
  }
  return interrupted;
}

int train(const Options& o) {
  std::vector<std::pair<int, double>> class_weight;
  if (o.weighted) class_weight = parse_class_weight(o.class_weight);
  check_outputs(o);
  use_device(o.device);
  if (o.seed) set_random_seed(*o.seed);
  Model model = open_model(o.model);
  if (!model.compiled()) {
    throw FileError(o.model +
                    ": the model holds no compile configuration. Expected: a model that was "
                    "compiled before it was saved.");
  }
  const Data data = read_data(o.data, model, Need::targets);
  const FitOptions options = fit_options(o, model, data, class_weight);
  History history;
  try {
    check_interrupt();
    const std::string files =
        o.validation_data.empty() ? o.data : o.data + " or " + o.validation_data;
    history = naming(files, [&] { return model.fit(data.x, data.y, options); });
  } catch (const Interrupted&) {
    return stopped(o, model);
  }
  require_standard_output();  // before anything is written: an error leaves no output behind
  model.save(o.output);
  if (!o.history.empty()) write_history(o.history, history);
  return done;
}

}  // namespace

void define_train(CLI::App& app, Work& work) {
  auto o = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("train", "Trains the model as it was compiled, and saves it");
  const auto positive = CLI::Range(1, std::numeric_limits<int>::max());
  command->add_option("MODEL", o->model, "a compiled .keras file")->required();
  command->add_option("--data", o->data, "archive with x, y and perhaps sample_weight")->required();
  command->add_option("--output", o->output, "the trained model, .keras")->required();
  command->add_option("--epochs", o->epochs, "passes over the data")
      ->capture_default_str()
      ->check(positive);
  add_batch_size_option(*command, o->batch_size);
  command->add_option("--shuffle", o->shuffle, "0: the samples come in the order of the file")
      ->capture_default_str()
      ->check(CLI::Range(0, 1));
  CLI::Option* split = command->add_option("--validation-split", o->validation_split,
                                           "part of the data, the last, that is held out");
  split->check(CLI::Validator(
      [](std::string& text) {
        double part = -1;
        const bool number = CLI::detail::lexical_cast(text, part);
        return number && part >= 0 && part < 1
                   ? std::string()
                   : "Expected: a number from 0 up to, but not, 1. Received: " + text;
      },
      "[0, 1)"));
  command->add_option("--validation-data", o->validation_data, "archive that is held out")
      ->excludes(split);
  command->add_option("--class-weight", o->class_weight, R"(JSON: {"0": 1.0, "1": 2.5})")
      ->each([o](const std::string&) { o->weighted = true; });
  command->add_option("--history", o->history, "JSON file to write: one list of numbers per key");
  command->add_option("--checkpoint", o->checkpoint,
                      ".keras file to write after each epoch and after Ctrl-C");
  command->add_option("--seed", o->seed, "of all random numbers")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{4294967295}));
  add_device_option(*command, o->device);
  command->callback([o, &work] { work = [o] { return train(*o); }; });
}

}  // namespace weft::tool
