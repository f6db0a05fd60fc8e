// Batches of a data set: gathered row by row into staging tensors that never move, or, without a
// shuffle and on a device with the host's memory, the data themselves.
#pragma once
#include <weft/training/data/dataset.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "graph/trace/call_structure.hpp"
#include "training/data/device_batches.hpp"

namespace weft::detail {

class Batches {
 public:
  /// Throws Error for an empty data set or a batch size below 1. Floating data become floatx, as
  /// Keras converts them. Batches are made on `target`.
  Batches(const Dataset& data, int batch_size, Backend& target);
  /// Number of batches; the last one may be smaller.
  std::int64_t count() const { return (samples_ + batch_size_ - 1) / batch_size_; }
  std::int64_t samples() const { return samples_; }
  std::int64_t rows_of(std::int64_t batch) const;
  /// The order of an epoch, a function of seed and epoch number alone. Without a call: the order of
  /// the data.
  void shuffle(std::int64_t seed, std::int64_t epoch);
  /// Fills the staging tensors with a batch, or points views at it, and returns them, x, y and
  /// sample_weight in a row. No allocation after the first full and the first partial batch.
  const std::vector<Tensor>& stage(std::int64_t batch);
  /// The structure of x, y, sample_weight.
  const trace::CallStructure& structure() const { return structure_; }

 private:
  const std::vector<Tensor>& staging(std::int64_t rows);
  const std::vector<Tensor>& look_at(std::int64_t batch, std::int64_t rows);
  void gather(std::size_t array, Tensor& into, std::int64_t first, std::int64_t rows);

  std::int64_t samples_, batch_size_;
  trace::CallStructure structure_;
  std::vector<Tensor> arrays_;
  std::vector<std::int64_t> order_;  // empty: as the data are
  Backend& target_;
  std::unique_ptr<DeviceBatches> device_;  // null where the target's memory is the host's
  std::vector<Tensor> full_, last_, full_views_, last_views_;
};

/// Keras's class_weight as a weight per sample: by label, or by the largest of a one-hot row;
/// labels not named weigh 1. Throws Error for several outputs or beside a sample_weight.
Tensors class_weights(const Tensors& y, const std::vector<std::pair<int, double>>& class_weight);

/// The last `split` part of the data for validation, the rest for training. Throws Error when a
/// part would be empty.
std::pair<Dataset, Dataset> split_off(const Dataset& data, double split);

/// Copies the rows of one batch's results to their place in results for all `total` samples, made
/// at the first batch. `model` is for the message when a result has not one row per sample.
void append_rows(std::vector<Tensor>& whole, const std::vector<Tensor>& results, std::int64_t first,
                 std::int64_t total, std::int64_t rows, const std::string& model);

}  // namespace weft::detail
