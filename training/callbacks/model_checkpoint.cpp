#include <fmt/args.h>
#include <fmt/format.h>
#include <weft/core/error.h>
#include <weft/training/callbacks/model_checkpoint.h>
#include <weft/training/model.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "training/monitor.hpp"

namespace weft::callbacks {
namespace {

class ModelCheckpointCallback : public Callback {
 public:
  ModelCheckpointCallback(std::string filepath, ModelCheckpointOptions options)
      : path_(std::move(filepath)), o_(std::move(options)) {
    detail::check_mode("ModelCheckpoint", o_.mode);
    const std::string_view end = ".keras";
    if (path_.size() < end.size() ||
        path_.compare(path_.size() - end.size(), end.size(), end) != 0) {
      throw Error(
          "ModelCheckpoint: the filepath must end in `.keras` (Keras model format). Received: "
          "filepath=" +
          path_);
    }
    if (o_.save_freq && *o_.save_freq < 1) {
      throw Error(
          fmt::format("ModelCheckpoint: `save_freq` must be at least 1, a number of batches. "
                      "Received: save_freq={}",
                      *o_.save_freq));
    }
    check_widths();
  }

  void on_epoch_begin(int epoch, Logs&) override { epoch_ = epoch; }
  void on_epoch_end(int epoch, Logs& logs) override {
    if (!o_.save_freq) save(epoch, logs);
  }
  void on_train_batch_end(int, Logs& logs) override {
    if (o_.save_freq && ++batches_ % *o_.save_freq == 0) save(epoch_, logs);
  }

 private:
  void save(int epoch, const Logs& logs) {
    if (o_.save_best_only && !is_best(epoch, logs)) return;
    const std::string path = path_for(epoch, logs);
    if (o_.verbose > 0) std::printf("\nEpoch %d: saving model to %s\n", epoch + 1, path.c_str());
    make_folder_of(path);
    model().save(path);
  }

  // As Keras does.
  static void make_folder_of(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    if (folder.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::error_code ignored;
    if (!error || std::filesystem::is_directory(folder, ignored)) return;
    throw FileError(
        fmt::format("ModelCheckpoint: the folder '{}' of the filepath cannot be made: {}",
                    folder.string(), error.message()));
  }

  bool is_best(int epoch, const Logs& logs) {
    if (!known_) {
      direction_ = detail::monitor_direction("ModelCheckpoint", o_.mode, o_.monitor, model());
      best_ = o_.initial_value_threshold.value_or(detail::worst(direction_));
      known_ = true;
    }
    const std::optional<double> current = detail::monitored("ModelCheckpoint", o_.monitor, logs);
    if (!current) return false;
    if (!detail::is_better(direction_, *current, best_)) {
      if (o_.verbose > 0)
        std::printf("\nEpoch %d: %s did not improve from %.5f\n", epoch + 1, o_.monitor.c_str(),
                    best_);
      return false;
    }
    best_ = *current;
    return true;
  }

  // A field of a million characters would be a path of a million characters.
  void check_widths() const {
    constexpr int most = 255;
    bool in_field = false;
    int number = 0;
    for (const char c : path_) {
      in_field = c == '{' || (in_field && c != '}');
      number = in_field && c >= '0' && c <= '9' ? std::min(number * 10 + (c - '0'), most + 1) : 0;
      if (number <= most) continue;
      throw Error(fmt::format(
          "ModelCheckpoint: a field of the filepath is too wide. Expected: widths and precisions "
          "up to {}. Received: filepath={}",
          most, path_));
    }
  }

  // Python's format fields are fmt's.
  std::string path_for(int epoch, const Logs& logs) const {
    fmt::dynamic_format_arg_store<fmt::format_context> fields;
    fields.push_back(fmt::arg("epoch", epoch + 1));
    const std::vector<std::string> names = logs.names();
    for (const std::string& name : names) fields.push_back(fmt::arg(name.c_str(), logs[name]));
    try {
      return fmt::vformat(path_, fields);
    } catch (const fmt::format_error& e) {
      throw Error("ModelCheckpoint: failed to format filepath '" + path_ + "' (" + e.what() +
                  "). Expected: fields `epoch` and the names of the logs.");
    }
  }

  std::string path_;
  ModelCheckpointOptions o_;
  detail::Direction direction_ = detail::Direction::minimize;
  bool known_ = false;
  double best_ = 0;
  int epoch_ = 0, batches_ = 0;
};

}  // namespace

ModelCheckpoint::ModelCheckpoint(std::string filepath, ModelCheckpointOptions options)
    : Ref(std::make_shared<ModelCheckpointCallback>(std::move(filepath), std::move(options))) {}

}  // namespace weft::callbacks
