// Rows of a data set on the device, picked by number into a batch.
#pragma once
#include <cstddef>
#include <cstdint>

namespace weft::cuda {

/// to[i] = table[rows[i]] for i below `count`, rows of `row_bytes` bytes; the numbers are valid.
void gather_rows(void* to, const void* table, std::size_t row_bytes, const std::int64_t* rows,
                 std::int64_t count, void* stream);

}  // namespace weft::cuda
