// The loops behind Model::fit, evaluate and predict.
#pragma once
#include <weft/training/model.h>

#include <memory>

#include "training/callback_access.hpp"

namespace weft::detail {

weft::History fit_model(const std::shared_ptr<ModelLayer>& model, const Dataset& data,
                        const FitOptions& options);
/// Logs in evaluate's order: the loss, the compiled metrics, the losses of the outputs, the rest
/// sorted.
/// `within`: the callbacks of the fit that asks; they keep their params.
Logs evaluate_model(const std::shared_ptr<ModelLayer>& model, const Dataset& data,
                    const EvaluateOptions& options, const CallbackList* within = nullptr);
Tensors predict_model(const std::shared_ptr<ModelLayer>& model, const Dataset& data,
                      const PredictOptions& options);
/// Zero for loss trackers and metrics.
void reset_metrics(ModelLayer& model);
/// Numbers of a step as logs that no later step changes, in the order of `names`.
Logs settled_logs(const std::vector<std::string>& names, const std::vector<Tensor>& values);
/// The same with keys sorted, as callbacks see them.
Logs sorted_logs(const Logs& logs);

inline constexpr int default_batch_size = 32;

}  // namespace weft::detail
