// Regular expressions that names are looked through with.
#pragma once
#include <memory>
#include <string>
#include <vector>

namespace weft::detail {

class NamePatterns {
 public:
  NamePatterns() = default;
  explicit NamePatterns(const std::vector<std::string>& patterns);
  /// Whether one of them is found somewhere in the name.
  bool any_in(const std::string& name) const;

 private:
  struct Compiled;  // <regex> costs seconds to compile: only name_patterns.cpp includes it
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace weft::detail
