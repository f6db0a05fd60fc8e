// Schedule: a learning rate that changes with the step.
#pragma once
#include <weft/core/keras_object.h>
#include <weft/core/ref.h>
#include <weft/core/tensor.h>

namespace weft {

/// Base of learning-rate schedules. One of one's own overrides the call operator, with ops: it is
/// part of the plan of a step.
class Schedule : public KerasObject {
 public:
  ~Schedule() override;
  /// The learning rate, a scalar, at a step, a scalar: the number of batches before this one.
  virtual Tensor operator()(const Tensor& step) = 0;
};

/// A learning rate: a number, or a schedule.
class LearningRate : detail::State {
 public:
  LearningRate(double value);
  LearningRate(const Ref<Schedule>& schedule);
  template <std::derived_from<Schedule> U>
  LearningRate(const std::shared_ptr<U>& own) : LearningRate(Ref<Schedule>(own)) {}

 private:
  friend struct detail::Access;
};

namespace schedules {

/// The schedule that serialize() wrote; null gives a null Ref.
Ref<Schedule> deserialize(const ConfigValue& config);

}  // namespace schedules
}  // namespace weft
