#include "training/data/batches.hpp"

#include <fmt/core.h>
#include <weft/core/backend.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

#include "core/access.hpp"
#include "core/default_backend.hpp"

namespace weft::detail {
namespace {

std::size_t row_bytes(const Tensor& t) {
  const Shape shape = t.shape();
  std::size_t bytes = t.dtype().itemsize();
  for (int i = 1; i < shape.rank(); ++i)
    bytes *= static_cast<std::size_t>(static_cast<std::int64_t>(shape[i]));
  return bytes;
}

Shape with_rows(const Shape& shape, std::int64_t rows) {
  Shape out = shape;
  out.set(0, rows);
  return out;
}

std::int64_t label_of(const std::vector<double>& values, std::int64_t row, std::int64_t width) {
  const auto first = values.begin() + row * width;
  return width == 1 ? std::llround(*first) : std::max_element(first, first + width) - first;
}

Tensors rows(const Tensors& t, std::int64_t first, std::int64_t last) {
  std::vector<Tensor> parts;
  for (const Tensor& one : t.flat()) parts.push_back(one[Slice{first, last, {}}]);
  return t.size() == 0 ? Tensors() : t.with(parts);
}

}  // namespace

Batches::Batches(const Dataset& data, int batch_size, Backend& target)
    : samples_(data.size()),
      batch_size_(batch_size),
      structure_({data.x(), data.y(), data.sample_weight()}),
      target_(target) {
  if (batch_size < 1)
    throw Error(fmt::format("The batch size must be at least 1. Received: {}.", batch_size));
  if (samples_ == 0)
    throw Error("The data set is empty. Expected: at least one sample. Received: 0 samples.");
  for (const Tensor& t : structure_.flatten({data.x(), data.y(), data.sample_weight()})) {
    const bool convert = t.dtype() == DType::float64 || t.dtype() == DType::float16;
    arrays_.push_back((convert ? t.astype(DType(floatx())) : t).to("cpu"));
  }
  if (!target_.host_accessible())
    device_ = std::make_unique<DeviceBatches>(arrays_, std::min(batch_size_, samples_), target_);
}

std::int64_t Batches::rows_of(std::int64_t batch) const {
  return std::min(batch_size_, samples_ - batch * batch_size_);
}

void Batches::shuffle(std::int64_t seed, std::int64_t epoch) {
  order_.resize(static_cast<std::size_t>(samples_));
  std::iota(order_.begin(), order_.end(), std::int64_t{0});
  // Fisher-Yates with a generator whose sequence the standard fixes: the same order on every
  // machine.
  std::mt19937_64 bits(static_cast<std::uint64_t>(seed) * 0x9e3779b97f4a7c15ULL +
                       static_cast<std::uint64_t>(epoch));
  for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[bits() % i]);
  if (device_) device_->set_order(order_);
}

const std::vector<Tensor>& Batches::staging(std::int64_t rows) {
  std::vector<Tensor>& tensors = rows == std::min(batch_size_, samples_) ? full_ : last_;
  if (tensors.empty()) {
    for (const Tensor& t : arrays_)
      tensors.push_back(empty(with_rows(t.shape(), rows), t.dtype(), target_));
  }
  return tensors;
}

void Batches::gather(std::size_t array, Tensor& into, std::int64_t first, std::int64_t rows) {
  if (device_) {
    device_->fill(array, into, first, rows);
    return;
  }
  const std::size_t bytes = row_bytes(arrays_[array]);
  const auto* from = static_cast<const std::byte*>(impl(arrays_[array]).data());
  TensorImpl& target = impl(into);
  auto* to = static_cast<std::byte*>(target.mutable_data());
  Backend& b = *target.storage->backend;
  if (order_.empty()) {
    b.copy_from_host(to, from + static_cast<std::size_t>(first) * bytes,
                     static_cast<std::size_t>(rows) * bytes);
    return;
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t row = order_[static_cast<std::size_t>(first + i)];
    b.copy_from_host(to + static_cast<std::size_t>(i) * bytes,
                     from + static_cast<std::size_t>(row) * bytes, bytes);
  }
}

// Rows in their order lie behind each other already: tensors that look at them, moved from batch to
// batch.
const std::vector<Tensor>& Batches::look_at(std::int64_t batch, std::int64_t rows) {
  std::vector<Tensor>& tensors =
      rows == std::min(batch_size_, samples_) ? full_views_ : last_views_;
  if (tensors.empty()) {
    for (const Tensor& t : arrays_) {
      auto view = std::make_shared<TensorImpl>();
      view->dtype = t.dtype();
      view->shape = with_rows(t.shape(), rows);
      view->storage = impl(t).storage;
      tensors.push_back(wrap_impl(std::move(view)));
    }
  }
  for (std::size_t a = 0; a < arrays_.size(); ++a) {
    impl(tensors[a]).offset_bytes =
        impl(arrays_[a]).offset_bytes +
        static_cast<std::size_t>(batch * batch_size_) * row_bytes(arrays_[a]);
  }
  return tensors;
}

const std::vector<Tensor>& Batches::stage(std::int64_t batch) {
  const std::int64_t rows = rows_of(batch);
  if (order_.empty() && !device_) return look_at(batch, rows);
  const std::vector<Tensor>& tensors = staging(rows);
  for (std::size_t a = 0; a < arrays_.size(); ++a) {
    Tensor into = tensors[a];
    gather(a, into, batch * batch_size_, rows);
  }
  return tensors;
}

Tensors class_weights(const Tensors& y, const std::vector<std::pair<int, double>>& class_weight) {
  if (y.size() != 1) {
    throw Error(fmt::format(
        "`class_weight` is only supported for models with a single output. Received: {} targets.",
        y.size()));
  }
  const Tensor labels = y.flat()[0];
  const std::int64_t n = labels.shape()[0];
  const std::int64_t width = n == 0 ? 1 : labels.size() / n;
  const std::vector<double> values = labels.to_vector<double>();
  std::vector<float> weights(static_cast<std::size_t>(n), 1.0F);
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t label = label_of(values, i, width);
    for (const auto& [c, weight] : class_weight) {
      if (c == label) weights[static_cast<std::size_t>(i)] = static_cast<float>(weight);
    }
  }
  return Tensor::from(weights);
}

void append_rows(std::vector<Tensor>& whole, const std::vector<Tensor>& results, std::int64_t first,
                 std::int64_t total, std::int64_t rows, const std::string& model) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Tensor& part = results[i];
    const Shape shape = part.shape();
    if (shape.rank() == 0 || shape[0] != rows) {
      throw ShapeError(
          fmt::format("Model '{}': predict needs outputs with one row per sample. Expected: {} "
                      "rows. Received: output {} of shape {}.",
                      model, rows, i, shape.to_string()));
    }
    if (whole.size() <= i)
      whole.push_back(empty(with_rows(shape, total), part.dtype(), *impl(part).storage->backend));
    const std::size_t bytes = row_bytes(part);
    TensorImpl& target = impl(whole[i]);
    if (!(with_rows(shape, total) == target.shape)) {
      throw ShapeError(
          fmt::format("Model '{}': predict cannot join output {} of batches with different shapes. "
                      "Expected: {}. Received: {}.",
                      model, i, target.shape.to_string(), shape.to_string()));
    }
    auto* to =
        static_cast<std::byte*>(target.mutable_data()) + static_cast<std::size_t>(first) * bytes;
    target.storage->backend->copy(to, impl(part).data(), static_cast<std::size_t>(rows) * bytes);
  }
}

std::pair<Dataset, Dataset> split_off(const Dataset& data, double split) {
  if (!(split > 0 && split < 1))
    throw Error(fmt::format("`validation_split` must be between 0 and 1. Received: {}.", split));
  const std::int64_t n = data.size();
  const auto at = static_cast<std::int64_t>(std::floor(static_cast<double>(n) * (1 - split)));
  if (at == 0 || at == n) {
    throw Error(
        fmt::format("Training data contains {} samples, which is not sufficient to split it into a "
                    "validation and training set as "
                    "specified by `validation_split={}`. Either provide more data, or a different "
                    "value for the `validation_split` "
                    "argument.",
                    n, split));
  }
  const auto part = [&](std::int64_t first, std::int64_t last) {
    const Dataset out =
        Dataset::from_tensors(rows(data.x(), first, last), rows(data.y(), first, last),
                              rows(data.sample_weight(), first, last));
    return data.batch_size() ? out.batch(*data.batch_size()) : out;
  };
  return {part(0, at), part(at, n)};
}

}  // namespace weft::detail
