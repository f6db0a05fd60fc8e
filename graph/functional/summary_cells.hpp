// Text in the cells of summary()'s table, as the Python library rich measures, wraps and cuts it.
#pragma once
#include <string>
#include <vector>

namespace weft::detail {

enum class Align { left, right, center };

/// A line with spaces around it, `width` wide on a terminal.
std::string aligned(const std::string& line, int width, Align align);
/// The lines of a cell, cut at spaces, words that are too long with an ellipsis; each at most
/// `width` wide.
std::vector<std::string> wrap_cell(const std::string& text, int width);

}  // namespace weft::detail
