// weft evaluate: loss and metrics of a model on an archive.
#include <fmt/core.h>
#include <weft/training/saving/saving.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "io/json.hpp"
#include "tools/weft/archive.hpp"
#include "tools/weft/command.hpp"
#include "tools/weft/session.hpp"

namespace weft::tool {
namespace {

struct Options {
  std::string model, data, device;
  int batch_size = 32;
  bool json = false;
};

int evaluate(const Options& o) {
  use_device(o.device);
  Model model = open_model(o.model);
  if (!model.compiled()) {
    throw FileError(o.model +
                    ": the model holds no compile configuration. Expected: a model that was "
                    "compiled before it was saved.");
  }
  const Data data = read_data(o.data, model, Need::targets);
  check_interrupt();
  const Logs scores = naming(o.data, [&] {
    return model.evaluate(data.x, data.y,
                          {.batch_size = o.batch_size,
                           .verbose = 0,
                           .sample_weight = data.sample_weight,
                           .callbacks = {interrupt_callback()}});
  });
  std::vector<std::string> names = scores.names();
  std::sort(names.begin(), names.end());  // as Keras's evaluate(return_dict=True) has them
  if (o.json) {
    Config object;
    for (const std::string& name : names) object.set(name, scores[name]);
    std::puts(io::to_json(object).c_str());
    return done;
  }
  std::string line;
  for (const std::string& name : names) {
    // Results are float32: their shortest digits say it all. As in Python a NaN has no sign.
    const auto score = static_cast<float>(scores[name]);
    line += fmt::format("{}{}: {}", line.empty() ? "" : " - ", name,
                        std::isnan(score) ? std::abs(score) : score);
  }
  std::puts(line.c_str());
  return done;
}

}  // namespace

void define_evaluate(CLI::App& app, Work& work) {
  auto o = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Prints the loss and the metrics of the model");
  command->add_option("MODEL", o->model, "a compiled .keras file")->required();
  command->add_option("--data", o->data, "archive with x, y and perhaps sample_weight")->required();
  add_batch_size_option(*command, o->batch_size);
  add_device_option(*command, o->device);
  command->add_flag("--json", o->json, "one JSON object");
  command->callback([o, &work] { work = [o] { return evaluate(*o); }; });
}

}  // namespace weft::tool
