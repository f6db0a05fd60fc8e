#include <fmt/core.h>
#include <weft/training/schedules/piecewise_constant_decay.h>

#include "training/builtin_schedule.hpp"

namespace weft {
namespace schedules {
namespace {

class PiecewiseConstantDecaySchedule final : public detail::BuiltinSchedule {
 public:
  PiecewiseConstantDecaySchedule(const std::vector<double>& boundaries,
                                 const std::vector<double>& values, PiecewiseConstantDecayOptions o)
      : BuiltinSchedule("PiecewiseConstantDecay"),
        boundaries_(boundaries),
        values_(values),
        o_(std::move(o)) {
    if (boundaries.size() + 1 == values.size()) return;
    throw Error(
        fmt::format("PiecewiseConstantDecay: the length of boundaries should be 1 less than the "
                    "length of values. Received: "
                    "{} boundaries and {} values.",
                    boundaries.size(), values.size()));
  }
  Tensor operator()(const Tensor& step) override {
    Tensor rate = Tensor(values_.back()).astype(floatx());
    for (std::size_t i = boundaries_.size(); i-- > 0;)
      rate = ops::where(step.astype(floatx()) <= boundaries_[i], values_[i], rate);
    return rate;
  }
  Config get_config() const override {
    return {{"boundaries", boundaries_}, {"values", values_}, {"name", o_.name}};
  }

 private:
  std::vector<double> boundaries_;
  std::vector<double> values_;
  PiecewiseConstantDecayOptions o_;
};

}  // namespace

PiecewiseConstantDecay::PiecewiseConstantDecay(const std::vector<double>& boundaries,
                                               const std::vector<double>& values,
                                               PiecewiseConstantDecayOptions options)
    : Ref(std::make_shared<PiecewiseConstantDecaySchedule>(boundaries, values,
                                                           std::move(options))) {}

}  // namespace schedules

namespace registration {
void schedule_piecewise_constant_decay() {
  detail::registry<Schedule>().add("PiecewiseConstantDecay", [](const Config& c) -> Ref<Schedule> {
    schedules::PiecewiseConstantDecayOptions o;
    o.name = c.get<std::string>("name", o.name);
    return schedules::PiecewiseConstantDecay(c.get<std::vector<double>>("boundaries"),
                                             c.get<std::vector<double>>("values"), o);
  });
}
}  // namespace registration
}  // namespace weft
