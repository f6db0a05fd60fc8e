// weft predict: the outputs of a model for the inputs in an archive.
#include <weft/io/npy.h>
#include <weft/training/saving/saving.h>

#include <CLI/App.hpp>

#include "tools/weft/archive.hpp"
#include "tools/weft/command.hpp"
#include "tools/weft/session.hpp"

namespace weft::tool {
namespace {

struct Options {
  std::string model, input, output, device;
  int batch_size = 32;
};

int predict(const Options& o) {
  check_extension("--output", o.output, {".npz"});
  check_other_file("--output", o.output, {{"MODEL", o.model}});
  use_device(o.device);
  check_writable(o.output);
  Model model = open_model(o.model, {.compile = false});
  const Data data = read_data(o.input, model, Need::inputs);
  check_interrupt();
  const Tensors results = naming(o.input, [&] {
    return model.predict(
        data.x, {.batch_size = o.batch_size, .verbose = 0, .callbacks = {interrupt_callback()}});
  });
  const std::vector<Tensor> flat = results.flat();
  const std::vector<std::string> names = output_names(model);
  std::vector<Named<Tensor>> arrays;
  for (std::size_t i = 0; i < flat.size(); ++i)
    arrays.emplace_back(flat.size() == 1 ? "y" : "y/" + names[i], flat[i]);
  save_npz(o.output, Tensors(arrays));
  return done;
}

}  // namespace

void define_predict(CLI::App& app, Work& work) {
  auto o = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("predict", "Computes the model's outputs, in inference mode");
  command->add_option("MODEL", o->model, "a .keras file")->required();
  command->add_option("--input", o->input, "archive with x or x/<input name>")->required();
  command->add_option("--output", o->output, "archive to write: y or y/<output name>")->required();
  add_batch_size_option(*command, o->batch_size);
  add_device_option(*command, o->device);
  command->callback([o, &work] { work = [o] { return predict(*o); }; });
}

}  // namespace weft::tool
