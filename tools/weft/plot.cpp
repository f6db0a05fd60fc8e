// weft plot: a picture of a model.
#include <weft/training/plot_model.h>
#include <weft/training/saving/saving.h>

#include <CLI/App.hpp>

#include "tools/weft/command.hpp"
#include "tools/weft/session.hpp"

namespace weft::tool {
namespace {

struct Options {
  std::string model, output;
  PlotOptions plot;
};

int plot(const Options& o) {
  check_extension("--output", o.output, {".png", ".svg", ".pdf", ".dot"});
  check_writable(o.output);
  const Model model = open_model(o.model, {.compile = false});
  naming(o.output, [&] { plot_model(model, o.output, o.plot); });
  return done;
}

}  // namespace

void define_plot(CLI::App& app, Work& work) {
  auto o = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("plot", "Draws the model; graphviz makes pictures, .dot needs none");
  constexpr int finest = 4800;
  command->add_option("MODEL", o->model, "a .keras file")->required();
  command->add_option("--output", o->output, "a .png, .svg, .pdf or .dot file")->required();
  command->add_flag("--show-shapes", o->plot.show_shapes, "shapes of inputs and outputs");
  command->add_flag("--show-dtype", o->plot.show_dtype, "dtypes of outputs");
  command->add_flag("--show-layer-names", o->plot.show_layer_names, "names of layers");
  command->add_flag("--show-layer-activations", o->plot.show_layer_activations,
                    "activations of layers");
  command->add_flag("--show-trainable", o->plot.show_trainable, "whether layers are trained");
  command->add_flag("--expand-nested", o->plot.expand_nested, "nested models as clusters");
  command->add_option("--rankdir", o->plot.rankdir, "TB or LR")
      ->capture_default_str()
      ->check(CLI::IsMember({"TB", "LR"}));
  command->add_option("--dpi", o->plot.dpi, "pixels per inch")
      ->capture_default_str()
      ->check(CLI::Range(1, finest));
  command->callback([o, &work] { work = [o] { return plot(*o); }; });
}

}  // namespace weft::tool
