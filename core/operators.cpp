// The operators of Tensor.
#include <weft/core/op.h>

namespace weft {

Tensor operator+(const Tensor& a, const Tensor& b) { return apply_one("add", {a, b}); }
Tensor operator-(const Tensor& a, const Tensor& b) { return apply_one("subtract", {a, b}); }
Tensor operator-(const Tensor& a) { return apply_one("negative", {a}); }
Tensor operator*(const Tensor& a, const Tensor& b) { return apply_one("multiply", {a, b}); }
Tensor operator/(const Tensor& a, const Tensor& b) { return apply_one("true_divide", {a, b}); }
Tensor operator<(const Tensor& a, const Tensor& b) { return apply_one("less", {a, b}); }
Tensor operator<=(const Tensor& a, const Tensor& b) { return apply_one("less_equal", {a, b}); }
Tensor operator>(const Tensor& a, const Tensor& b) { return apply_one("greater", {a, b}); }
Tensor operator>=(const Tensor& a, const Tensor& b) { return apply_one("greater_equal", {a, b}); }

}  // namespace weft
