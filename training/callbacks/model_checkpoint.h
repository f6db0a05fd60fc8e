// Saving the model while it is trained.
#pragma once
#include <weft/training/callback.h>

namespace weft::callbacks {

struct ModelCheckpointOptions {
  std::string monitor = "val_loss";
  int verbose = 0;
  bool save_best_only = false;
  std::string mode = "auto";          ///< "min", "max", or "auto": by the name of what is monitored
  std::optional<int> save_freq = {};  ///< after so many batches; absent: after each epoch
  std::optional<double> initial_value_threshold =
      {};  ///< with save_best_only: only what is better than this is saved
};

/// Saves the model to `filepath`, which ends in .keras and may name the epoch (from 1) and logs:
/// "{epoch:02d}-{val_loss:.2f}.keras". Throws Error for another extension or an unknown mode, and
/// while saving for a name that is not among the logs.
struct ModelCheckpoint : Ref<Callback> {
  explicit ModelCheckpoint(std::string filepath, ModelCheckpointOptions options = {});
};

}  // namespace weft::callbacks
