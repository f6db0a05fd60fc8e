#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/training/data/dataset.h>

#include "core/access.hpp"

namespace weft {
namespace {

struct Data {
  Tensors x, y, sample_weight;
  std::int64_t samples = 0;
  std::optional<int> batch_size;
};

const Data& data_of(const std::shared_ptr<void>& state) {
  if (!state) throw Error("An empty Dataset was used. Expected: Dataset::from_tensors(x, y).");
  return *static_cast<const Data*>(state.get());
}

std::string sizes_of(const Tensors& t) {
  std::string out;
  for (const Tensor& one : t.flat())
    out += (out.empty() ? "" : ", ") +
           (one.shape().rank() == 0 ? "scalar" : std::to_string(std::int64_t(one.shape()[0])));
  return out;
}

void check_concrete(const char* part, const Tensor& t) {
  if (!t) {
    throw GraphError(fmt::format(
        "Data must be tensors with values. Expected: a tensor in `{}`. Received: a null Tensor.",
        part));
  }
  if (detail::is_concrete(t)) return;
  throw GraphError("Data must be concrete tensors. Received: in `" + std::string(part) +
                   "` a functional or traced tensor of shape " + t.shape().to_string() + ".");
}

void check_cardinality(const Data& d) {
  bool same = true;
  for (const Tensors* part : {&d.x, &d.y, &d.sample_weight}) {
    for (const Tensor& t : part->flat()) {
      same = same && t.shape().rank() > 0 && std::int64_t(t.shape()[0]) == d.samples;
    }
  }
  if (same) return;
  std::string message =
      "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples.";
  message += "'x' sizes: " + sizes_of(d.x) + "\n";
  if (d.y.size() != 0) message += "'y' sizes: " + sizes_of(d.y) + "\n";
  if (d.sample_weight.size() != 0)
    message += "'sample_weight' sizes: " + sizes_of(d.sample_weight) + "\n";
  throw ShapeError(message);
}

}  // namespace

Dataset Dataset::from_tensors(const Tensors& x, const Tensors& y, const Tensors& sample_weight) {
  auto d = std::make_shared<Data>();
  d->x = x;
  d->y = y;
  d->sample_weight = sample_weight;
  const std::vector<Tensor> flat = x.flat();
  if (flat.empty())
    throw Error(
        "The data has no inputs. Expected: x, a tensor, a list or a dict of tensors. Received: "
        "nothing.");
  for (const Tensor& t : flat) check_concrete("x", t);
  for (const Tensor& t : y.flat()) check_concrete("y", t);
  for (const Tensor& t : sample_weight.flat()) check_concrete("sample_weight", t);
  d->samples = flat[0].shape().rank() == 0 ? 0 : std::int64_t(flat[0].shape()[0]);
  check_cardinality(*d);
  Dataset out;
  out.state = std::move(d);
  return out;
}

Dataset Dataset::batch(int size) const {
  if (size < 1)
    throw Error(
        fmt::format("Dataset::batch: the batch size must be at least 1. Received: {}.", size));
  auto d = std::make_shared<Data>(data_of(state));
  d->batch_size = size;
  Dataset out;
  out.state = std::move(d);
  return out;
}

std::int64_t Dataset::size() const { return data_of(state).samples; }
const Tensors& Dataset::x() const { return data_of(state).x; }
const Tensors& Dataset::y() const { return data_of(state).y; }
const Tensors& Dataset::sample_weight() const { return data_of(state).sample_weight; }
std::optional<int> Dataset::batch_size() const { return data_of(state).batch_size; }

}  // namespace weft
