// What is behind the arguments of compile.
#pragma once
#include <weft/training/compile_args.h>

#include <string>
#include <utility>
#include <vector>

#include "core/access.hpp"

namespace weft::detail {

template <class Base>
struct SpecState {
  std::string id;                                     ///< an identifier, as the user wrote it
  Ref<Base> object;                                   ///< or an object
  Fn<Tensor(const Tensor&, const Tensor&)> function;  ///< or a function
};

/// Null for Keras's None.
template <class Base>
const SpecState<Base>* spec_of(const SpecOf<Base>& s) {
  return state_of<SpecState<Base>>(s);
}

template <class T>
struct EntriesState {
  ArgumentForm form = ArgumentForm::none;
  std::vector<std::pair<std::string, T>> entries;  ///< names only of a dict
};

/// The entries of a PerOutput, a MetricList or a Metrics; none when it is empty or was not given.
template <class T>
ArgumentForm form_of(const PerOutput<T>& p) {
  const auto* s = state_of<EntriesState<T>>(p);
  return s == nullptr ? ArgumentForm::none : s->form;
}
template <class T>
const std::vector<std::pair<std::string, T>>& entries_of(const PerOutput<T>& p) {
  static const std::vector<std::pair<std::string, T>> nothing;
  const auto* s = state_of<EntriesState<T>>(p);
  return s == nullptr ? nothing : s->entries;
}

struct MetricListState {
  ArgumentForm form = ArgumentForm::none;
  std::vector<MetricSpec> list;
};
/// Whether one was given alone, or a list.
ArgumentForm form_of(const MetricList& m);
const std::vector<MetricSpec>& entries_of(const MetricList& m);

/// ArgumentForm::list: one entry without a name, whose list is it; ArgumentForm::dict: one entry
/// per output; ArgumentForm::none.
ArgumentForm form_of(const Metrics& m);
const std::vector<std::pair<std::string, MetricList>>& entries_of(const Metrics& m);

/// The optimizer of an argument, RMSprop by default; a new one for each identifier.
OptimizerRef resolve_optimizer(const OptimizerArg& argument);

/// The object of a specification: an identifier's (throws Error when unknown) or the object itself;
/// a function is wrapped. Null for None. "accuracy" and "crossentropy" need shapes: see
/// resolve_accuracy and resolve_crossentropy.
Ref<Loss> loss_of(const LossSpec& s);
Ref<Metric> metric_of(const MetricSpec& s);
/// Throws Error when it is an identifier that nobody knows; the ones that need shapes are known.
void check_known(const LossSpec& s);
void check_known(const MetricSpec& s);

/// "mse", "<AUC object>", "None": for messages.
template <class Base>
std::string text(const SpecOf<Base>& s);
extern template std::string text(const LossSpec&);
extern template std::string text(const MetricSpec&);

/// The accuracy of an output by Keras's rule: y_pred ends in 1: BinaryAccuracy; else y_true of a
/// lower rank, or ending in 1: SparseCategoricalAccuracy; else CategoricalAccuracy. `name` is what
/// the user wrote ("accuracy", "acc").
Ref<Metric> resolve_accuracy(const Shape& y_true, const Shape& y_pred, const std::string& name);
/// The same for "crossentropy" and "ce".
Ref<Loss> resolve_crossentropy(const Shape& y_true, const Shape& y_pred, const std::string& name);
/// In any case: "accuracy" or "acc"; "crossentropy" or "ce".
bool is_accuracy(const std::string& id);
bool is_crossentropy(const std::string& id);

}  // namespace weft::detail
