#include "graph/functional/summary_table.hpp"

#include <weft/core/error.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "graph/functional/summary_cells.hpp"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::detail;
using Lines = std::vector<std::string>;

TEST_CASE("column widths are those of Keras on 80 columns", "[graph]") {
  REQUIRE(column_widths({0.45, 0.80, 1.0}, 76) == std::vector<int>{33, 24, 15});
  REQUIRE(column_widths({0.3, 0.56, 0.74, 1.0}, 76) == std::vector<int>{21, 19, 12, 19});
  REQUIRE(column_widths({0.3 * 0.9, 0.56 * 0.9, 0.74 * 0.9, 0.9, 1.0}, 76) ==
          std::vector<int>{19, 17, 11, 16, 7});
  REQUIRE_THROWS_WITH(column_widths({0.45, 0.80, 1.0}, 10),
                      "Insufficient console width to print summary.");
}

TEST_CASE("cells wrap at spaces, and words that are too long end in an ellipsis", "[graph]") {
  REQUIRE(wrap_cell("dense (Dense)", 31) == Lines{"dense (Dense)"});
  REQUIRE(wrap_cell("input_layer (InputLayer)", 19) == Lines{"input_layer", "(InputLayer)"});
  REQUIRE(wrap_cell("global_average_pooling2d (GlobalAveragePooling2D)", 19) ==
          Lines{"global_average_poo…", "(GlobalAveragePool…"});
  REQUIRE(wrap_cell("max_pooling2d_2[0][0], conv2d_3[0][0]", 17) ==
          Lines{"max_pooling2d_2[…", "conv2d_3[0][0]"});
  REQUIRE(wrap_cell("(None, 30, 30, 32)", 17) == Lines{"(None, 30, 30,", "32)"});
  REQUIRE(wrap_cell("   └ inner_a (InputLayer)", 19) == Lines{"   └ inner_a", "(InputLayer)"});
  REQUIRE(wrap_cell("", 5) == Lines{""});
}

TEST_CASE("numbers, sizes and shapes are written as Keras writes them", "[graph]") {
  REQUIRE(format_count(0) == "0");
  REQUIRE(format_count(999) == "999");
  REQUIRE(format_count(55050) == "55,050");
  REQUIRE(format_count(143667240) == "143,667,240");
  REQUIRE(format_params(3, false) == "0 (unbuilt)");
  REQUIRE(readable_memory_size(0) == "0.00 B");
  REQUIRE(readable_memory_size(1023) == "1023.00 B");
  REQUIRE(readable_memory_size(55050 * 4.0) == "215.04 KB");
  REQUIRE(readable_memory_size(143667240 * 4.0) == "548.05 MB");
  REQUIRE(readable_memory_size(3.0 * 1024 * 1024 * 1024) == "3.00 GB");
  REQUIRE(format_output_shapes({Shape{None, 64}}) == "(None, 64)");
  REQUIRE(format_output_shapes({Shape{None}}) == "(None)");
  REQUIRE(format_output_shapes({Shape{None, 2}, Shape{None, 3}}) == "[(None, 2), (None, 3)]");
  REQUIRE(format_output_shapes({Shape{None, 2}, Shape{None, 3}}, {"a", "b"}) ==
          "{a: (None, 2), b: (None, 3)}");
}

TEST_CASE("layer_range takes regular expressions, in either order", "[graph]") {
  const Lines names = {"in", "conv", "pool", "dense", "dense_1"};
  using Range = std::pair<std::size_t, std::size_t>;
  REQUIRE(find_layer_range(names, {}) == Range{0, 5});
  REQUIRE(find_layer_range(names, {"conv", "dense$"}) == Range{1, 4});
  REQUIRE(find_layer_range(names, {"pool", "dense"}) == Range{2, 5});
  REQUIRE(find_layer_range(names, {"dense_1", "conv"}) == Range{1, 5});
  REQUIRE_THROWS_WITH(find_layer_range(names, {"conv"}),
                      "layer_range must be a list of length 2. Received: a list of length 1");
  REQUIRE_THROWS_WITH(
      find_layer_range(names, {"conv", "lstm"}),
      "Passed layer_names do not match the layer names in the model. Received: ['conv', 'lstm']");
}

TEST_CASE("the table of three columns, character by character", "[graph]") {
  SummaryContent content;
  content.model_name = "mnist_model";
  content.rows = {{"input_layer", "InputLayer", "(None, 784)", "0", "", '-', 0},
                  {"dense", "Dense", "(None, 64)", "50,240", "", 'Y', 0},
                  {"dense_1", "Dense", "(None, 10)", "650", "", 'Y', 0}};
  content.trainable = {50890, 50890 * 4};
  REQUIRE(render_summary(content, {}, 80) ==
          "Model: \"mnist_model\"\n"
          "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓\n"
          "┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃\n"
          "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩\n"
          "│ input_layer (InputLayer)        │ (None, 784)            │             0 │\n"
          "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
          "│ dense (Dense)                   │ (None, 64)             │        50,240 │\n"
          "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
          "│ dense_1 (Dense)                 │ (None, 10)             │           650 │\n"
          "└─────────────────────────────────┴────────────────────────┴───────────────┘\n"
          " Total params: 50,890 (198.79 KB)\n"
          " Trainable params: 50,890 (198.79 KB)\n"
          " Non-trainable params: 0 (0.00 B)\n");
}

TEST_CASE("optimizer variables have a line of their own and count in the total", "[graph]") {
  SummaryContent content;
  content.trainable = {10, 40};
  content.non_trainable = {4, 16};
  content.optimizer = ParamCount{12, 48};
  const std::string text = render_summary(content, {}, 80);
  REQUIRE_THAT(text, Catch::Matchers::Contains(
                         " Total params: 26 (104.00 B)\n Trainable params: 10 (40.00 B)\n"
                         " Non-trainable params: 4 (16.00 B)\n Optimizer params: 12 (48.00 B)\n"));
}

TEST_CASE("line_length and positions are the caller's", "[graph]") {
  SummaryContent content;
  const auto first_rule = [&](const SummaryOptions& options, int terminal) {
    const std::string text = render_summary(content, options, terminal);
    const auto start = text.find('\n') + 1;
    const std::string line = text.substr(start, text.find('\n', start) - start);
    return std::count_if(line.begin(), line.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
  };
  REQUIRE(first_rule({}, 200) == 88);
  REQUIRE(first_rule({.show_trainable = true}, 200) == 100);
  REQUIRE(first_rule({.line_length = 60}, 80) == 60);
  REQUIRE(first_rule({.line_length = 120, .positions = {0.2, 0.5, 0.7}}, 80) == 120);
  content.connected_to = true;
  REQUIRE(first_rule({}, 200) == 108);
  REQUIRE_THROWS_WITH(render_summary(content, {.positions = {0.5, 1.0}}, 80),
                      Catch::Matchers::Contains("`positions` has the wrong length. Expected: 4") &&
                          Catch::Matchers::Contains("Received: 2"));
}

// The texts that real Keras printed are taken apart into rows and drawn again: whatever did not
// wrap or was not cut must come out the same, character by character.
namespace {

std::string trimmed(const std::string& s) {
  const auto a = s.find_first_not_of(' ');
  return a == std::string::npos ? "" : s.substr(a, s.find_last_not_of(' ') - a + 1);
}

Lines split(const std::string& line, const std::string& bar) {
  Lines cells;
  std::size_t at = bar.size();
  for (auto next = line.find(bar, at); next != std::string::npos; next = line.find(bar, at)) {
    cells.push_back(line.substr(at, next - at));
    at = next + bar.size();
  }
  return cells;
}

ParamCount count_of(const std::string& text, const std::string& label) {
  const auto at = text.find(" " + label + ": ");
  std::string digits;
  for (const char c :
       text.substr(at + label.size() + 3, text.find('(', at) - at - label.size() - 4)) {
    if (c != ',') digits += c;
  }
  return {std::stoll(digits), std::stoll(digits) * 4};
}

// Null when a cell was cut, its size is not that of float32, or something else cannot be told from
// the text.
std::optional<std::string> redraw(const std::string& text) {
  if (text.find("…") != std::string::npos && text.find("Trai…") == std::string::npos) return {};
  SummaryContent content;
  SummaryOptions options;
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  content.model_name = line.substr(8, line.size() - 9);
  std::getline(in, line);
  std::getline(in, line);
  const Lines header = split(line, "┃");
  content.connected_to = header.size() > 3 && trimmed(header[3]) == "Connected to";
  options.show_trainable =
      trimmed(header.back()) == "Trai…" || trimmed(header.back()) == "Trainable";
  Lines cells(header.size());
  const auto finish = [&] {
    const auto open = cells[0].rfind(" (");
    SummaryRow row;
    std::string name = cells[0].substr(0, open);
    const std::string mark = "└ ";
    if (const auto at = name.find(mark); at != std::string::npos) {
      row.level = static_cast<int>(at / 3);
      name = name.substr(at + mark.size());
    }
    row.name = name;
    row.class_name = cells[0].substr(open + 2, cells[0].size() - open - 3);
    row.output_shape = cells[1];
    row.params = cells[2];
    if (content.connected_to) row.connected_to = cells[3];
    if (options.show_trainable) row.trainable = cells.back()[0];
    content.rows.push_back(row);
    cells.assign(header.size(), "");
  };
  while (std::getline(in, line)) {
    if (line.rfind("├", 0) == 0 || line.rfind("└", 0) == 0) finish();
    if (line.rfind("└", 0) == 0) break;
    if (line.rfind("│", 0) != 0) continue;
    const Lines parts = split(line, "│");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::string part = trimmed(parts[i]);
      if (part.empty()) continue;
      if (i == 0 && cells[0].empty())
        part = parts[0].substr(1, parts[0].find_last_not_of(' '));  // the indent counts
      cells[i] += (cells[i].empty() ? "" : " ") + part;
    }
  }
  content.trainable = count_of(text, "Trainable params");
  content.non_trainable = count_of(text, "Non-trainable params");
  if (text.find("Optimizer params") != std::string::npos)
    content.optimizer = count_of(text, "Optimizer params");
  return render_summary(content, options, 80);
}

}  // namespace

TEST_CASE("tables that real Keras printed are drawn the same", "[graph][golden]") {
  const std::filesystem::path folder = test::source_dir() + "/tests/golden/summary";
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::optional<std::string> drawn = redraw(text);
    if (!drawn) continue;
    // Sizes in bytes cannot be told from counts where not everything is float32: compare down to
    // the totals then.
    const auto table = [](const std::string& s) { return s.substr(0, s.find(" Total params")); };
    INFO(entry.path().filename().string());
    REQUIRE(table(*drawn) == table(text));
    ++compared;
  }
  REQUIRE(compared > 100);
}
