#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/reduce.h>
#include <weft/layers/regularizers/l1.h>

#include "layers/arguments/penalty.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class L1Regularizer : public Regularizer {
 public:
  explicit L1Regularizer(double l1) : l1_(detail::checked_factor(l1, "l1")) {}
  std::string class_name() const override { return "L1"; }
  std::string module() const override { return "keras.regularizers"; }
  Tensor operator()(const Tensor& x) override { return ops::sum(ops::abs(x)) * l1_; }
  // Keras keeps this factor as a float32 tensor.
  Config get_config() const override {
    return {{"l1", static_cast<double>(static_cast<float>(l1_))}};
  }

 private:
  double l1_;
};

}  // namespace

namespace regularizers {
L1::L1(double l1) : Ref(std::make_shared<L1Regularizer>(l1)) {}
}  // namespace regularizers

namespace registration {
void regularizer_l1() {
  detail::registry<Regularizer>().add(
      "L1", [](const Config& c) { return regularizers::L1(c.get<double>("l1", 0.01)); });
}
}  // namespace registration

}  // namespace weft
