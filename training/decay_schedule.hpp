// What ExponentialDecay and InverseTimeDecay share: a learning rate that a rate lowers over p =
// step / decay_steps.
#pragma once
#include "training/builtin_schedule.hpp"

namespace weft::detail {

class DecaySchedule final : public BuiltinSchedule {
 public:
  struct Arguments {
    double initial_learning_rate, decay_steps, decay_rate;
  };
  /// The learning rate after p.
  using Formula = Tensor (*)(const Arguments& a, const Tensor& p);

  DecaySchedule(const char* keras_class, Arguments arguments, bool staircase, std::string name,
                Formula formula);
  Tensor operator()(const Tensor& step) override;
  Config get_config() const override;

 private:
  Arguments a_;
  bool staircase_;
  std::string name_;
  Formula formula_;
};

/// Registers a schedule whose handle H is made from the three numbers and its options O.
template <class H, class O>
void register_decay(const char* keras_class) {
  registry<Schedule>().add(keras_class, [](const Config& c) -> Ref<Schedule> {
    O o;
    o.staircase = c.get<bool>("staircase", o.staircase);
    o.name = c.get<std::string>("name", o.name);
    return H(c.get<double>("initial_learning_rate"), c.get<double>("decay_steps"),
             c.get<double>("decay_rate"), o);
  });
}

}  // namespace weft::detail
