// What VarianceScaling, Glorot*, He* and Lecun* share.
#pragma once
#include <weft/layers/initializers/variance_scaling.h>

#include "layers/arguments/random_initializer.hpp"
#include "layers/arguments/registries.hpp"

namespace weft::detail {

class VarianceScalingInitializer : public RandomInitializer {
 public:
  /// A class_name other than "VarianceScaling" fixes scale, mode and distribution: files then have
  /// the seed only.
  VarianceScalingInitializer(std::string class_name, initializers::VarianceScalingOptions options);
  std::string class_name() const override { return class_name_; }
  Tensor operator()(const Shape& shape, DType dtype) override;
  Config get_config() const override;

 private:
  double variance(const Shape& shape) const;
  std::string class_name_;
  initializers::VarianceScalingOptions options_;
};

/// One of the named special cases.
Ref<Initializer> named_scaling(const char* class_name, double scale, const char* mode,
                               const char* distribution, std::optional<std::int64_t> seed);
/// Registers one.
void register_named_scaling(const char* class_name, double scale, const char* mode,
                            const char* distribution);

}  // namespace weft::detail
