#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/reduce.h>
#include <weft/layers/regularizers/l2.h>

#include "layers/arguments/penalty.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class L2Regularizer : public Regularizer {
 public:
  explicit L2Regularizer(double l2) : l2_(detail::checked_factor(l2, "l2")) {}
  std::string class_name() const override { return "L2"; }
  std::string module() const override { return "keras.regularizers"; }
  Tensor operator()(const Tensor& x) override { return ops::sum(ops::square(x)) * l2_; }
  Config get_config() const override { return {{"l2", l2_}}; }

 private:
  double l2_;
};

}  // namespace

namespace regularizers {
L2::L2(double l2) : Ref(std::make_shared<L2Regularizer>(l2)) {}
}  // namespace regularizers

namespace registration {
void regularizer_l2() {
  detail::registry<Regularizer>().add(
      "L2", [](const Config& c) { return regularizers::L2(c.get<double>("l2", 0.01)); });
}
}  // namespace registration

}  // namespace weft
