#include <fmt/core.h>
#include <weft/training/callbacks/early_stopping.h>
#include <weft/training/model.h>

#include <cstdio>

#include "training/monitor.hpp"

namespace weft::callbacks {
namespace {

class EarlyStoppingCallback : public Callback {
 public:
  explicit EarlyStoppingCallback(EarlyStoppingOptions options) : o_(std::move(options)) {
    detail::check_mode("EarlyStopping", o_.mode);
  }
  int stopped_epoch() const { return stopped_epoch_; }

  void on_train_begin(Logs&) override {
    known_ = false;
    wait_ = stopped_epoch_ = best_epoch_ = 0;
    best_weights_.clear();
  }

  void on_epoch_end(int epoch, Logs& logs) override {
    decide_direction();
    const std::optional<double> current = detail::monitored("EarlyStopping", o_.monitor, logs);
    if (!current || epoch < o_.start_from_epoch) return;
    if (o_.restore_best_weights && best_weights_.empty()) remember(epoch);
    ++wait_;
    if (improves(*current, best_)) {
      best_ = *current;
      best_epoch_ = epoch;
      if (o_.restore_best_weights) remember(epoch);
      if (!o_.baseline || improves(*current, *o_.baseline)) wait_ = 0;
      return;
    }
    if (wait_ >= o_.patience && epoch > 0) {
      stopped_epoch_ = epoch;
      model().stop_training();
    }
  }

  void on_train_end(Logs&) override {
    if (stopped_epoch_ > 0 && o_.verbose > 0)
      std::printf("Epoch %d: early stopping\n", stopped_epoch_ + 1);
    if (!o_.restore_best_weights || best_weights_.empty()) return;
    if (o_.verbose > 0)
      std::printf("Restoring model weights from the end of the best epoch: %d.\n", best_epoch_ + 1);
    model().set_weights(best_weights_);
  }

 private:
  void decide_direction() {
    if (known_) return;
    direction_ = detail::monitor_direction("EarlyStopping", o_.mode, o_.monitor, model());
    best_ = detail::worst(direction_);
    known_ = true;
  }
  bool improves(double value, double than) const {
    const double delta = direction_ == detail::Direction::minimize ? o_.min_delta : -o_.min_delta;
    return detail::is_better(direction_, value + delta, than);
  }
  void remember(int epoch) {
    best_epoch_ = epoch;
    best_weights_ = model().get_weights();
  }

  EarlyStoppingOptions o_;
  detail::Direction direction_ = detail::Direction::minimize;
  bool known_ = false;
  double best_ = 0;
  int wait_ = 0, stopped_epoch_ = 0, best_epoch_ = 0;
  std::vector<Tensor> best_weights_;
};

}  // namespace

EarlyStopping::EarlyStopping(EarlyStoppingOptions options)
    : Ref(std::make_shared<EarlyStoppingCallback>(std::move(options))) {}
int EarlyStopping::stopped_epoch() const {
  return static_cast<const EarlyStoppingCallback&>(**this).stopped_epoch();
}

}  // namespace weft::callbacks
