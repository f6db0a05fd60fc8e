#include <weft/core/version.h>

#define WEFT_QUOTE_(x) #x
#define WEFT_QUOTE(x) WEFT_QUOTE_(x)

namespace weft {

std::string_view version() {
  return WEFT_QUOTE(WEFT_VERSION_MAJOR) "." WEFT_QUOTE(WEFT_VERSION_MINOR) "." WEFT_QUOTE(
      WEFT_VERSION_PATCH);
}

}  // namespace weft
