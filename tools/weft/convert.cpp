// weft convert: not there yet.
#include <CLI/App.hpp>

#include "tools/weft/command.hpp"

namespace weft::tool {

void define_convert(CLI::App& app, Work&) {
  CLI::App* command =
      app.add_subcommand("convert", "Not there yet: writes the model in another format");
  command->allow_extras();
  command->callback([] {
    throw UsageError(
        "the command 'convert' is not there yet. Expected: predict, evaluate, train, summary, plot "
        "or devices");
  });
}

}  // namespace weft::tool
