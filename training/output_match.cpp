#include "training/output_match.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>

namespace weft::detail {
namespace {

[[noreturn]] void throw_different(const char* what, const Tensors& given, const Outputs& outputs) {
  std::string expected;
  for (const std::string& name : outputs.names) {
    expected +=
        (expected.empty() ? "" : ", ") + (name.empty() ? std::string("'*'") : "'" + name + "'");
  }
  throw GraphError(
      fmt::format("{} and y_pred have different structures. Expected: one tensor for each of the "
                  "outputs [{}]. Received: "
                  "{}: {}",
                  what, expected, what, structure_text(given)));
}

}  // namespace

int Outputs::find(const std::string& name) const {
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() || name.empty() ? -1 : static_cast<int>(at - names.begin());
}

Outputs outputs_of(const Tensors& y_pred, const std::vector<std::string>& output_names) {
  Outputs o;
  o.tensors = y_pred.flat();
  o.single = y_pred.is_single();
  o.dict = y_pred.is_dict();
  if (o.dict) {
    o.names = y_pred.keys();
    std::sort(o.names.begin(), o.names.end());
  } else if (output_names.size() == o.tensors.size()) {
    o.names = output_names;
  } else {
    o.names.resize(o.tensors.size());
  }
  return o;
}

std::vector<Tensor> match_outputs(const char* what, const Tensors& given, const Outputs& outputs,
                                  const std::vector<bool>& needed) {
  std::vector<Tensor> parts(outputs.tensors.size());
  if (given.size() == 0) return parts;
  const std::vector<Tensor> flat = given.flat();
  const bool unnamed = outputs.count() == 1 && outputs.names[0].empty();
  if (given.is_dict() && !(unnamed && flat.size() == 1)) {
    for (const std::string& key : given.keys()) {
      const int at = outputs.find(key);
      if (at < 0) throw_different(what, given, outputs);
      parts[static_cast<std::size_t>(at)] = given[std::string_view(key)];
    }
    return parts;
  }
  if (flat.size() == parts.size()) return flat;
  if (flat.size() != static_cast<std::size_t>(std::count(needed.begin(), needed.end(), true)))
    throw_different(what, given, outputs);
  std::size_t next = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (needed[i]) parts[i] = flat[next++];
  }
  return parts;
}

std::string structure_text(const Tensors& t) {
  if (t.is_single()) return "'*'";
  std::string all;
  if (t.is_dict()) {
    for (const std::string& key : t.keys()) all += (all.empty() ? "'" : ", '") + key + "': '*'";
    return "{" + all + "}";
  }
  for (int i = 0; i < t.size(); ++i) all += i == 0 ? "'*'" : ", '*'";
  return "[" + all + "]";
}

}  // namespace weft::detail
