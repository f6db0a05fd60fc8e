#include "layers/arguments/random_initializer.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/random.h>

#include "core/config_access.hpp"

namespace weft::detail {

RandomInitializer::RandomInitializer(std::optional<std::int64_t> seed)
    : given_(seed), seed_(seed ? *seed : make_default_seed()) {}

DType RandomInitializer::floating(DType dtype) const {
  if (dtype.is_floating()) return dtype;
  throw DtypeError(fmt::format(
      "{}: the initial values are drawn as floating numbers. Expected: a floating dtype. "
      "Received: dtype={}",
      class_name(), dtype.name()));
}

Config RandomInitializer::get_config() const { return {{"seed", given_}}; }

std::optional<std::int64_t> seed_of(const Config& config) {
  if (!config.contains("seed")) return std::nullopt;
  const ConfigValue seed = config["seed"];
  if (kind(seed) != ConfigKind::dict) return seed.get<std::optional<std::int64_t>>();
  const Config object = seed.get<Config>();
  if (!object.contains("config")) return std::nullopt;
  return object.get<Config>("config").get<std::optional<std::int64_t>>("seed", std::nullopt);
}

}  // namespace weft::detail
