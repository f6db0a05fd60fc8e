#include "layers/reshaping/margin_arguments.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include "core/config_access.hpp"
#include "layers/arguments/tuples.hpp"

namespace weft::layers {
namespace {

std::string text(const Margin& m) { return fmt::format("({}, {})", m.before, m.behind); }

void check(const char* keras_class, const std::string& name, const Margin& m) {
  standard_tuple(keras_class,
                 m.before == m.behind ? ops::Sizes(m.before) : ops::Sizes({m.before, m.behind}), 2,
                 name.c_str(), true);
}

}  // namespace

Margin margin_of(const char* keras_class, const char* argument, const Margin& margin) {
  check(keras_class, argument, margin);
  return margin;
}

std::vector<Margin> margins_of(const char* keras_class, const char* argument,
                               const Margins& margins, int rank) {
  const std::vector<Margin>& list = margins.list();
  if (!margins.is_list()) {
    if (list[0].before < 0) {
      throw Error(fmt::format("{}: `{}` cannot be negative. Received: {}={}.", keras_class,
                              argument, argument, list[0].before));
    }
    return std::vector<Margin>(static_cast<std::size_t>(rank), list[0]);
  }
  if (static_cast<int>(list.size()) != rank) {
    throw Error(fmt::format("{}: `{}` should have {} elements. Received: {}={}.", keras_class,
                            argument, rank == 2 ? "two" : "3", argument, margins_text(list)));
  }
  const char* const places[] = {"1st", "2nd", "3rd"};
  for (std::size_t i = 0; i < list.size(); ++i)
    check(keras_class, fmt::format("{} entry of {}", places[i], argument), list[i]);
  return list;
}

std::string margins_text(const std::vector<Margin>& margins) {
  std::string out;
  for (const Margin& m : margins) out += (out.empty() ? "" : ", ") + text(m);
  return fmt::format("({}{})", out, margins.size() == 1 ? "," : "");
}

ConfigValue margin_config(const Margin& margin) {
  return std::vector<int>{margin.before, margin.behind};
}
ConfigValue margins_config(const std::vector<Margin>& margins) {
  std::vector<std::vector<int>> out;
  for (const Margin& m : margins) out.push_back({m.before, m.behind});
  return out;
}

Margin margin_from(const ConfigValue& value) {
  if (detail::kind(value) != detail::ConfigKind::list) return value.get<int>();
  const auto both = value.get<std::vector<int>>();
  if (both.size() == 2) return {both[0], both[1]};
  throw Error("A margin is a number or two. Received: " + detail::to_text(value));
}
Margins margins_from(const ConfigValue& value) {
  if (detail::kind(value) != detail::ConfigKind::list) return value.get<int>();
  std::vector<Margin> out;
  for (const ConfigValue& one : value.get<std::vector<ConfigValue>>())
    out.push_back(margin_from(one));
  return out;
}

}  // namespace weft::layers
