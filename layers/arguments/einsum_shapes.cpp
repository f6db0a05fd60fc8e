// After keras/src/layers/core/einsum_dense.py (_analyze_einsum_string), Keras 3.15.1.
#include "layers/arguments/einsum_shapes.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <cctype>

namespace weft::detail {
namespace {

using std::string;

struct Sides {
  string input, weight, output;
  bool left = false, right = false;  // where `...` is
};

bool all_letters(const string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
  });
}

bool take_dots(string& text, bool front) {
  if (text.size() < 3) return false;
  const std::size_t at = front ? 0 : text.size() - 3;
  if (text.compare(at, 3, "...") != 0) return false;
  text.erase(at, 3);
  return true;
}

Sides sides_of(const string& name, const string& equation) {
  Sides s;
  const auto comma = equation.find(','), arrow = equation.find("->");
  bool fits = comma != string::npos && arrow != string::npos && comma < arrow;
  if (fits) {
    s.input = equation.substr(0, comma);
    s.weight = equation.substr(comma + 1, arrow - comma - 1);
    s.output = equation.substr(arrow + 2);
    s.left = take_dots(s.input, true);
    if (s.left)
      fits = take_dots(s.output, true);
    else
      s.right = take_dots(s.input, false), fits = !s.right || take_dots(s.output, false);
    fits = fits && all_letters(s.input) && all_letters(s.weight) && all_letters(s.output) &&
           !(s.right && s.input.size() < 2);
  }
  if (fits) return s;
  throw Error(
      fmt::format("{}: Invalid einsum equation '{}'. Equations must be in the form "
                  "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....",
                  name, equation));
}

string text(Dim d) { return d.known() ? std::to_string(static_cast<std::int64_t>(d)) : "None"; }

// The whole output: the batch, the axes of `...`, and what was given.
Shape full_output(const Sides& s, const Shape& input, const Shape& partial) {
  const int elided = input.rank() - static_cast<int>(s.input.size());
  std::vector<Dim> out(partial.begin(), partial.end());
  out.insert(out.begin(), input[0]);
  for (int i = 1; s.left && i < elided; ++i) out.insert(out.begin() + 1, input[i]);
  for (int i = input.rank() - elided; !s.left && i < input.rank(); ++i) out.push_back(input[i]);
  return Shape(out);
}

// A letter's dimension in a side; `axes` are the axes before its first letter.
struct Place {
  const string& letters;
  const Shape& shape;
  int axes;
  bool has(char c) const { return letters.find(c) != string::npos; }
  Dim size(char c) const { return shape[axes + static_cast<int>(letters.find(c))]; }
};

void check(const string& name, const Sides& s, const Place& in, const Place& out) {
  for (char c : s.input) {
    if (!out.has(c) || !out.size(c).known() || out.size(c) == in.size(c)) continue;
    throw ShapeError(
        fmt::format("{}: Input shape and output shape do not match at shared dimension "
                    "'{}'. Input shape is {}, and output shape is {}.",
                    name, c, text(in.size(c)), text(out.size(c))));
  }
  for (char c : s.output) {
    if (in.has(c) || s.weight.find(c) != string::npos) continue;
    throw Error(
        fmt::format("{}: Dimension '{}' was specified in the output '{}' but has no "
                    "corresponding dim in the input spec '{}' or weight spec '{}'",
                    name, c, s.output, s.input, s.weight));
  }
}

Shape bias_shape(const string& name, const Sides& s, const string& axes, const Place& out,
                 int elided) {
  for (char c : axes) {
    if (out.has(c)) continue;
    throw Error(
        fmt::format("{}: Bias dimension '{}' was requested, but is not part of the output "
                    "spec '{}'",
                    name, c, s.output));
  }
  std::size_t first = s.output.size();
  for (char c : axes) first = std::min(first, s.output.find(c));
  Shape bias;
  for (char c : s.output.substr(first))
    bias.push_back(axes.find(c) != string::npos ? out.size(c) : Dim(1));
  for (int i = 0; !s.left && i < elided; ++i) bias.push_back(1);
  return bias;
}

}  // namespace

EinsumShapes einsum_shapes(const string& name, const string& equation,
                           const std::optional<string>& bias_axes, const Shape& input,
                           const Shape& partial) {
  const Sides s = sides_of(name, equation);
  const int elided = input.rank() - static_cast<int>(s.input.size());
  if (elided < 0 || (elided > 0 && !s.left && !s.right)) {
    throw ShapeError(fmt::format(
        "{}: the input has another rank than the equation '{}'. Expected: "
        "{}{} dimensions. Received: {}",
        name, equation, s.input.size(), s.left || s.right ? " or more" : "", input.to_string()));
  }
  const Shape output = full_output(s, input, partial);
  const int before = s.left ? elided : 0;
  if (output.rank() != static_cast<int>(s.output.size()) + elided) {
    throw ShapeError(
        fmt::format("{}: `output_shape` does not fit the equation '{}'. Expected: {} "
                    "dimensions, all of the output's but the batch and `...`. "
                    "Received: {}",
                    name, equation, s.output.size() - (before > 0 ? 0 : 1), partial.to_string()));
  }
  const Place in{s.input, input, before}, out{s.output, output, before};
  check(name, s, in, out);
  EinsumShapes shapes;
  for (std::size_t i = 0; i < s.weight.size(); ++i) {
    const char c = s.weight[i];
    if (!in.has(c) && !out.has(c)) {
      throw Error(
          fmt::format("{}: Weight dimension '{}' did not have a match in either the input "
                      "spec '{}' or the output spec '{}'. For this layer, the weight must "
                      "be fully specified.",
                      name, c, s.input, s.output));
    }
    shapes.kernel.push_back(out.has(c) ? out.size(c) : in.size(c));
    (out.has(c) ? shapes.output_axes : shapes.input_axes).push_back(static_cast<int>(i));
  }
  if (bias_axes) shapes.bias = bias_shape(name, s, *bias_axes, out, elided);
  return shapes;
}

}  // namespace weft::detail
