// Random numbers: Keras's SeedGenerator and namespace random. Draws are functions of [seed,
// counter] and an element's place, so eager calls, plans and resumed runs agree, for any number of
// threads.
#pragma once
#include <weft/core/op.h>
#include <weft/core/variable.h>

#include <optional>

namespace weft {

/// A stream of seeds: a non-trainable variable uint32 `[2]` = [seed, counter], advanced by one with
/// each draw. Copies share it.
class SeedGenerator : detail::State {
 public:
  /// Without a seed, the next one of the sequence that set_random_seed starts.
  explicit SeedGenerator(std::optional<std::int64_t> seed = {}, std::string_view name = {});
  /// The present state, uint32 `[2]`; the counter goes on by one.
  Tensor next() const;
  /// The variable behind it, what a file holds: "seed_generator_state".
  Variable state() const;
  /// The seed it was made with.
  std::int64_t initial_seed() const;
  std::string name() const;
};

/// Keras's `seed` argument: none (the global generator), a number (the same draw with each call) or
/// a generator.
class Seed {
 public:
  Seed() = default;
  Seed(std::nullopt_t) {}
  template <std::integral I>
  Seed(I seed) : number_(static_cast<std::int64_t>(seed)) {}
  template <std::integral I>
  Seed(std::optional<I> seed) {
    if (seed) number_ = static_cast<std::int64_t>(*seed);
  }
  Seed(const SeedGenerator& generator) : generator_(generator) {}
  /// The state of one draw, uint32 `[2]`.
  Tensor draw() const;

 private:
  std::optional<std::int64_t> number_;
  std::optional<SeedGenerator> generator_;
};

/// Starts all random numbers that no seed of their own governs anew: the global generator, and the
/// seeds that generators and initializers without one are given.
void set_random_seed(std::int64_t seed);
/// What set_random_seed was given last, else the number that this process began with. The order of
/// a shuffled epoch is a function of it and of the epoch's number.
std::int64_t random_seed();
/// The next seed for something that was given none (Keras's make_default_seed).
std::int64_t make_default_seed();
/// Keras's global generator, behind draws without a seed.
SeedGenerator global_seed_generator();

namespace random {

/// Options of normal and truncated_normal.
struct NormalOptions {
  double mean = 0, stddev = 1;
  DType dtype = {};  ///< floatx when not given
  Seed seed = {};
};
/// Options of uniform: numbers in [minval, maxval).
struct UniformOptions {
  double minval = 0, maxval = 1;
  DType dtype = {};  ///< floatx when not given
  Seed seed = {};
};
/// Options of randint.
struct RandintOptions {
  DType dtype = DType::int32;
  Seed seed = {};
};
/// Options of dropout.
struct DropoutOptions {
  Shape noise_shape = {};  ///< of the pattern, broadcast to the inputs; rank 0: that of the inputs
  Seed seed = {};
};

// `shape` may hold None while the graph is built. All throw DtypeError for a dtype of the wrong
// kind.

/// Normally distributed numbers, by the Box-Muller transform.
Tensor normal(const Shape& shape, NormalOptions options = {});
/// The same, what lies beyond two standard deviations drawn anew: by the inverse of the
/// distribution function.
Tensor truncated_normal(const Shape& shape, NormalOptions options = {});
/// Numbers from [minval, maxval), evenly. Of an integer dtype: integers.
Tensor uniform(const Shape& shape, UniformOptions options = {});
/// Integers from minval to maxval - 1, evenly. Throws Error unless minval < maxval.
Tensor randint(const Shape& shape, std::int64_t minval, std::int64_t maxval,
               RandintOptions options = {});
/// inputs with each element set to 0 with probability `rate`, the others divided by 1 - rate. The
/// gradient has the same pattern: it is drawn again, not stored. Throws Error unless 0 <= rate < 1
/// (at 1: zeros).
Tensor dropout(const Tensor& inputs, double rate, DropoutOptions options = {});

}  // namespace random
}  // namespace weft
