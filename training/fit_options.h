// The keyword arguments of compile, fit, evaluate, predict, summary and save, in Keras's order.
#pragma once
#include <weft/training/callback.h>
#include <weft/training/compile_args.h>
#include <weft/training/data/dataset.h>
#include <weft/training/optimizer.h>

namespace weft {

/// Of Model(inputs, outputs, options).
struct ModelOptions {
  std::string name = {};  ///< absent: functional, functional_1, ...
  bool trainable = true;  ///< false freezes all its layers
};

/// Of Model::compile.
struct CompileOptions {
  OptimizerArg optimizer = {};  ///< "rmsprop" when absent
  PerOutput<LossSpec> loss = {};
  PerOutput<double> loss_weights = {};  ///< the total loss is their weighted sum; absent: 1 each
  Metrics metrics = {};                 ///< see no sample weights
  Metrics weighted_metrics = {};        ///< see those of fit and evaluate
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

/// Of Model::fit. Where x is a Dataset, it says batch size and weights itself.
struct FitOptions {
  std::optional<int> batch_size = {};  ///< absent: 32
  int epochs = 1;
  int verbose = -1;  ///< 0 silent, 1 a progress bar, 2 one line per epoch, -1 "auto": 1
  Callbacks callbacks = {};
  double validation_split = 0;          ///< the last part of the data, before shuffling
  ValidationData validation_data = {};  ///< takes precedence over validation_split
  bool shuffle = true;                  ///< the samples, anew in each epoch
  std::vector<std::pair<int, double>> class_weight =
      {};                                    ///< {{0, 1.0}, {1, 5.0}}: labels not named weigh 1
  Tensors sample_weight = {};                ///< one number per sample (or per step) of each output
  int initial_epoch = 0;                     ///< epochs before it are taken as done
  std::optional<int> steps_per_epoch = {};   ///< absent: all batches
  std::optional<int> validation_steps = {};  ///< absent: all batches
  std::optional<int> validation_batch_size = {};  ///< absent: batch_size
  int validation_freq = 1;                        ///< validates after each such number of epochs
};

/// Of Model::evaluate.
struct EvaluateOptions {
  std::optional<int> batch_size = {};  ///< absent: 32
  int verbose = -1;
  Tensors sample_weight = {};
  std::optional<int> steps = {};  ///< at most so many batches; absent: all
  Callbacks callbacks = {};
};

/// Of Model::predict.
struct PredictOptions {
  std::optional<int> batch_size = {};  ///< absent: 32
  int verbose = -1;
  std::optional<int> steps = {};  ///< at most so many batches; absent: all
  Callbacks callbacks = {};
};

}  // namespace weft
