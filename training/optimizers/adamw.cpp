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
  detail::register_optimizer<optimizers::AdamW, Options>("AdamW", detail::adam_options<Options>);
}
}  // namespace registration
}  // namespace weft
