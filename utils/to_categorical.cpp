#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/utils/to_categorical.h>

#include <algorithm>
#include <cstdint>
#include <new>

namespace weft::utils {
namespace {

std::vector<double> zeros(std::size_t labels, std::int64_t classes) {
  try {
    std::size_t count = 0;
    if (__builtin_mul_overflow(labels, static_cast<std::size_t>(classes), &count))
      throw std::bad_alloc();
    return std::vector<double>(count, 0.0);
  } catch (const std::exception&) {  // bad_alloc or length_error
    throw OutOfMemory(
        fmt::format("to_categorical: there is not enough memory for {} labels of {} classes. "
                    "Expected: small class numbers, counted from 0",
                    labels, classes));
  }
}

}  // namespace

Tensor to_categorical(const Tensor& x, std::optional<int> num_classes) {
  const std::vector<std::int64_t> labels = x.to_vector<std::int64_t>();
  if (x.dtype().is_floating()) {
    const std::vector<double> exact = x.to_vector<double>();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (static_cast<double>(labels[i]) != exact[i]) {
        throw DtypeError(fmt::format(
            "to_categorical: not a class number. Expected: whole numbers. Received: {} at place {}",
            exact[i], i));
      }
    }
  }
  const Shape given = x.shape();
  Shape shape;
  const bool drops_last = given.rank() > 1 && given[-1] == 1;
  for (int i = 0; i < given.rank() - (drops_last ? 1 : 0); ++i) shape.push_back(given[i]);
  if (!num_classes && labels.empty()) {
    throw ShapeError(
        "to_categorical: num_classes is needed for an empty tensor. Expected: at least one label. "
        "Received: none");
  }
  const std::int64_t largest = labels.empty() ? 0 : *std::max_element(labels.begin(), labels.end());
  const std::int64_t classes = num_classes ? *num_classes : largest + (largest < INT64_MAX ? 1 : 0);
  shape.push_back(classes);
  std::vector<double> rows = zeros(labels.size(), std::max<std::int64_t>(classes, 0));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0 || labels[i] >= classes) {
      throw ShapeError(fmt::format(
          "to_categorical: label out of range. Expected: from 0 to {}. Received: {} at place {}",
          classes - 1, labels[i], i));
    }
    rows[i * static_cast<std::size_t>(classes) + static_cast<std::size_t>(labels[i])] = 1.0;
  }
  return Tensor::from(rows, shape);
}

}  // namespace weft::utils
