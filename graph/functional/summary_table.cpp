// After keras/src/utils/summary_utils.py (Keras 3.15.1) and rich's Table: column widths are cut
// from the line, widened by the padding, and made to fit again by taking the excess evenly from
// left to right.
#include "graph/functional/summary_table.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <weft/core/error.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <regex>

#include "graph/functional/summary_cells.hpp"

namespace weft::detail {
namespace {

int round_half_even(double x) {
  const double below = std::floor(x), rest = x - below;
  const bool up = rest > 0.5 || (rest == 0.5 && std::fmod(below, 2.0) != 0.0);
  return static_cast<int>(below) + (up ? 1 : 0);
}

struct Column {
  std::string header;
  Align align;
};

std::string rule(const std::vector<int>& widths, const char* left, const char* line,
                 const char* cross, const char* right) {
  std::string out = left;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i != 0) out += cross;
    for (int k = 0; k < widths[i]; ++k) out += line;
  }
  return out + right + "\n";
}

std::string row_text(const std::vector<std::string>& cells, const std::vector<Column>& columns,
                     const std::vector<int>& widths, const char* bar) {
  std::vector<std::vector<std::string>> wrapped;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    wrapped.push_back(wrap_cell(cells[i], widths[i] - 2));
    height = std::max(height, wrapped.back().size());
  }
  std::string out;
  for (std::size_t line = 0; line < height; ++line) {
    out += bar;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      // A line keeps its leading spaces (the indent of nested layers); trailing ones go before it
      // is pushed to the right.
      const std::string text = line < wrapped[i].size() ? wrapped[i][line] : std::string();
      out += " " + aligned(text, widths[i] - 2, columns[i].align) + " " + bar;
    }
    out += "\n";
  }
  return out;
}

std::vector<std::string> cells_of(const SummaryRow& row, bool connected_to, bool show_trainable) {
  std::string name = row.name;
  if (row.level > 0) {
    std::string indent;
    for (int i = 0; i < row.level; ++i) indent += "   ";
    name = indent + "└ " + name;
  }
  std::vector<std::string> cells = {name + " (" + row.class_name + ")", row.output_shape,
                                    row.params};
  if (connected_to) cells.push_back(row.connected_to.empty() ? "-" : row.connected_to);
  if (show_trainable) cells.emplace_back(1, row.trainable);
  return cells;
}

std::string total_line(const char* label, const ParamCount& n) {
  return fmt::format(" {}: {} ({})\n", label, format_count(n.count),
                     readable_memory_size(static_cast<double>(n.bytes)));
}

std::string totals(const SummaryContent& content) {
  const ParamCount optimizer = content.optimizer.value_or(ParamCount{});
  const ParamCount total = {
      content.trainable.count + content.non_trainable.count + optimizer.count,
      content.trainable.bytes + content.non_trainable.bytes + optimizer.bytes};
  std::string out = total_line("Total params", total) +
                    total_line("Trainable params", content.trainable) +
                    total_line("Non-trainable params", content.non_trainable);
  if (content.optimizer) out += total_line("Optimizer params", optimizer);
  return out;
}

}  // namespace

std::vector<int> column_widths(const std::vector<double>& positions, int line_length) {
  const bool absolute =
      std::any_of(positions.begin(), positions.end(), [](double p) { return p > 1.0; });
  std::vector<int> widths;
  int current = 0;
  for (const double p : positions) {
    const int width = static_cast<int>(absolute ? p : p * line_length) - current;
    if (width < 4) throw Error("Insufficient console width to print summary.");
    widths.push_back(width + 2);
    current += width;
  }
  const auto columns = static_cast<int>(widths.size());
  const int available = line_length - (columns + 1);
  int excess = std::accumulate(widths.begin(), widths.end(), 0) - available;
  for (int i = 0; i < columns && excess > 0; ++i) {
    const int cut = std::min(widths[static_cast<std::size_t>(i)],
                             round_half_even(static_cast<double>(excess) / (columns - i)));
    widths[static_cast<std::size_t>(i)] -= cut;
    excess -= cut;
  }
  if (excess <
      0) {  // positions that do not reach the end of the line: rich hands the rest out by width
    int ratio = std::accumulate(widths.begin(), widths.end(), 0), rest = -excess;
    for (int& width : widths) {
      const int add =
          ratio > 0 ? static_cast<int>(std::ceil(static_cast<double>(width) * rest / ratio)) : rest;
      ratio -= width;
      rest -= add;
      width += add;
    }
  }
  return widths;
}

std::string render_summary(const SummaryContent& content, const SummaryOptions& options,
                           int terminal_columns) {
  std::vector<Column> columns = {
      {"Layer (type)", Align::left}, {"Output Shape", Align::left}, {"Param #", Align::right}};
  if (content.connected_to) columns.push_back({"Connected to", Align::left});
  std::vector<double> positions = options.positions;
  if (positions.empty()) {
    positions = content.connected_to ? std::vector<double>{0.3, 0.56, 0.74, 1.0}
                                     : std::vector<double>{0.45, 0.80, 1.0};
  }
  if (positions.size() != columns.size()) {
    throw Error(
        fmt::format("summary: `positions` has the wrong length. Expected: {} numbers, one for each "
                    "column. Received: {}",
                    columns.size(), positions.size()));
  }
  int length = content.connected_to ? 108 : 88;
  if (options.show_trainable) {
    columns.push_back({"Trainable", Align::center});
    for (double& p : positions) p *= 0.90;
    positions.push_back(1.0);
    length += 12;
  }
  constexpr int widest = 10000;
  if (options.line_length && *options.line_length > widest) {
    throw Error(
        fmt::format("summary: `line_length` is too large. Expected: at most {}. Received: {}",
                    widest, *options.line_length));
  }
  length = options.line_length.value_or(std::min(length, terminal_columns - 4));
  const std::vector<int> widths = column_widths(positions, length);

  std::string out = "Model: \"" + content.model_name + "\"\n";
  std::vector<std::string> headers;
  for (const Column& column : columns) headers.push_back(column.header);
  out += rule(widths, "┏", "━", "┳", "┓") + row_text(headers, columns, widths, "┃") +
         rule(widths, "┡", "━", "╇", "┩");
  for (std::size_t i = 0; i < content.rows.size(); ++i) {
    if (i != 0) out += rule(widths, "├", "─", "┼", "┤");
    out += row_text(cells_of(content.rows[i], content.connected_to, options.show_trainable),
                    columns, widths, "│");
  }
  return out + rule(widths, "└", "─", "┴", "┘") + totals(content);
}

int terminal_columns() {
  if (const char* columns = std::getenv("COLUMNS")) {
    const int n = std::atoi(columns);
    if (n > 0) return n;
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string format_count(std::int64_t n) {
  const std::string digits = fmt::format("{}", n < 0 ? -n : n);
  std::string out(n < 0 ? 1 : 0, '-');
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string format_params(std::int64_t n, bool built) {
  return built ? format_count(n) : "0 (unbuilt)";
}

std::string readable_memory_size(double bytes) {
  static constexpr const char* units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < std::size(units)) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{:.2f} {}", bytes, units[unit]);
}

static std::string format_shape(const Shape& shape) {
  std::string out = "(";
  for (int i = 0; i < shape.rank(); ++i) {
    if (i != 0) out += ", ";
    const Dim d = shape[i];
    out += d.known() ? fmt::format("{}", static_cast<std::int64_t>(d)) : "None";
  }
  return out + ")";  // Python would write (None,): Keras's table does not
}

std::string format_output_shapes(const std::vector<Shape>& shapes,
                                 const std::vector<std::string>& keys) {
  if (shapes.size() == 1) return format_shape(shapes[0]);
  std::string out;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (i != 0) out += ", ";
    if (!keys.empty()) out += keys[i] + ": ";
    out += format_shape(shapes[i]);
  }
  return keys.empty() ? "[" + out + "]" : "{" + out + "}";
}

std::pair<std::size_t, std::size_t> find_layer_range(const std::vector<std::string>& names,
                                                     const std::vector<std::string>& range) {
  if (range.empty()) return {0, names.size()};
  if (range.size() != 2) {
    throw Error(fmt::format("layer_range must be a list of length 2. Received: a list of length {}",
                            range.size()));
  }
  const auto matches = [&](const std::string& pattern) {
    std::vector<std::size_t> found;
    try {
      const std::regex regex(pattern);
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (std::regex_search(names[i], regex, std::regex_constants::match_continuous))
          found.push_back(i);
      }
    } catch (const std::regex_error&) {
      throw Error(fmt::format("layer_range: '{}' is no regular expression.", pattern));
    }
    return found;
  };
  const auto lower = matches(range[0]), upper = matches(range[1]);
  if (lower.empty() || upper.empty()) {
    throw Error(fmt::format(
        "Passed layer_names do not match the layer names in the model. Received: ['{}', '{}']",
        range[0], range[1]));
  }
  if (lower.front() > upper.back()) return {upper.front(), lower.back() + 1};
  return {lower.front(), upper.back() + 1};
}

}  // namespace weft::detail
