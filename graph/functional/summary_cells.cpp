#include "graph/functional/summary_cells.hpp"

#include <algorithm>
#include <cstdint>

namespace weft::detail {
namespace {

// One character of UTF-8 text and its width on a terminal.
struct Glyph {
  std::string bytes;
  int width;
};

bool is_wide(std::uint32_t c) {  // East Asian wide and emoji, roughly Unicode's W and F
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
         (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

std::vector<Glyph> glyphs(const std::string& text) {
  std::vector<Glyph> out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t n = std::min<std::size_t>(lead < 0x80   ? 1
                                                : lead < 0xe0 ? 2
                                                : lead < 0xf0 ? 3
                                                              : 4,
                                                text.size() - i);
    std::uint32_t code = n == 1 ? lead : lead & (0x7fU >> n);
    for (std::size_t k = 1; k < n; ++k)
      code = (code << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    out.push_back({text.substr(i, n), is_wide(code) ? 2 : 1});
    i += n;
  }
  return out;
}

int cell_width(const std::string& text) {
  int width = 0;
  for (const Glyph& g : glyphs(text)) width += g.width;
  return width;
}

std::string without_trailing_spaces(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// What fits, an ellipsis in the place of the rest.
std::string truncated(const std::string& text, int width) {
  if (cell_width(text) <= width) return text;
  std::string out;
  int used = 0;
  for (const Glyph& g : glyphs(text)) {
    if (used + g.width > width - 1) break;
    out += g.bytes;
    used += g.width;
  }
  return out + std::string(static_cast<std::size_t>(std::max(0, width - 1 - used)), ' ') + "…";
}

// Words with the spaces around them, as rich's \s*\S+\s* finds them.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t first = text.find_first_not_of(' ', i);
    if (first == std::string::npos) break;
    std::size_t end = text.find(' ', first);
    end = end == std::string::npos ? text.size() : text.find_first_not_of(' ', end);
    if (end == std::string::npos) end = text.size();
    words.push_back(text.substr(i, end - i));
    i = end;
  }
  return words;
}

}  // namespace

std::string aligned(const std::string& line, int width, Align align) {
  const int free = std::max(0, width - cell_width(line));
  const int before = align == Align::left ? 0 : align == Align::right ? free : free / 2;
  return std::string(static_cast<std::size_t>(before), ' ') + line +
         std::string(static_cast<std::size_t>(free - before), ' ');
}

std::vector<std::string> wrap_cell(const std::string& text, int width) {
  std::vector<std::string> lines(1);
  int used = 0;
  bool first = true;
  for (const std::string& word : words_of(text)) {
    const int bare = cell_width(without_trailing_spaces(word));
    // A first word that is too long leaves the line as if it were empty: rich puts what fits after
    // it, and cuts it off.
    const bool fits = bare <= width - used, breaks = !fits && !first && (bare > width || used > 0);
    if (fits) {
      used += cell_width(word);
    } else if (breaks || bare > width) {
      used = cell_width(word);
    }
    if (breaks) lines.emplace_back();
    lines.back() += word;
    first = false;
  }
  for (std::string& line : lines) line = truncated(without_trailing_spaces(line), width);
  return lines;
}

}  // namespace weft::detail
