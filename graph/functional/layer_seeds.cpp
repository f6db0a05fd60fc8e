// The seed generators of a layer: state that is saved with it, but no weight.
#include <weft/core/error.h>
#include <weft/core/random.h>

#include <algorithm>

#include "core/recorder.hpp"
#include "graph/functional/call.hpp"
#include "graph/functional/layer_state.hpp"

namespace weft {

SeedGenerator& Layer::add_seed_generator(std::optional<std::int64_t> seed, std::string name) {
  for (const auto& known : state_->seeds) {
    if (known.name != name) continue;
    throw GraphError("The " + detail::describe(*this) + " has a seed generator '" + name +
                     "' already. Expected: distinct names.");
  }
  const detail::EagerScope eager;  // whatever is being traced, the state is real
  auto generator = std::make_shared<SeedGenerator>(seed);
  state_->seeds.push_back({std::move(name), generator});
  return *generator;
}

std::vector<Named<Variable>> Layer::seed_generators() const {
  std::vector<Named<Variable>> out;
  for (const auto& seed : state_->seeds) out.emplace_back(seed.name, seed.generator->state());
  return out;
}

}  // namespace weft
