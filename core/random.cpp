#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/ops/cast.h>
#include <weft/core/ops/full.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/core/random.h>
#include <weft/core/settings.h>

#include <map>
#include <mutex>
#include <random>

#include "core/access.hpp"
#include "core/default_backend.hpp"
#include "core/names.hpp"
#include "core/structure_version.hpp"

namespace weft {
namespace {

struct Generator {
  Variable state;
  std::int64_t seed;
  std::string name;
};

Tensor state_of(std::int64_t seed) {
  const auto bits = static_cast<std::uint64_t>(seed);
  // The upper half of a long seed goes into the word of the counter, from which draws then count
  // on.
  const std::uint32_t words[2] = {static_cast<std::uint32_t>(bits),
                                  static_cast<std::uint32_t>(bits >> 32)};
  return Tensor::from(words);
}

/// What set_random_seed resets.
struct Global {
  std::mutex mutex;
  std::uint64_t seed = 0;                        // as given
  std::uint64_t sequence = 0;                    // goes on with each seed that is handed out
  std::map<Backend*, SeedGenerator> generators;  // of each device that has drawn
  Global() {
    std::random_device device;
    seed = sequence = (static_cast<std::uint64_t>(device()) << 32) | device();
  }
};

Global& global() {
  static Global* g = new Global;  // leaked: its variable would outlive the backends
  return *g;
}

/// splitmix64 (S. Vigna, public domain), cut to Keras's range of default seeds, 1 to 1e9.
std::int64_t next_seed(std::uint64_t& sequence) {
  std::uint64_t z = sequence += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  z ^= z >> 31;
  return static_cast<std::int64_t>(z % 1000000000ULL) + 1;
}

Generator& of(const std::shared_ptr<void>& state) { return *static_cast<Generator*>(state.get()); }

}  // namespace

SeedGenerator::SeedGenerator(std::optional<std::int64_t> seed, std::string_view name) {
  if (seed && *seed < 0) {
    throw Error(fmt::format(
        "SeedGenerator: the seed is negative. Expected: 0 or more. Received: {}", *seed));
  }
  const std::int64_t number = seed ? *seed : make_default_seed();
  State::state = std::make_shared<Generator>(
      Generator{Variable(state_of(number), {.trainable = false, .name = "seed_generator_state"}),
                number, name.empty() ? detail::auto_name("seed_generator") : std::string(name)});
}

Tensor SeedGenerator::next() const {
  const Variable& variable = of(State::state).state;
  const Tensor now = variable.value();
  const_cast<Variable&>(variable).assign(apply_one("seed_advance", {now}));
  return now;
}

Variable SeedGenerator::state() const { return of(State::state).state; }
std::int64_t SeedGenerator::initial_seed() const { return of(State::state).seed; }
std::string SeedGenerator::name() const { return of(State::state).name; }

Tensor Seed::draw() const {
  if (generator_) return generator_->next();
  return number_ ? state_of(*number_) : global_seed_generator().next();
}

void set_random_seed(std::int64_t seed) {
  Global& g = global();
  const std::lock_guard lock(g.mutex);
  g.seed = g.sequence = static_cast<std::uint64_t>(seed);
  g.generators.clear();
  detail::bump_structure_version();  // plans hold the generator's variable
}

std::int64_t random_seed() {
  Global& g = global();
  const std::lock_guard lock(g.mutex);
  return static_cast<std::int64_t>(g.seed);
}

std::int64_t make_default_seed() {
  Global& g = global();
  const std::lock_guard lock(g.mutex);
  return next_seed(g.sequence);
}

SeedGenerator global_seed_generator() {
  Global& g = global();
  Backend* const device = &detail::default_backend();
  {
    const std::lock_guard lock(g.mutex);
    if (const auto found = g.generators.find(device); found != g.generators.end())
      return found->second;
  }
  const SeedGenerator fresh({}, "global_seed_generator");
  const std::lock_guard lock(g.mutex);
  return g.generators.emplace(device, fresh).first->second;
}

namespace random {
namespace {

DType floating(const char* name, DType dtype) {
  if (dtype == DType::undefined) return floatx();
  if (!dtype.is_floating()) {
    throw DtypeError(
        fmt::format("random::{}: the dtype does not fit. Expected: a floating dtype. Received: {}",
                    name, dtype.name()));
  }
  return dtype;
}

}  // namespace

Tensor normal(const Shape& shape, NormalOptions o) {
  return apply_one("random_normal", {o.seed.draw()},
                   {{"shape", shape},
                    {"dtype", floating("normal", o.dtype)},
                    {"mean", o.mean},
                    {"stddev", o.stddev}});
}

Tensor truncated_normal(const Shape& shape, NormalOptions o) {
  return apply_one("random_truncated_normal", {o.seed.draw()},
                   {{"shape", shape},
                    {"dtype", floating("truncated_normal", o.dtype)},
                    {"mean", o.mean},
                    {"stddev", o.stddev}});
}

Tensor uniform(const Shape& shape, UniformOptions o) {
  if (o.dtype.is_integer()) {
    return randint(shape, static_cast<std::int64_t>(o.minval), static_cast<std::int64_t>(o.maxval),
                   {.dtype = o.dtype, .seed = o.seed});
  }
  return apply_one("random_uniform", {o.seed.draw()},
                   {{"shape", shape},
                    {"dtype", floating("uniform", o.dtype)},
                    {"minval", o.minval},
                    {"maxval", o.maxval}});
}

Tensor randint(const Shape& shape, std::int64_t minval, std::int64_t maxval, RandintOptions o) {
  if (minval >= maxval) {
    throw Error(
        fmt::format("random::randint: there is no integer to draw. Expected: minval < maxval. "
                    "Received: minval={}, maxval={}",
                    minval, maxval));
  }
  if (!o.dtype.is_integer()) {
    throw DtypeError(
        "random::randint: the dtype does not fit. Expected: an integer dtype. Received: " +
        o.dtype.name());
  }
  return apply_one("random_randint", {o.seed.draw()},
                   {{"shape", shape}, {"dtype", o.dtype}, {"minval", minval}, {"maxval", maxval}});
}

Tensor dropout(const Tensor& inputs, double rate, DropoutOptions o) {
  if (!(rate >= 0 && rate <= 1)) {
    throw Error(fmt::format(
        "random::dropout: the rate is out of range. Expected: 0 <= rate <= 1. Received: {}", rate));
  }
  if (rate == 0) return inputs;
  if (rate == 1) return ops::zeros_like(inputs);
  if (o.noise_shape.rank() == 0)
    return apply_one("dropout", {inputs, o.seed.draw()}, {{"rate", rate}});
  Shape pattern = o.noise_shape;
  for (int i = 0; i < pattern.rank(); ++i) {
    if (!pattern[i].known()) pattern.set(i, inputs.shape()[i]);
  }
  const Tensor keep = uniform(pattern, {.dtype = DType::float32, .seed = o.seed}) >= Tensor(rate);
  return ops::where(keep, inputs / Tensor(1 - rate), 0);
}

}  // namespace random
}  // namespace weft
