#include <weft/training/optimizers/adamw.h>

#include "training/adam_optimizer.hpp"

namespace weft {
namespace optimizers {

AdamW::AdamW() : AdamW(AdamWOptions()) {}
AdamW::AdamW(LearningRate learning_rate)
    : AdamW(AdamWOptions{.learning_rate = std::move(learning_rate)}) {}
AdamW::AdamW(AdamWOptions o)
    : OptimizerRef(std::make_shared<detail::AdamOptimizer>(
          "AdamW", o, detail::AdamArguments{o.beta_1, o.beta_2, o.epsilon, o.amsgrad})) {}

}  // namespace optimizers

namespace registration {
void optimizer_adamw() {
  using Options = optimizers::AdamWOptions;
  detail::register_optimizer<optimizers::AdamW, Options>("AdamW", [](const Config& c) {
    auto o = detail::common_optimizer_options<Options>(c);
    detail::read_into(o.beta_1, c, "beta_1");
    detail::read_into(o.beta_2, c, "beta_2");
    detail::read_into(o.epsilon, c, "epsilon");
    detail::read_into(o.amsgrad, c, "amsgrad");
    return o;
  });
}
}  // namespace registration
}  // namespace weft
