#include <weft/training/losses/categorical_crossentropy.h>
#include <weft/training/metrics/categorical_crossentropy.h>

#include "training/builtin_loss.hpp"
#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

CategoricalCrossentropy::CategoricalCrossentropy(CategoricalCrossentropyOptions o)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "CategoricalCrossentropy", "categorical_crossentropy", "down", o.name, o.dtype,
          [a = losses::CategoricalCrossentropyArguments{o.from_logits, o.label_smoothing, o.axis}](
              const Tensor& t, const Tensor& p) {
            return losses::categorical_crossentropy(t, p, a);
          },
          Config{{"from_logits", o.from_logits},
                 {"label_smoothing", o.label_smoothing},
                 {"axis", o.axis}})) {
  detail::check_label_smoothing("CategoricalCrossentropy", o.label_smoothing);
}

}  // namespace metrics

namespace registration {
void metric_categorical_crossentropy() {
  using Options = metrics::CategoricalCrossentropyOptions;
  detail::register_metric<metrics::CategoricalCrossentropy, Options>(
      "CategoricalCrossentropy", [](const Config& c) {
        auto o = detail::common_metric_options<Options>(c);
        o.from_logits = c.get<bool>("from_logits", o.from_logits);
        o.label_smoothing = c.get<double>("label_smoothing", o.label_smoothing);
        o.axis = c.get<int>("axis", o.axis);
        return o;
      });
}
}  // namespace registration
}  // namespace weft
