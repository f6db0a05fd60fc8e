// Model::summary(): what a model's table says; graph/functional/summary_table.hpp draws it.
#pragma once
#include <weft/graph/functional/summary.h>
#include <weft/training/model_layer.h>

namespace weft::detail {

/// The whole text; lines end in '\n'. Throws Error for a layer_range or a width that does not work.
std::string summary_text(const ModelLayer& model, const SummaryOptions& options,
                         int terminal_columns);
/// To options.print_fn, line by line and without the '\n', or to standard output.
void print_summary(const ModelLayer& model, const SummaryOptions& options);

}  // namespace weft::detail
