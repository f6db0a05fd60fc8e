#include "graph/functional/weight_budget.hpp"

#include <weft/core/error.h>

namespace weft::detail {
namespace {

WeightBudget*& innermost() {
  thread_local WeightBudget* budget = nullptr;
  return budget;
}

}  // namespace

WeightBudget::WeightBudget(std::size_t bytes) : outer_(innermost()), left_(bytes) {
  innermost() = this;
}
WeightBudget::~WeightBudget() { innermost() = outer_; }

void WeightBudget::spend(const Shape& shape, DType dtype, const std::string& path) {
  WeightBudget* budget = innermost();
  if (budget == nullptr) return;
  std::size_t elements_left = budget->left_ / dtype.itemsize();
  std::size_t elements = 1;
  for (const Dim& d : shape) {
    const auto n = static_cast<std::size_t>(static_cast<std::int64_t>(d));
    if (n != 0 && elements > elements_left / n) {
      throw FileError("the configuration asks for weight '" + path + "' of shape " +
                      shape.to_string() +
                      ", more than the file holds values for. Expected: a configuration that fits "
                      "model.weights.h5.");
    }
    elements *= n;
  }
  budget->left_ -= elements * dtype.itemsize();
}

}  // namespace weft::detail
