#include "training/data/device_batches.hpp"

#include <cstring>
#include <limits>

#include "core/access.hpp"
#include "core/byte_count.hpp"
#include "core/environment.hpp"

namespace weft::detail {
namespace {

std::size_t bytes_of(const Tensor& t) { return byte_count(t.shape(), t.dtype()); }

}  // namespace

std::size_t DeviceBatches::most_resident_bytes() {
  constexpr std::size_t otherwise = std::size_t{256} << 20;
  return environment_number("WEFT_DEVICE_DATA_BYTES", 0, std::numeric_limits<std::size_t>::max(),
                            "a number of bytes")
      .value_or(otherwise);
}

DeviceBatches::DeviceBatches(const std::vector<Tensor>& arrays, std::int64_t rows, Backend& target)
    : target_(target), feeding_(dynamic_cast<Feeding*>(&target)) {
  std::size_t total = 0;
  for (const Tensor& t : arrays) {
    const auto samples = static_cast<std::size_t>(static_cast<std::int64_t>(t.shape()[0]));
    total += bytes_of(t);
    arrays_.push_back({static_cast<const std::byte*>(impl(t).data()), bytes_of(t) / samples});
  }
  if (feeding_ == nullptr) return;
  if (total <= most_resident_bytes()) {
    for (const Tensor& t : arrays) tables_.push_back(t.to(target.device()));
    return;
  }
  for (Array& a : arrays_)
    a.feed = feeding_->make_feed(static_cast<std::size_t>(rows) * a.row_bytes);
}

void DeviceBatches::set_order(const std::vector<std::int64_t>& order) {
  order_ = order;
  if (!is_resident() || order.empty()) return;
  if (!order_there_)
    order_there_ = empty(Shape({static_cast<std::int64_t>(order.size())}), DType::int64, target_);
  target_.copy_from_host(impl(order_there_).mutable_data(), order_.data(),
                         order_.size() * sizeof(std::int64_t));
}

void DeviceBatches::fill(std::size_t array, Tensor& into, std::int64_t first, std::int64_t rows) {
  Array& a = arrays_[array];
  void* to = impl(into).mutable_data();
  const auto begin = static_cast<std::size_t>(first), count = static_cast<std::size_t>(rows);
  if (is_resident()) {
    const auto* table = static_cast<const std::byte*>(impl(tables_[array]).data());
    if (order_.empty()) {
      target_.copy(to, table + begin * a.row_bytes, count * a.row_bytes);
    } else {
      const auto* order = static_cast<const std::int64_t*>(impl(order_there_).data());
      feeding_->gather_rows(to, table, a.row_bytes, order + begin, rows);
    }
    return;
  }
  std::vector<std::byte> plain;  // for a device without a ring
  if (a.feed == nullptr) plain.resize(count * a.row_bytes);
  auto* slot = a.feed == nullptr ? plain.data() : static_cast<std::byte*>(a.feed->slot());
  for (std::size_t i = 0; i < count && a.row_bytes != 0; ++i) {
    const std::size_t row =
        order_.empty() ? begin + i : static_cast<std::size_t>(order_[begin + i]);
    std::memcpy(slot + i * a.row_bytes, a.host + row * a.row_bytes, a.row_bytes);
  }
  if (a.feed == nullptr)
    target_.copy_from_host(to, slot, plain.size());
  else
    a.feed->send(to, count * a.row_bytes);
}

}  // namespace weft::detail
