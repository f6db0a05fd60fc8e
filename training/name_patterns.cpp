#include "training/name_patterns.hpp"

#include <algorithm>
#include <regex>

namespace weft::detail {

struct NamePatterns::Compiled {
  std::vector<std::regex> list;
};

NamePatterns::NamePatterns(const std::vector<std::string>& patterns) {
  auto compiled = std::make_shared<Compiled>();
  for (const std::string& one : patterns) compiled->list.emplace_back(one);
  compiled_ = std::move(compiled);
}

bool NamePatterns::any_in(const std::string& name) const {
  return compiled_ != nullptr &&
         std::any_of(compiled_->list.begin(), compiled_->list.end(),
                     [&](const std::regex& one) { return std::regex_search(name, one); });
}

}  // namespace weft::detail
