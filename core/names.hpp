// Names as texts show them, Keras's snake case and its process-wide counters of automatic names.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace weft::detail {

/// "'a', 'b'", and "['a', 'b']" as Python prints a list.
std::string quoted(const std::vector<std::string>& names);
std::string quoted_list(const std::vector<std::string>& names);

/// "Conv2DTranspose" -> "conv2d_transpose": drops \W, then (.)([A-Z][a-z]+) -> \1_\2,
/// ([a-z])([A-Z]) -> \1_\2, lower case.
std::string snake_case(std::string_view class_name);
/// "dense", then "dense_1", "dense_2" ...: one counter per prefix, shared by layers, models, ops,
/// optimizers, metrics.
std::string auto_name(std::string_view prefix);
/// Keras's clear_session for names: all counters start again.
void reset_auto_names();

}  // namespace weft::detail
