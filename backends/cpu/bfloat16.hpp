// Whether the processor multiplies bfloat16 by itself.
#pragma once

namespace weft::cpu {

/// AVX512_BF16, or AMX with the operating system's consent.
bool has_bfloat16_products();

}  // namespace weft::cpu
