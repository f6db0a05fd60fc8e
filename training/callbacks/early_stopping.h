// Stopping when nothing gets better.
#pragma once
#include <weft/training/callback.h>

namespace weft::callbacks {

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0;  ///< less than this is no improvement
  int patience = 0;      ///< epochs without improvement after which training stops
  int verbose = 0;
  std::string mode = "auto";  ///< "min", "max", or "auto": by the name of what is monitored
  std::optional<double> baseline = {};
  bool restore_best_weights = false;
  int start_from_epoch = 0;
};

/// Stops training when `monitor` has not improved for `patience` epochs. With restore_best_weights
/// the model ends with the weights of its best epoch, also when it was not stopped early. Throws
/// Error for an unknown mode.
struct EarlyStopping : Ref<Callback> {
  explicit EarlyStopping(EarlyStoppingOptions options = {});
  /// The epoch after which training was stopped; 0 when it was not.
  int stopped_epoch() const;
};

}  // namespace weft::callbacks
