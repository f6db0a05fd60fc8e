#include <weft/core/error.h>
#include <weft/graph/trace/tape.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/access.hpp"
#include "core/recorder.hpp"
#include "graph/trace/reverse_accumulate.hpp"

namespace weft {

class GradientTape::Impl : public detail::Listener {
 public:
  void start() { detail::recording().tapes.push_back(this); }

  void stop() {
    auto& tapes = detail::recording().tapes;
    tapes.erase(std::remove(tapes.begin(), tapes.end(), this), tapes.end());
  }

  void applied(const OpDef& op, const std::vector<Tensor>& inputs, const Config& attrs,
               const std::vector<Tensor>& outputs) override {
    const bool watched = std::any_of(inputs.begin(), inputs.end(),
                                     [&](const Tensor& t) { return tracked_.count(id(t)) != 0; });
    if (!watched) return;
    entries_.push_back({&op, attrs, inputs, outputs});
    for (const Tensor& t : outputs) tracked_.insert(id(t));
  }

  void was_read(const Variable& variable, const Tensor& value) override {
    if (!value.dtype().is_floating()) return;
    tracked_.insert(id(value));
    if (read_ids_.insert(id(value)).second)
      reads_.push_back({detail::Access::state(variable), value});
  }

  void watch(const Tensor& t) { tracked_.insert(id(t)); }

  std::vector<Tensor> gradient(const Tensor& of, const std::vector<std::uint64_t>& by) {
    auto& tapes = detail::recording().tapes;
    const auto place = std::find(tapes.begin(), tapes.end(), this);
    const bool recording = place != tapes.end();
    const auto position = place - tapes.begin();
    if (recording) tapes.erase(place);
    std::vector<Tensor> out;
    try {
      out = trace::reverse_accumulate(entries_, of, by);
    } catch (...) {
      if (recording) tapes.insert(tapes.begin() + position, this);
      throw;
    }
    if (recording) tapes.insert(tapes.begin() + position, this);
    return out;
  }

  // A variable that was assigned in between was read as several values: their gradients add up.
  std::vector<Tensor> gradient(const Tensor& of, const std::vector<Variable>& by) {
    std::vector<std::uint64_t> ids;
    std::vector<std::size_t> owner;
    for (std::size_t i = 0; i < by.size(); ++i) {
      detail::impl(by[i]);  // throws on null
      for (const Read& r : reads_) {
        if (r.variable != detail::Access::state(by[i])) continue;
        ids.push_back(id(r.value));
        owner.push_back(i);
      }
    }
    const std::vector<Tensor> parts = gradient(of, ids);
    std::vector<Tensor> out(by.size());
    for (std::size_t k = 0; k < parts.size(); ++k) {
      if (!parts[k]) continue;
      Tensor& total = out[owner[k]];
      total = total ? total + parts[k] : parts[k];
    }
    return out;
  }

  void reset() {
    entries_.clear();
    tracked_.clear();
    read_ids_.clear();
    reads_.clear();
  }

 private:
  struct Read {
    std::shared_ptr<void> variable;  // kept alive: another one must not take its address
    Tensor value;
  };
  static std::uint64_t id(const Tensor& t) { return detail::impl(t).id; }

  std::vector<trace::TapeEntry> entries_;
  std::unordered_set<std::uint64_t> tracked_;  // values that depend on something watched
  std::unordered_set<std::uint64_t> read_ids_;
  std::vector<Read> reads_;
};

GradientTape::GradientTape() : impl_(std::make_unique<Impl>()) { impl_->start(); }
GradientTape::~GradientTape() { impl_->stop(); }
void GradientTape::watch(const Tensor& tensor) { impl_->watch(tensor); }
void GradientTape::stop_recording() { impl_->stop(); }
void GradientTape::reset() { impl_->reset(); }

std::vector<Tensor> GradientTape::gradient(const Tensor& of, const std::vector<Variable>& by) {
  return impl_->gradient(of, by);
}

std::vector<Tensor> GradientTape::gradient(const Tensor& of, const std::vector<Tensor>& by) {
  std::vector<std::uint64_t> ids;
  for (const Tensor& t : by) ids.push_back(detail::impl(t).id);
  return impl_->gradient(of, ids);
}

}  // namespace weft
