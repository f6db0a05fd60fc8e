// The backends that library code means when nobody names one.
#pragma once
#include <weft/core/backend.h>

namespace weft::detail {

/// Where new tensors live: set_device, else WEFT_DEVICE, else "cpu".
Backend& default_backend();
/// The CPU's.
Backend& host_backend();

}  // namespace weft::detail
