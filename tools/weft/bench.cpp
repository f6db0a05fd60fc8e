// weft bench: not there yet.
#include <CLI/App.hpp>

#include "tools/weft/command.hpp"

namespace weft::tool {

void define_bench(CLI::App& app, Work&) {
  CLI::App* command = app.add_subcommand("bench", "Not there yet: times the model");
  command->allow_extras();
  command->callback([] {
    throw UsageError(
        "the command 'bench' is not there yet. Expected: predict, evaluate, train, summary, plot "
        "or devices");
  });
}

}  // namespace weft::tool
