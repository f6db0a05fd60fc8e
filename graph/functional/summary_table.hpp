// The text of summary(): Keras's table as the Python library rich draws it, from rows that somebody
// else gathers.
#pragma once
#include <weft/core/shape.h>
#include <weft/graph/functional/summary.h>

#include <cstdint>
#include <utility>

namespace weft::detail {

/// What a row says of a layer or op.
struct SummaryRow {
  std::string name;          ///< "dense"
  std::string class_name;    ///< "Dense"
  std::string output_shape;  ///< of format_output_shapes, or "?"
  std::string params;        ///< of format_params
  std::string connected_to;  ///< "dense[0][0], dense_1[0][0]"; empty: "-"
  char trainable = '-';      ///< 'Y', 'N', '-' without weights
  int level = 0;             ///< how deep in nested models: "   └ dense"
};

/// Numbers and sizes of weights.
struct ParamCount {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

struct SummaryContent {
  std::string model_name;
  bool connected_to = false;  ///< the form of four columns
  std::vector<SummaryRow> rows;
  ParamCount trainable, non_trainable;
  std::optional<ParamCount> optimizer = {};  ///< absent: no line, and not in the total
};

/// Inner widths of the columns, padding included, in a table `line_length` wide. `positions` are
/// where columns end, as parts of the line (as columns where one is beyond 1). Throws Error
/// "Insufficient console width to print summary."
std::vector<int> column_widths(const std::vector<double>& positions, int line_length);

/// The whole text, without layer_range and print_fn; lines end in '\n'. `terminal_columns` limits
/// the default width.
std::string render_summary(const SummaryContent& content, const SummaryOptions& options,
                           int terminal_columns);
/// COLUMNS, else the terminal's width, else 80.
int terminal_columns();

/// 1234567 -> "1,234,567"
std::string format_count(std::int64_t n);
/// "1,234", "0 (unbuilt)"
std::string format_params(std::int64_t n, bool built = true);
/// 55050 * 4 -> "215.04 KB"
std::string readable_memory_size(double bytes);
/// One: "(None, 64)"; several: "[(None, 2), (None, 3)]"; with keys: "{a: (None, 2), b: (None, 3)}".
std::string format_output_shapes(const std::vector<Shape>& shapes,
                                 const std::vector<std::string>& keys = {});
/// The first and one past the last layer of a layer_range: two regular expressions, matched from
/// the start of a name.
std::pair<std::size_t, std::size_t> find_layer_range(const std::vector<std::string>& names,
                                                     const std::vector<std::string>& range);

}  // namespace weft::detail
