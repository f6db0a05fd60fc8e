// weft devices: where models can live.
#include <weft/core/device.h>

#include <CLI/App.hpp>
#include <cstdio>

#include "core/config_access.hpp"
#include "io/json.hpp"
#include "tools/weft/command.hpp"

namespace weft::tool {

static int print_devices(bool json) {
  detail::ConfigList list;
  for (const DeviceInfo& d : devices()) {
    if (json) {
      list.push_back(Config{{"name", d.name}, {"description", d.description}});
    } else {
      std::puts((d.name + "  " + d.description).c_str());
    }
  }
  if (!json) {
    for (const std::string& problem : device_problems()) std::puts(problem.c_str());
  }
  if (json) std::puts(io::to_json(detail::make_list(std::move(list))).c_str());
  return done;
}

void define_devices(CLI::App& app, Work& work) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("devices", "Lists the devices");
  command->add_flag("--json", *json, "a list of objects with name and description");
  command->callback([json, &work] { work = [json] { return print_devices(*json); }; });
}

}  // namespace weft::tool
