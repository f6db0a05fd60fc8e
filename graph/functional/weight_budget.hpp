// A limit on the weights that a file may have made: its configuration is believed only as far as
// the values that it holds.
#pragma once
#include <weft/core/dtype.h>
#include <weft/core/shape.h>

#include <cstddef>
#include <string>

namespace weft::detail {

/// For a scope, weights made on this thread may have `bytes` in all. The innermost scope counts.
class WeightBudget {
 public:
  explicit WeightBudget(std::size_t bytes);
  ~WeightBudget();
  WeightBudget(const WeightBudget&) = delete;
  WeightBudget& operator=(const WeightBudget&) = delete;
  /// Before a weight is made: throws FileError naming it when the budget is not enough. Nothing
  /// outside of a scope.
  static void spend(const Shape& shape, DType dtype, const std::string& path);

 private:
  WeightBudget* outer_;
  std::size_t left_;
};

}  // namespace weft::detail
