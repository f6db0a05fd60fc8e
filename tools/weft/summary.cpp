// weft summary: Keras's table of a model.
#include <weft/training/saving/saving.h>

#include <CLI/App.hpp>

#include "tools/weft/command.hpp"
#include "tools/weft/session.hpp"

namespace weft::tool {
namespace {

struct Options {
  std::string model;
  SummaryOptions summary;
  int line_length = 0;
};

int summary(Options& o) {
  const Model model = open_model(o.model);
  if (o.line_length > 0) o.summary.line_length = o.line_length;
  try {
    model.summary(o.summary);
  } catch (const Error& e) {
    if (o.line_length > 0)
      throw UsageError(std::string("--line-length: ") + e.what() +
                       " Received: " + std::to_string(o.line_length));
    throw;
  }
  return done;
}

}  // namespace

void define_summary(CLI::App& app, Work& work) {
  auto o = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("summary", "Prints the model's layers and numbers of weights");
  constexpr int widest = 10000;
  command->add_option("MODEL", o->model, "a .keras file")->required();
  command->add_option("--line-length", o->line_length, "width of the table")
      ->check(CLI::Range(1, widest));
  command->add_flag("--expand-nested", o->summary.expand_nested,
                    "also the layers of nested models");
  command->add_flag("--show-trainable", o->summary.show_trainable, "a column Y or N");
  command->callback([o, &work] { work = [o] { return summary(*o); }; });
}

}  // namespace weft::tool
