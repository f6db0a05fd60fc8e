// What Keras's own schedules share.
#pragma once
#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/ops.h>

#include "training/registries.hpp"

namespace weft::detail {

class BuiltinSchedule : public Schedule {
 public:
  explicit BuiltinSchedule(const char* keras_class) : class_(keras_class) {}
  std::string class_name() const override { return class_; }
  std::string module() const override { return "keras.optimizers.schedules"; }

 private:
  const char* class_;
};

/// Throws Error unless decay_steps > 0.
void check_decay_steps(const char* schedule, double decay_steps);

}  // namespace weft::detail
