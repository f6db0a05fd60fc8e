// What compile takes: losses, metrics, and structures of them, one per output.
#pragma once
#include <weft/core/structures.h>
#include <weft/training/loss.h>
#include <weft/training/metric.h>
#include <weft/training/optimizer.h>

namespace weft {

namespace detail {
/// How a PerOutput, MetricList or Metrics was written.
enum class ArgumentForm : std::uint8_t { none, single, list, dict };
}  // namespace detail

/// A loss or a metric: an identifier ("mse"), a handle (losses::MeanSquaredError()), an object of
/// one's own (std::make_shared<Own>()), a function of (y_true, y_pred) that returns one value per
/// sample, or nullptr: Keras's None, nothing for this output. Identifiers are resolved, and refused
/// when unknown, by compile.
template <class Base>
class SpecOf : detail::State {
 public:
  /// What a custom object of this type is (graph/functional/custom_object.h).
  static constexpr const char* weft_custom_object_kind =
      std::same_as<Base, Loss> ? "loss" : "metric";
  template <Null N>
  SpecOf(N) {}
  template <Text S>
  SpecOf(S id) {
    set_id(id);
  }
  SpecOf(const Ref<Base>& object);
  template <std::derived_from<Base> U>
  SpecOf(const std::shared_ptr<U>& own) : SpecOf(Ref<Base>(own)) {}
  template <class F>
  requires(std::is_invocable_r_v<Tensor, F&, const Tensor&, const Tensor&> &&
           !std::derived_from<F, Ref<Base>>)
      SpecOf(F f) {  // NOLINT: losses are callable too (loss_fn(y, p)): without the negation they
                     // would all come here
    set(std::move(f));
  }

 private:
  friend struct detail::Access;
  void set_id(std::string_view id);
  void set(Fn<Tensor(const Tensor&, const Tensor&)> function);
};
using LossSpec = SpecOf<Loss>;
using MetricSpec = SpecOf<Metric>;

/// T | [T] | {name: T}: one for all outputs, a list in the order of the outputs (of a dict of
/// outputs: in sorted key order, as Keras), or by output name. The converting constructor takes U,
/// not T: `.loss = losses::X()` would else need two user conversions. A braced list of lists does
/// not exist (it cannot be told from a dict of strings).
template <class T>
class PerOutput : detail::State {
 public:
  PerOutput() = default;
  template <class U>
  requires(std::convertible_to<U, T> && !std::same_as<std::remove_cvref_t<U>, PerOutput>)
      PerOutput(U&& one) {
    start(detail::ArgumentForm::single);
    add({}, std::forward<U>(one));
  }
  PerOutput(std::initializer_list<T> list);
  PerOutput(std::initializer_list<Named<T>> dict);
  template <std::convertible_to<T> U>
  PerOutput(const std::vector<U>& list) {
    start(detail::ArgumentForm::list);
    for (const auto& one : list) add({}, static_cast<U>(one));
  }
  template <MapTo<T> M>
  PerOutput(const M& dict) {
    start(detail::ArgumentForm::dict);
    for (const auto& [name, value] : dict) add(name, value);
  }

 private:
  friend struct detail::Access;
  void start(detail::ArgumentForm form);
  void add(std::string_view name, T value);
};

/// One output's metrics: one or a list.
class MetricList : detail::State {
 public:
  template <class U>
  requires std::convertible_to<U, MetricSpec> MetricList(U&& one) {
    start(detail::ArgumentForm::single);
    add(std::forward<U>(one));
  }
  MetricList(std::initializer_list<MetricSpec> list);
  template <std::convertible_to<MetricSpec> U>
  MetricList(const std::vector<U>& list) {
    start(detail::ArgumentForm::list);
    for (const U& one : list) add(one);
  }

 private:
  friend struct detail::Access;
  void start(detail::ArgumentForm form);
  void add(MetricSpec one);
};

/// Metrics of a model: one list, or a list per output name. With several outputs and as many
/// metrics in the list each output gets one, as in Keras. In braces a MetricList is only ever an
/// entry's *value*.
class Metrics : detail::State {
 public:
  Metrics() = default;
  template <class U>
  requires std::convertible_to<U, MetricList> Metrics(U&& flat) {
    start(detail::ArgumentForm::list);
    add({}, std::forward<U>(flat));
  }
  Metrics(std::initializer_list<MetricSpec> flat);
  Metrics(std::initializer_list<Named<MetricList>> by_output);
  template <MapTo<MetricList> M>
  Metrics(const M& by_output) {
    start(detail::ArgumentForm::dict);
    for (const auto& [name, value] : by_output) add(name, value);
  }

 private:
  friend struct detail::Access;
  void start(detail::ArgumentForm form);
  void add(std::string_view name, MetricList list);
};

extern template class SpecOf<Loss>;
extern template class SpecOf<Metric>;
extern template class PerOutput<LossSpec>;
extern template class PerOutput<double>;

}  // namespace weft
