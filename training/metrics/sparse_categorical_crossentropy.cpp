#include <weft/training/losses/sparse_categorical_crossentropy.h>
#include <weft/training/metrics/sparse_categorical_crossentropy.h>

#include "training/builtin_loss.hpp"
#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

SparseCategoricalCrossentropy::SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions o)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", "down", o.name,
          o.dtype,
          [a = losses::SparseCategoricalCrossentropyArguments{o.from_logits, o.ignore_class,
                                                              o.axis}](const Tensor& t,
                                                                       const Tensor& p) {
            return losses::sparse_categorical_crossentropy(t, p, a);
          },
          Config{{"from_logits", o.from_logits},
                 {"ignore_class", o.ignore_class},
                 {"axis", o.axis}})) {}

}  // namespace metrics

namespace registration {
void metric_sparse_categorical_crossentropy() {
  using Options = metrics::SparseCategoricalCrossentropyOptions;
  detail::register_metric<metrics::SparseCategoricalCrossentropy, Options>(
      "SparseCategoricalCrossentropy", [](const Config& c) {
        auto o = detail::common_metric_options<Options>(c);
        o.from_logits = c.get<bool>("from_logits", o.from_logits);
        o.ignore_class = c.get<std::optional<int>>("ignore_class", o.ignore_class);
        o.axis = c.get<int>("axis", o.axis);
        return o;
      });
}
}  // namespace registration
}  // namespace weft
