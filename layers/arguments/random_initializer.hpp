// Base of the initializers that draw random numbers.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::detail {

class RandomInitializer : public Initializer {
 public:
  /// Without a seed one is drawn now: an instance gives the same values on every call, as Keras's
  /// does.
  explicit RandomInitializer(std::optional<std::int64_t> seed);
  std::string module() const override { return "keras.initializers"; }
  /// The seed as it was given, null when none was.
  Config get_config() const override;
  std::int64_t seed() const { return seed_; }

 protected:
  /// `dtype`; throws DtypeError for an integer dtype, of which a weight near 0 has no values.
  DType floating(DType dtype) const;

 private:
  std::optional<std::int64_t> given_;
  std::int64_t seed_;
};

/// The seed of a config: null when it is not there. A SeedGenerator's config counts with its own
/// seed.
std::optional<std::int64_t> seed_of(const Config& config);

}  // namespace weft::detail
