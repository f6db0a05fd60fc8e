#include "layers/arguments/attention_equations.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace weft::detail {
namespace {

char letter(int i) { return static_cast<char>('a' + i); }

std::string letters(int first, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += letter(first + i);
  return out;
}

}  // namespace

ProjectionEquation projection_equation(int free, int bound, int made) {
  const std::string kept = letters(0, free), summed = letters(free, bound),
                    fresh = letters(free + bound, made);
  return {fmt::format("{},{}->{}", kept + summed, summed + fresh, kept + fresh), fresh,
          free + made};
}

AttentionEquations attention_equations(int rank, const std::vector<int>& axes) {
  const std::string target = letters(0, rank);
  const auto attended = [&](int i) { return std::find(axes.begin(), axes.end(), i) != axes.end(); };
  std::string source, product;
  int next = rank;
  for (int i = 0; i < rank; ++i)
    source += attended(i) && i != rank - 1 ? letter(next++) : target[static_cast<std::size_t>(i)];
  for (int i = 0; i + 1 < rank; ++i) {
    if (!attended(i)) product += letter(i);
  }
  for (int axis : axes) product += target[static_cast<std::size_t>(axis)];
  for (int axis : axes) product += source[static_cast<std::size_t>(axis)];
  return {fmt::format("{},{}->{}", source, target, product),
          fmt::format("{},{}->{}", product, source, target), static_cast<int>(product.size())};
}

}  // namespace weft::detail
