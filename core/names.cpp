#include "core/names.hpp"

#include <cctype>
#include <map>
#include <mutex>

namespace weft::detail {
namespace {

bool upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

struct Counters {
  std::mutex mutex;
  std::map<std::string, int, std::less<>> next;
};

Counters& counters() {
  static Counters all;
  return all;
}

// (.)([A-Z][a-z]+) -> \1_\2, as Python's re.sub does it: left to right, no overlaps.
std::string split_words(const std::string& in) {
  std::string out;
  std::size_t i = 0;
  while (i < in.size()) {
    if (i + 2 < in.size() && upper(in[i + 1]) && lower(in[i + 2])) {
      out += in[i];
      out += '_';
      out += in[++i];
      while (i + 1 < in.size() && lower(in[i + 1])) out += in[++i];
    } else {
      out += in[i];
    }
    ++i;
  }
  return out;
}

// ([a-z])([A-Z]) -> \1_\2.
std::string split_humps(const std::string& in) {
  std::string out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    out += in[i];
    if (i + 1 < in.size() && lower(in[i]) && upper(in[i + 1])) out += '_';
  }
  return out;
}

}  // namespace

std::string quoted(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "'" : ", '") + name + "'";
  return all;
}

std::string quoted_list(const std::vector<std::string>& names) { return "[" + quoted(names) + "]"; }

std::string snake_case(std::string_view class_name) {
  std::string plain;
  for (char c : class_name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') plain += c;
  }
  std::string out = split_humps(split_words(plain));
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string auto_name(std::string_view prefix) {
  Counters& all = counters();
  const std::lock_guard lock(all.mutex);
  const int n = all.next[std::string(prefix)]++;
  return n == 0 ? std::string(prefix) : std::string(prefix) + "_" + std::to_string(n);
}

void reset_auto_names() {
  Counters& all = counters();
  const std::lock_guard lock(all.mutex);
  all.next.clear();
}

}  // namespace weft::detail
