// What the tests of layers share.
#pragma once
#include <weft/core/error.h>
#include <weft/graph/functional/input.h>
#include <weft/graph/functional/layer.h>

#include <string>
#include <vector>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

namespace weft::test {

/// CHECKs shape, and max|a-b| <= tolerance max|b|.
void check_values(const Tensor& received, const Shape& shape, const std::vector<double>& expected,
                  double tolerance = 1e-6);

/// The layer's config as Python prints it.
std::string config_text(const AnyLayer& layer);

/// 'name': 'd', 'trainable': True, 'dtype': ...: what every config of a layer named "d" begins
/// with.
std::string common_config();

/// The layer that a file's object of this one makes.
AnyLayer revived(const AnyLayer& layer);

/// CHECKs that a revived layer has the same class and config.
void check_round_trip(const AnyLayer& layer);

/// float32 numbers that look random but are the same in every run, in [-1, 1).
std::vector<float> numbers(std::size_t count, unsigned seed = 1);

/// Such numbers as a tensor.
Tensor random_tensor(const Shape& shape, unsigned seed = 1);

}  // namespace weft::test
