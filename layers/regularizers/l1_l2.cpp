#include <weft/core/ops/full.h>
#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/reduce.h>
#include <weft/layers/regularizers/l1_l2.h>

#include "layers/arguments/penalty.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class L1L2Regularizer : public Regularizer {
 public:
  explicit L1L2Regularizer(const regularizers::L1L2Options& o)
      : l1_(detail::checked_factor(o.l1, "l1")), l2_(detail::checked_factor(o.l2, "l2")) {}
  std::string class_name() const override { return "L1L2"; }
  std::string module() const override { return "keras.regularizers"; }
  Tensor operator()(const Tensor& x) override {
    if (l1_ == 0 && l2_ == 0) return ops::zeros({}, x.dtype());
    if (l2_ == 0) return ops::sum(ops::abs(x)) * l1_;
    const Tensor squares = ops::sum(ops::square(x)) * l2_;
    return l1_ == 0 ? squares : ops::sum(ops::abs(x)) * l1_ + squares;
  }
  Config get_config() const override { return {{"l1", l1_}, {"l2", l2_}}; }

 private:
  double l1_, l2_;
};

// Keras reads null as zero.
double factor(const Config& c, const char* key) {
  return c.get<std::optional<double>>(key, std::nullopt).value_or(0.0);
}

}  // namespace

namespace regularizers {
L1L2::L1L2(L1L2Options options) : Ref(std::make_shared<L1L2Regularizer>(options)) {}
}  // namespace regularizers

namespace registration {
// snake_case("L1L2") is "l1_l2".
void regularizer_l1_l2() {
  detail::registry<Regularizer>().add(
      "L1L2",
      [](const Config& c) {
        return regularizers::L1L2({.l1 = factor(c, "l1"), .l2 = factor(c, "l2")});
      },
      {"l1_l2"});
}
}  // namespace registration

}  // namespace weft
