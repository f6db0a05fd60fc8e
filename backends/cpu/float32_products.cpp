#include "backends/cpu/float32_products.hpp"

#include <weft/core/log.h>
#include <weft/core/settings.h>

namespace weft::cpu {

void say_that_products_stay_float32() {
  if (get_float32_matmul_precision() != "medium") return;
  static const bool said = [] {
    weft::detail::log(LogLevel::warning,
                      "set_float32_matmul_precision(\"medium\") changes nothing on the CPU: "
                      "products and convolutions of float32 stay in float32.");
    return true;
  }();
  static_cast<void>(said);
}

}  // namespace weft::cpu
