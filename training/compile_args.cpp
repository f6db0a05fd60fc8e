#include <weft/training/compile_args.h>
#include <weft/training/losses/binary_crossentropy.h>
#include <weft/training/losses/categorical_crossentropy.h>
#include <weft/training/losses/sparse_categorical_crossentropy.h>
#include <weft/training/metrics/binary_accuracy.h>
#include <weft/training/metrics/categorical_accuracy.h>
#include <weft/training/metrics/mean_metric_wrapper.h>
#include <weft/training/metrics/sparse_categorical_accuracy.h>
#include <weft/training/optimizers/rmsprop.h>

#include "training/compile_args_access.hpp"
#include "training/registries.hpp"

namespace weft {
namespace {

/// The state behind a handle, made when it is missing. Handles are built up by their constructors
/// only, so it is never shared.
template <class S, class H>
S& own_state(H& handle) {
  std::shared_ptr<void>& state = detail::Access::state(handle);
  if (!state) state = std::make_shared<S>();
  return *static_cast<S*>(state.get());
}

/// A loss that is a function of the user's.
class FunctionLoss final : public Loss {
 public:
  explicit FunctionLoss(Fn<Tensor(const Tensor&, const Tensor&)> f)
      : Loss({.name = detail::auto_name("loss_function")}), function_(std::move(f)) {}
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override {
    return function_(y_true, y_pred);
  }

 protected:
  bool keeps_labels() const override { return false; }

 private:
  Fn<Tensor(const Tensor&, const Tensor&)> function_;
};

/// Which of Keras's three cases the shapes are.
enum class Labels { binary, sparse, categorical };
Labels labels_of(const Shape& y_true, const Shape& y_pred) {
  if (y_pred.rank() > 0 && y_pred[-1] == 1) return Labels::binary;
  const bool sparse = y_true.rank() < y_pred.rank() || (y_true.rank() > 0 && y_true[-1] == 1);
  return sparse ? Labels::sparse : Labels::categorical;
}

}  // namespace

// ---------------------------------------------------------------- SpecOf

template <class Base>
SpecOf<Base>::SpecOf(const Ref<Base>& object) {
  if (object) own_state<detail::SpecState<Base>>(*this).object = object;
}
template <class Base>
void SpecOf<Base>::set_id(std::string_view id) {
  own_state<detail::SpecState<Base>>(*this).id = id;
}
template <class Base>
void SpecOf<Base>::set(Fn<Tensor(const Tensor&, const Tensor&)> function) {
  own_state<detail::SpecState<Base>>(*this).function = std::move(function);
}

// ---------------------------------------------------------------- PerOutput

template <class T>
PerOutput<T>::PerOutput(std::initializer_list<T> list) {
  start(detail::ArgumentForm::list);
  for (const T& one : list) add({}, one);
}
template <class T>
PerOutput<T>::PerOutput(std::initializer_list<Named<T>> dict) {
  start(detail::ArgumentForm::dict);
  for (const Named<T>& one : dict) add(one.name, one.value);
}
template <class T>
void PerOutput<T>::start(detail::ArgumentForm form) {
  own_state<detail::EntriesState<T>>(*this).form = form;
}
template <class T>
void PerOutput<T>::add(std::string_view name, T value) {
  own_state<detail::EntriesState<T>>(*this).entries.emplace_back(name, std::move(value));
}

template class SpecOf<Loss>;
template class SpecOf<Metric>;
template class PerOutput<LossSpec>;
template class PerOutput<double>;

// ---------------------------------------------------------------- MetricList, Metrics

MetricList::MetricList(std::initializer_list<MetricSpec> list) {
  start(detail::ArgumentForm::list);
  for (const MetricSpec& one : list) add(one);
}
void MetricList::start(detail::ArgumentForm form) {
  own_state<detail::MetricListState>(*this).form = form;
}
void MetricList::add(MetricSpec one) {
  own_state<detail::MetricListState>(*this).list.push_back(std::move(one));
}

Metrics::Metrics(std::initializer_list<MetricSpec> flat) {
  start(detail::ArgumentForm::list);
  add({}, MetricList(flat));
}
Metrics::Metrics(std::initializer_list<Named<MetricList>> by_output) {
  start(detail::ArgumentForm::dict);
  for (const Named<MetricList>& one : by_output) add(one.name, one.value);
}
void Metrics::start(detail::ArgumentForm form) {
  own_state<detail::EntriesState<MetricList>>(*this).form = form;
}
void Metrics::add(std::string_view name, MetricList list) {
  own_state<detail::EntriesState<MetricList>>(*this).entries.emplace_back(name, std::move(list));
}

// ---------------------------------------------------------------- reading

namespace detail {

ArgumentForm form_of(const MetricList& m) {
  const auto* s = state_of<MetricListState>(m);
  return s == nullptr ? ArgumentForm::none : s->form;
}
const std::vector<MetricSpec>& entries_of(const MetricList& m) {
  static const std::vector<MetricSpec> nothing;
  const auto* s = state_of<MetricListState>(m);
  return s == nullptr ? nothing : s->list;
}
ArgumentForm form_of(const Metrics& m) {
  const auto* s = state_of<EntriesState<MetricList>>(m);
  return s == nullptr ? ArgumentForm::none : s->form;
}
const std::vector<std::pair<std::string, MetricList>>& entries_of(const Metrics& m) {
  static const std::vector<std::pair<std::string, MetricList>> nothing;
  const auto* s = state_of<EntriesState<MetricList>>(m);
  return s == nullptr ? nothing : s->entries;
}

OptimizerRef resolve_optimizer(const OptimizerArg& argument) {
  const auto given = shared_state<Optimizer>(argument);
  return given ? OptimizerRef(given) : optimizers::RMSprop();
}

Ref<Loss> loss_of(const LossSpec& s) {
  const SpecState<Loss>* p = spec_of(s);
  if (p == nullptr) return {};
  if (p->object) return p->object;
  if (p->function) return std::make_shared<FunctionLoss>(p->function);
  return registry<Loss>().from_id(p->id, "loss");
}

Ref<Metric> metric_of(const MetricSpec& s) {
  const SpecState<Metric>* p = spec_of(s);
  if (p == nullptr) return {};
  if (p->object) return p->object;
  if (p->function) return metrics::MeanMetricWrapper(p->function);
  const Ref<Metric> metric = registry<Metric>().from_id(p->id, "metric");
  metric->set_name(p->id);  // the log key is what the user wrote
  return metric;
}

void check_known(const LossSpec& s) {
  const SpecState<Loss>* p = spec_of(s);
  if (p == nullptr || p->id.empty() || is_crossentropy(p->id) || registry<Loss>().knows(p->id))
    return;
  registry<Loss>().from_id(p->id, "loss");  // throws
}

void check_known(const MetricSpec& s) {
  const SpecState<Metric>* p = spec_of(s);
  if (p == nullptr || p->id.empty() || is_accuracy(p->id) || registry<Metric>().knows(p->id))
    return;
  registry<Metric>().from_id(p->id, "metric");  // throws
}

template <class Base>
std::string text(const SpecOf<Base>& s) {
  const SpecState<Base>* p = spec_of(s);
  if (p == nullptr) return "None";
  if (p->object) return "<" + p->object->class_name() + " " + p->object->name() + ">";
  return p->function ? "<function>" : "'" + p->id + "'";
}
template std::string text(const LossSpec&);
template std::string text(const MetricSpec&);

Ref<Metric> resolve_accuracy(const Shape& y_true, const Shape& y_pred, const std::string& name) {
  switch (labels_of(y_true, y_pred)) {
    case Labels::binary:
      return metrics::BinaryAccuracy({.name = name});
    case Labels::sparse:
      return metrics::SparseCategoricalAccuracy({.name = name});
    case Labels::categorical:
      break;
  }
  return metrics::CategoricalAccuracy({.name = name});
}

Ref<Loss> resolve_crossentropy(const Shape& y_true, const Shape& y_pred, const std::string& name) {
  switch (labels_of(y_true, y_pred)) {
    case Labels::binary:
      return losses::BinaryCrossentropy({.name = name});
    case Labels::sparse:
      return losses::SparseCategoricalCrossentropy({.name = name});
    case Labels::categorical:
      break;
  }
  return losses::CategoricalCrossentropy({.name = name});
}

bool is_accuracy(const std::string& id) {
  const std::string lower = to_lower(id);
  return lower == "accuracy" || lower == "acc";
}

bool is_crossentropy(const std::string& id) {
  const std::string lower = to_lower(id);
  return lower == "crossentropy" || lower == "ce";
}

}  // namespace detail
}  // namespace weft
