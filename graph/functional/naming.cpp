#include <weft/graph/functional/layer_options.h>
#include <weft/graph/functional/naming.h>

#include "core/names.hpp"

namespace weft {

void clear_session() { detail::reset_auto_names(); }

namespace detail {

// g++: "std::string_view weft::detail::type_name() [with T = my::Dense; std::string_view = ...]";
// clang: "... [T = my::Dense]".
std::string_view class_name(std::string_view pretty_function) {
  std::string_view name = pretty_function;
  const auto start = name.find("T = ");
  if (start != std::string_view::npos) name.remove_prefix(start + 4);
  int depth = 0;  // of template arguments and "(anonymous class)", whose contents may hold anything
  std::size_t end = 0, last_scope = 0;
  for (; end < name.size(); ++end) {
    const char c = name[end];
    if (c == '<' || c == '(' || c == '{')
      ++depth;
    else if (c == '>' || c == ')' || c == '}')
      --depth;
    else if (depth == 0 && (c == ';' || c == ']'))
      break;
    else if (depth == 0 && c == ':')
      last_scope = end + 1;
  }
  return name.substr(last_scope, end - last_scope);
}

}  // namespace detail
}  // namespace weft
