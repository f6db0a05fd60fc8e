#include "backends/cpu/kernels/pointwise/float_pointwise.hpp"

#include <algorithm>
#include <vector>

namespace weft::cpu {
namespace {

std::vector<FloatPointwise>& all() {
  static auto* ops = new std::vector<FloatPointwise>;  // leaked: kernels may outlive statics
  return *ops;
}

}  // namespace

void add_float_pointwise(const FloatPointwise& op) { all().push_back(op); }

const FloatPointwise* find_float_pointwise(std::string_view name) {
  const auto found = std::find_if(all().begin(), all().end(),
                                  [&](const FloatPointwise& op) { return op.name == name; });
  return found == all().end() ? nullptr : &*found;
}

}  // namespace weft::cpu
