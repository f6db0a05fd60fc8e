#include "training/fit_loop.hpp"

#include <fmt/core.h>
#include <weft/core/backend.h>
#include <weft/core/error.h>
#include <weft/core/log.h>
#include <weft/core/random.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/access.hpp"
#include "training/callback_access.hpp"
#include "training/data/batches.hpp"
#include "training/model_parts.hpp"
#include "training/model_state.hpp"
#include "training/progress_bar.hpp"

namespace weft::detail {
namespace {

int resolved_verbose(int verbose) { return verbose < 0 ? 1 : verbose; }

// Numbers to draw, keys sorted.
NamedNumbers numbers(const Logs& logs) {
  NamedNumbers out;
  for (const std::string& name : logs.names()) out.emplace_back(name, logs[name]);
  return out;
}

/// Those of `order` first, in that order, then the others.
NamedNumbers numbers(const Logs& logs, const std::vector<std::string>& order) {
  NamedNumbers out = numbers(logs);
  const auto place = [&](const auto& entry) {
    return std::find(order.begin(), order.end(), entry.first) - order.begin();
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return out;
}

void check_at_least_one(const char* function, const char* argument, std::optional<int> given) {
  if (!given || *given >= 1) return;
  throw Error(
      fmt::format("{}: `{}` must be at least 1. Received: {}.", function, argument, *given));
}

void check(const FitOptions& o) {
  if (o.epochs < 0)
    throw Error(fmt::format("fit: `epochs` must not be negative. Received: {}.", o.epochs));
  if (o.initial_epoch < 0)
    throw Error(
        fmt::format("fit: `initial_epoch` must not be negative. Received: {}.", o.initial_epoch));
  if (o.validation_freq < 1)
    throw Error(
        fmt::format("fit: `validation_freq` must be at least 1. Received: {}.", o.validation_freq));
  check_at_least_one("fit", "steps_per_epoch", o.steps_per_epoch);
  check_at_least_one("fit", "validation_steps", o.validation_steps);
  check_at_least_one("fit", "validation_batch_size", o.validation_batch_size);
  for (const auto& [label, weight] : o.class_weight) {
    if (label < 0 || !std::isfinite(weight) || weight < 0) {
      throw Error(fmt::format(
          "fit: `class_weight` does not fit. Expected: class numbers from 0, and finite weights "
          "that are not negative. Received: {{{}: {}}}.",
          label, std::isnan(weight) ? "nan" : fmt::format("{}", weight)));
    }
  }
  if (!o.class_weight.empty() && o.sample_weight.size() != 0) {
    throw Error(
        "fit: `class_weight` and `sample_weight` cannot be used at the same time. Expected: one of "
        "them.");
  }
}

int batch_size_for(const Dataset& data, std::optional<int> given, std::optional<int> steps) {
  if (data.batch_size()) return *data.batch_size();
  if (given) return *given;
  if (steps && *steps > 0) return static_cast<int>((data.size() + *steps - 1) / *steps);
  return default_batch_size;
}

Dataset weighted(const Dataset& data, const FitOptions& o) {
  if (o.class_weight.empty()) return data;
  if (data.sample_weight().size() != 0) {
    throw Error(
        "fit: `class_weight` and a Dataset with weights cannot be used at the same time. Expected: "
        "one of them.");
  }
  const Dataset out =
      Dataset::from_tensors(data.x(), data.y(), class_weights(data.y(), o.class_weight));
  return data.batch_size() ? out.batch(*data.batch_size()) : out;
}

// One run of fit: everything that outlives an epoch.
class Fit {
 public:
  Fit(const std::shared_ptr<ModelLayer>& model, const Dataset& training, const Dataset& validation,
      const FitOptions& options)
      : model_(model),
        state_(ModelAccess::state(*model)),
        options_(options),
        batches_(training, batch_size_for(training, options.batch_size, options.steps_per_epoch),
                 device_of(*model)),
        validation_(validation),
        runner_(*model, StepKind::train, batches_.structure()),
        verbose_(resolved_verbose(options.verbose)),
        steps_(options.steps_per_epoch ? *options.steps_per_epoch : batches_.count()),
        callbacks_(options.callbacks, model, {verbose_, options.epochs, steps_}) {}

  weft::History run() {
    state_.stop_training = false;
    state_.history = {};
    prepare_validation();
    Logs logs;
    callbacks_.call(&Callback::on_train_begin, logs);
    for (int epoch = options_.initial_epoch; epoch < options_.epochs && !state_.stop_training;
         ++epoch)
      logs = run_epoch(epoch);
    if (state_.optimizer && state_.optimizer->built()) state_.optimizer->finalize_variable_values();
    callbacks_.call(&Callback::on_train_end, logs);
    return state_.history;
  }

 private:
  Logs run_epoch(int epoch) {
    Logs none;
    reset_metrics(*model_);
    callbacks_.call(&Callback::on_epoch_begin, epoch, none);
    if (verbose_ != 0 && options_.epochs > 1)
      std::printf("Epoch %d/%d\n", epoch + 1, options_.epochs);
    if (options_.shuffle && (!options_.steps_per_epoch || next_batch_ == 0)) {
      batches_.shuffle(random_seed(), epoch);
    }
    ProgressBar bar(steps_, verbose_);
    std::int64_t done = 0;
    for (; done < steps_ && !state_.stop_training; ++done) {
      if (!run_batch(static_cast<int>(done), bar)) break;
    }
    Logs logs = sorted_logs(settled_logs(runner_.names(), last_results_));
    add_validation(epoch, logs);
    const std::vector<std::string> order = logs.names();
    logs = sorted_logs(logs);
    const auto finish = [&] {
      if (verbose_ != 0) bar.update(done, numbers(logs, order), true);
      state_.history.history.append(logs);
      state_.history.epoch.push_back(epoch);
    };
    // As in Keras the bar and the history come last: they have what callbacks add to the logs. They
    // have the epoch too when a callback throws.
    try {
      callbacks_.call(&Callback::on_epoch_end, epoch, logs);
    } catch (...) {
      finish();
      throw;
    }
    finish();
    return logs;
  }

  // With steps_per_epoch the data go on where the epoch before stopped; false when they have run
  // dry.
  bool run_batch(int step, ProgressBar& bar) {
    if (!options_.steps_per_epoch) next_batch_ = step;
    if (next_batch_ >= batches_.count()) {
      log(LogLevel::warning,
          "fit: the data ran out of batches before all epochs had their `steps_per_epoch`. "
          "Training ends here.");
      state_.stop_training = true;
      return false;
    }
    const std::vector<Tensor>& batch = batches_.stage(next_batch_++);
    if (!callbacks_.empty()) {
      Logs none;
      callbacks_.call(&Callback::on_train_batch_begin, step, none);
    }
    const std::vector<Tensor>& results = runner_.run(batch);
    if (results_seen_ != results.data()) {
      results_seen_ = results.data();
      last_results_ = results;  // handles: the values change with each step
      batch_logs_ = sorted_logs(live_logs(results));
    }
    if (!callbacks_.empty()) callbacks_.call(&Callback::on_train_batch_end, step, batch_logs_);
    const std::int64_t done = step + 1;
    if (done < steps_ && bar.due(done, false))
      bar.update(done, numbers(batch_logs_), false);
    else
      bar.tick(done);
    return true;
  }

  Logs live_logs(const std::vector<Tensor>& results) const {
    std::vector<Named<Tensor>> entries;
    for (std::size_t i = 0; i < results.size(); ++i)
      entries.emplace_back(runner_.names()[i], results[i]);
    return Logs(entries);
  }

  int validation_batch_size() const {
    const auto given =
        options_.validation_batch_size ? options_.validation_batch_size : options_.batch_size;
    return batch_size_for(validation_, given, options_.validation_steps);
  }

  // Data that do not fit are refused before the first step, not after an epoch. The plan of
  // training is made first: it builds the optimizer, and what is planned before that is planned
  // anew.
  void prepare_validation() {
    if (!validation_ || options_.initial_epoch >= options_.epochs) return;
    Batches batches(validation_, validation_batch_size(), device_of(*model_));
    if (state_.options.run_eagerly) return;
    runner_.prepare(batches_.stage(0));
    StepRunner(*model_, StepKind::test, batches.structure()).prepare(batches.stage(0));
  }

  void add_validation(int epoch, Logs& logs) {
    if (!validation_ || (epoch + 1) % options_.validation_freq != 0) return;
    EvaluateOptions o;
    o.batch_size =
        options_.validation_batch_size ? options_.validation_batch_size : options_.batch_size;
    o.verbose = 0;
    o.steps = options_.validation_steps;
    const Logs scores = sorted_logs(evaluate_model(model_, validation_, o, &callbacks_));
    const std::vector<Tensor> values = scores.values();
    const std::vector<std::string> names = scores.names();
    for (std::size_t i = 0; i < names.size(); ++i) logs.set("val_" + names[i], values[i]);
  }

  std::shared_ptr<ModelLayer> model_;
  ModelState& state_;
  const FitOptions& options_;
  Batches batches_;
  Dataset validation_;
  StepRunner runner_;
  int verbose_;
  std::int64_t steps_;
  CallbackList callbacks_;
  std::int64_t next_batch_ = 0;
  std::vector<Tensor> last_results_;
  const Tensor* results_seen_ = nullptr;
  Logs batch_logs_;
};

}  // namespace

void reset_metrics(ModelLayer& model) {
  ModelState& state = ModelAccess::state(model);
  if (state.loss_tracker) state.loss_tracker->reset_state();
  if (state.metrics) state.metrics->reset_state();
  if (state.loss) state.loss->reset_state();
}

Logs settled_logs(const std::vector<std::string>& names, const std::vector<Tensor>& values) {
  std::vector<Named<Tensor>> entries;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::vector<float> numbers = values[i].to_vector<float>();
    double sum = 0;
    for (float v : numbers) sum += v;
    const auto mean =
        static_cast<float>(numbers.empty() ? 0 : sum / static_cast<double>(numbers.size()));
    entries.emplace_back(names[i], Tensor::from({mean}, Shape()));
  }
  return Logs(entries);
}

Logs sorted_logs(const Logs& logs) {
  std::vector<Named<Tensor>> entries;
  const std::vector<std::string> names = logs.names();
  const std::vector<Tensor> values = logs.values();
  for (std::size_t i = 0; i < names.size(); ++i) entries.emplace_back(names[i], values[i]);
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  return Logs(entries);
}

weft::History fit_model(const std::shared_ptr<ModelLayer>& model, const Dataset& data,
                        const FitOptions& options) {
  require_compiled(*model, "fit()");
  check(options);
  Dataset training = data;
  Dataset validation = options.validation_data ? options.validation_data.dataset() : Dataset();
  if (options.validation_split != 0 && !validation)
    std::tie(training, validation) = split_off(data, options.validation_split);
  return Fit(model, weighted(training, options), validation, options).run();
}

Logs evaluate_model(const std::shared_ptr<ModelLayer>& model, const Dataset& data,
                    const EvaluateOptions& options, const CallbackList* within) {
  require_compiled(*model, "evaluate()");
  check_at_least_one("evaluate", "steps", options.steps);
  Batches batches(data, batch_size_for(data, options.batch_size, options.steps), device_of(*model));
  StepRunner runner(*model, StepKind::test, batches.structure());
  const int verbose = resolved_verbose(options.verbose);
  const std::int64_t steps =
      options.steps ? std::min<std::int64_t>(*options.steps, batches.count()) : batches.count();
  const CallbackList own(within != nullptr ? Callbacks() : options.callbacks, model,
                         {verbose, 0, steps});
  const CallbackList& callbacks = within != nullptr ? *within : own;
  reset_metrics(*model);
  Logs logs;
  callbacks.call(&Callback::on_test_begin, logs);
  ProgressBar bar(steps, verbose);
  for (std::int64_t i = 0; i < steps; ++i) {
    callbacks.call(&Callback::on_test_batch_begin, static_cast<int>(i), logs);
    const std::vector<Tensor>& results = runner.run(batches.stage(i));
    const bool last = i + 1 == steps;
    const bool draw = !last && bar.due(i + 1, false);
    if (last || draw || !callbacks.empty()) logs = settled_logs(runner.names(), results);
    if (draw)
      bar.update(i + 1, numbers(sorted_logs(logs)), false);
    else
      bar.tick(i + 1);
    callbacks.call(&Callback::on_test_batch_end, static_cast<int>(i), logs);
  }
  if (verbose != 0) bar.update(steps, numbers(sorted_logs(logs)), true);
  callbacks.call(&Callback::on_test_end, logs);
  return logs;
}

Tensors predict_model(const std::shared_ptr<ModelLayer>& model, const Dataset& data,
                      const PredictOptions& options) {
  check_at_least_one("predict", "steps", options.steps);
  Batches batches(Dataset::from_tensors(data.x()),
                  batch_size_for(data, options.batch_size, options.steps), device_of(*model));
  StepRunner runner(*model, StepKind::predict, batches.structure());
  const int verbose = resolved_verbose(options.verbose);
  const std::int64_t steps =
      options.steps ? std::min<std::int64_t>(*options.steps, batches.count()) : batches.count();
  const CallbackList callbacks(options.callbacks, model, {verbose, 0, steps});
  Logs logs;
  callbacks.call(&Callback::on_predict_begin, logs);
  ProgressBar bar(steps, verbose);
  std::vector<Tensor> whole;
  std::int64_t row = 0;
  std::int64_t total = 0;
  for (std::int64_t i = 0; i < steps; ++i) total += batches.rows_of(i);
  for (std::int64_t i = 0; i < steps; ++i) {
    callbacks.call(&Callback::on_predict_batch_begin, static_cast<int>(i), logs);
    const std::vector<Tensor>& results = runner.run(batches.stage(i));
    append_rows(whole, results, row, total, batches.rows_of(i), model->name());
    row += batches.rows_of(i);
    if (i + 1 < steps && bar.due(i + 1, false))
      bar.update(i + 1, {}, false);
    else
      bar.tick(i + 1);
    callbacks.call(&Callback::on_predict_batch_end, static_cast<int>(i), logs);
  }
  if (verbose != 0) bar.update(steps, {}, true);
  device_of(*model).synchronize();  // data that a device refuses are refused here
  callbacks.call(&Callback::on_predict_end, logs);
  return runner.structure().with(whole);
}

}  // namespace weft::detail
