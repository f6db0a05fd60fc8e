#include <weft/training/losses/binary_crossentropy.h>
#include <weft/training/metrics/binary_crossentropy.h>

#include "training/builtin_loss.hpp"
#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

BinaryCrossentropy::BinaryCrossentropy(BinaryCrossentropyOptions o)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "BinaryCrossentropy", "binary_crossentropy", "down", o.name, o.dtype,
          [a = losses::BinaryCrossentropyArguments{o.from_logits, o.label_smoothing, -1}](
              const Tensor& t, const Tensor& p) {
            const auto [y_true, y_pred] = detail::squeeze_or_expand_to_same_rank(t, p);
            return losses::binary_crossentropy(y_true, y_pred, a);
          },
          Config{{"from_logits", o.from_logits}, {"label_smoothing", o.label_smoothing}})) {
  detail::check_label_smoothing("BinaryCrossentropy", o.label_smoothing);
}

}  // namespace metrics

namespace registration {
void metric_binary_crossentropy() {
  using Options = metrics::BinaryCrossentropyOptions;
  detail::register_metric<metrics::BinaryCrossentropy, Options>(
      "BinaryCrossentropy",
      [](const Config& c) {
        auto o = detail::common_metric_options<Options>(c);
        o.from_logits = c.get<bool>("from_logits", o.from_logits);
        o.label_smoothing = c.get<double>("label_smoothing", o.label_smoothing);
        return o;
      },
      {"bce", "BCE"});
}
}  // namespace registration
}  // namespace weft
