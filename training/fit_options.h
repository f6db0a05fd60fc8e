// The keyword arguments of compile, fit, evaluate, predict, summary and save, in Keras's order.
#pragma once
#include <weft/training/callback.h>
#include <weft/training/compile_args.h>
#include <weft/training/data/dataset.h>
#include <weft/training/optimizer.h>

namespace weft {

struct ModelOptions {
  std::string name = {};
  bool trainable = true;
};

struct CompileOptions {
  OptimizerArg optimizer = {};  ///< "rmsprop" when absent
  PerOutput<LossSpec> loss = {};
  PerOutput<double> loss_weights = {};
  Metrics metrics = {}, weighted_metrics = {};
  bool run_eagerly =
      false;  ///< op by op instead of as a plan: values can be read in `call` and train_step
};

/// {x, y}, {x, y, weights} or a Dataset.
class ValidationData : detail::State {
 public:
  ValidationData() = default;
  ValidationData(const Dataset& data);
  ValidationData(const Tensors& x, const Tensors& y, const Tensors& sample_weight = {});
  explicit operator bool() const { return state != nullptr; }
  const Dataset& dataset() const;
};

struct FitOptions {
  std::optional<int> batch_size = {};  ///< 32
  int epochs = 1;
  int verbose = -1;  ///< 0 silent, 1 a progress bar, 2 one line per epoch, -1 "auto": 1
  Callbacks callbacks = {};
  double validation_split = 0;  ///< the last part of the data, before shuffling
  ValidationData validation_data = {};
  bool shuffle = true;
  std::vector<std::pair<int, double>> class_weight =
      {};  ///< {{0, 1.0}, {1, 5.0}}: labels not named weigh 1
  Tensors sample_weight = {};
  int initial_epoch = 0;
  std::optional<int> steps_per_epoch = {}, validation_steps = {}, validation_batch_size = {};
  int validation_freq = 1;
};

struct EvaluateOptions {
  std::optional<int> batch_size = {};
  int verbose = -1;
  Tensors sample_weight = {};
  std::optional<int> steps = {};
  Callbacks callbacks = {};
};

struct PredictOptions {
  std::optional<int> batch_size = {};
  int verbose = -1;
  std::optional<int> steps = {};
  Callbacks callbacks = {};
};

}  // namespace weft
