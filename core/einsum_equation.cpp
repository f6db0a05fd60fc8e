#include "core/einsum_equation.hpp"

#include <algorithm>
#include <cctype>

#include "core/ops/checks.hpp"

namespace weft::ops {
namespace {

[[noreturn]] void refuse(std::string_view subscripts, std::string_view what) {
  fail<Error>("einsum", what, "an equation like 'ab,bc->ac' or '...ab,bc->...ac'",
              fmt::format("'{}'", subscripts));
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts{""};
  for (char c : text) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// One side's labels: letters, with '.' once in the place of `...`.
std::string labels_of(std::string_view subscripts, const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "...") == 0) {
      if (out.find('.') != std::string::npos) refuse(subscripts, "an operand has `...` twice");
      out += '.';
      i += 2;
    } else if (std::isalpha(static_cast<unsigned char>(text[i])) != 0) {
      out += text[i];
    } else {
      refuse(subscripts, fmt::format("'{}' is no label", text[i]));
    }
  }
  return out;
}

/// '.' replaced by one label per axis, the last axis always the same one: they broadcast.
std::string expanded(const std::string& labels, int axes) {
  const auto dots = labels.find('.');
  if (dots == std::string::npos) return labels;
  std::string own;
  for (int i = axes; i > 0; --i) own += static_cast<char>(i);
  return labels.substr(0, dots) + own + labels.substr(dots + 1);
}

void check_sizes(const EinsumEquation& e, const std::vector<Shape>& shapes) {
  for (std::size_t o = 0; o < shapes.size(); ++o) {
    for (int i = 0; i < shapes[o].rank(); ++i) {
      const char label = e.operands[o][static_cast<std::size_t>(i)];
      const Dim here = shapes[o][i], size = size_of_label(e, shapes, label);
      const bool spread = is_ellipsis_label(label) && here.known() && here == 1;
      if (spread || !here.known() || !size.known() || here == size) continue;
      const std::string name =
          is_ellipsis_label(label) ? std::string("...") : std::string(1, label);
      fail("einsum",
           fmt::format("Size of label '{}' for operand {} ({}) does not match previous terms ({})",
                       name, o, dim_text(here), dim_text(size)),
           fmt::format("{}", dim_text(size)), shapes[o].to_string());
    }
  }
}

/// Without `->`: the axes of `...`, then the letters that occur once, sorted.
std::string implicit_output(const std::vector<std::string>& operands) {
  std::string all, out;
  for (const std::string& o : operands) all += o;
  std::sort(all.begin(), all.end());
  for (char c : all) {
    if (c != '.' && std::count(all.begin(), all.end(), c) == 1) out += c;
  }
  return (all.find('.') == std::string::npos ? "" : ".") + out;
}

void check_output(std::string_view subscripts, const EinsumEquation& e) {
  for (char label : e.output) {
    if (std::count(e.output.begin(), e.output.end(), label) > 1)
      refuse(subscripts, "the output names a label twice");
    if (std::none_of(e.operands.begin(), e.operands.end(),
                     [&](const std::string& o) { return o.find(label) != std::string::npos; }))
      refuse(subscripts, fmt::format("the output's label '{}' is in no operand", label));
  }
}

}  // namespace

EinsumEquation read_einsum(std::string_view subscripts, const std::vector<Shape>& shapes) {
  std::string text(subscripts);
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const auto arrow = text.find("->");
  EinsumEquation e;
  for (const std::string& part : split(text.substr(0, arrow)))
    e.operands.push_back(labels_of(subscripts, part));
  e.output = arrow == std::string::npos ? implicit_output(e.operands)
                                        : labels_of(subscripts, text.substr(arrow + 2));
  if (e.operands.size() != shapes.size()) {
    fail<Error>("einsum", fmt::format("'{}' has another number of operands", subscripts),
                fmt::format("{} tensors", e.operands.size()), fmt::format("{}", shapes.size()));
  }
  int widest = 0;  // axes of the longest `...`
  for (std::size_t o = 0; o < shapes.size(); ++o) {
    const bool dots = e.operands[o].find('.') != std::string::npos;
    const int named = static_cast<int>(e.operands[o].size()) - (dots ? 1 : 0);
    const int rest = shapes[o].rank() - named;
    if (rest < 0 || (rest > 0 && !dots)) {
      fail("einsum",
           fmt::format("Einstein sum subscript '{}' does not contain the correct number of indices "
                       "for operand {}",
                       split(text.substr(0, arrow))[o], o),
           fmt::format("rank {}{}", named, dots ? " or more" : ""), shapes[o].to_string());
    }
    e.operands[o] = expanded(e.operands[o], rest);
    widest = std::max(widest, rest);
  }
  e.output = expanded(e.output, widest);
  check_output(subscripts, e);
  check_sizes(e, shapes);
  return e;
}

Dim size_of_label(const EinsumEquation& e, const std::vector<Shape>& shapes, char label) {
  Dim found;
  for (std::size_t o = 0; o < shapes.size(); ++o) {
    for (int i = 0; i < shapes[o].rank(); ++i) {
      if (e.operands[o][static_cast<std::size_t>(i)] != label) continue;
      const Dim here = shapes[o][i];
      if (!here.known()) continue;
      if (!found.known() || (is_ellipsis_label(label) && found == 1)) found = here;
    }
  }
  return found;
}

}  // namespace weft::ops
