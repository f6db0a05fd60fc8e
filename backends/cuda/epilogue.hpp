// What follows a product that a library has made.
#pragma once
#include <weft/core/dtype.h>

#include <cstdint>

#include "backends/shapes/epilogue.hpp"

namespace weft::cuda {

/// y [rows, columns] = activation(y + bias), in place, each step rounded to `dtype` (floating): the
/// bits of the ops that it stands for. `bias` [columns] may be null. `stream`: of KernelArgs.
void finish_product(DType dtype, kernels::EpilogueActivation activation, const void* bias,
                    std::int64_t rows, std::int64_t columns, void* y, void* stream);

}  // namespace weft::cuda
