#include <weft/training/losses/kl_divergence.h>
#include <weft/training/metrics/kl_divergence.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

KLDivergence::KLDivergence(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>("KLDivergence", "kl_divergence", "down",
                                                         options.name, options.dtype,
                                                         losses::kl_divergence)) {}

}  // namespace metrics

namespace registration {
void metric_kl_divergence() {
  detail::register_plain_metric<metrics::KLDivergence>("KLDivergence");
}
}  // namespace registration
}  // namespace weft
