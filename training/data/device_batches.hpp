// Batches on a device whose memory is not the host's. A small data set is copied there as a whole,
// and batches are gathered by row number; of a large one batches are gathered on the host and sent
// while the device computes.
#pragma once
#include <weft/core/backend.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "core/feeding.hpp"

namespace weft::detail {

class DeviceBatches {
 public:
  /// `arrays` are on the host and outlive it; batches have at most `rows` rows.
  DeviceBatches(const std::vector<Tensor>& arrays, std::int64_t rows, Backend& target);
  /// The order of an epoch; empty: as the data are.
  void set_order(const std::vector<std::int64_t>& order);
  /// Copies the rows with the numbers order[first], order[first + 1], ... of an array.
  void fill(std::size_t array, Tensor& into, std::int64_t first, std::int64_t rows);
  /// Whether the data set is on the device.
  bool is_resident() const { return !tables_.empty(); }

  /// Data sets of up to so many bytes are: WEFT_DEVICE_DATA_BYTES, else 256 MiB.
  static std::size_t most_resident_bytes();

 private:
  struct Array {
    const std::byte* host = nullptr;
    std::size_t row_bytes = 0;
    std::unique_ptr<Feed> feed = {};
  };
  Backend& target_;
  Feeding* feeding_;
  std::vector<Array> arrays_;
  std::vector<std::int64_t> order_;
  std::vector<Tensor> tables_;
  Tensor order_there_;
};

}  // namespace weft::detail
