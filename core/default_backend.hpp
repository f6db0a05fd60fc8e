// The backends that library code means when nobody names one.
#pragma once
#include <weft/core/backend.h>
#include <weft/core/variable.h>

namespace weft::detail {

/// Where new tensors live: a DeviceScope of this thread, else set_device, else WEFT_DEVICE, else
/// the first GPU that can be used, else "cpu".
Backend& default_backend();

/// New tensors and variables of this thread live there while it lasts: what a model makes for
/// itself belongs where the model is.
class DeviceScope {
 public:
  explicit DeviceScope(Backend& backend);
  ~DeviceScope();
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  Backend* outer_;
};
/// The CPU's.
Backend& host_backend();
/// Where the largest of those variables is that stay where they are: the trainable and the large
/// ones. Without such, where the largest is; the default without any.
Backend& backend_of(const std::vector<Variable>& variables);
/// The same, and what lies elsewhere and is no more than a rate, a counter, a seed or a metric's
/// state (not trainable, at most 64 KiB) is moved there. Throws DeviceError, and moves nothing,
/// when others are on several devices.
Backend& one_backend_of(const std::vector<Variable>& variables);

}  // namespace weft::detail
