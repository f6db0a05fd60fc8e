#include <weft/training/optimizers/adam.h>

#include "training/adam_optimizer.hpp"

namespace weft {
namespace optimizers {

Adam::Adam() : Adam(AdamOptions()) {}
Adam::Adam(LearningRate learning_rate)
    : Adam(AdamOptions{.learning_rate = std::move(learning_rate)}) {}
Adam::Adam(AdamOptions o)
    : OptimizerRef(std::make_shared<detail::AdamOptimizer>(
          "Adam", o, detail::AdamArguments{o.beta_1, o.beta_2, o.epsilon, o.amsgrad})) {}

}  // namespace optimizers

namespace registration {
void optimizer_adam() {
  using Options = optimizers::AdamOptions;
  detail::register_optimizer<optimizers::Adam, Options>("Adam", detail::adam_options<Options>);
}
}  // namespace registration
}  // namespace weft
