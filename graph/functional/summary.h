// Options of Model::summary().
#pragma once
#include <weft/core/fn.h>

#include <optional>
#include <string>
#include <vector>

namespace weft {

/// Of Model::summary.
struct SummaryOptions {
  std::optional<int> line_length =
      {};  ///< absent: 88 (108 with "Connected to"), at most the terminal's width less 4
  std::vector<double> positions = {};  ///< where columns end, as parts of the line or as columns
  Fn<void(std::string_view)> print_fn = {};  ///< gets one line at a time; absent: standard output
  bool expand_nested = false;                ///< also the layers of nested models
  bool show_trainable = false;               ///< a column Y or N
  std::vector<std::string> layer_range =
      {};  ///< two regular expressions: the first and the last layer shown
};

}  // namespace weft
