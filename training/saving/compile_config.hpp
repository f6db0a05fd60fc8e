// How a model was compiled, as config.json describes it.
#pragma once
#include <weft/training/fit_options.h>

namespace weft {
class ModelLayer;
}

namespace weft::detail {

/// {"optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly",
/// "steps_per_execution"}; empty when the model was not compiled. Throws Error for a loss or metric
/// that is a function without a name.
Config compile_config(const ModelLayer& model);
/// The reverse. `output_names` name the entries of lists of lists.
CompileOptions revive_compile_config(const Config& config,
                                     const std::vector<std::string>& output_names);

}  // namespace weft::detail
