// Philox4x32-10, the counter-based generator of J. Salmon, M. Moraes, R. Dror and D. Shaw,
// "Parallel random numbers: as easy as 1, 2, 3" (SC'11), with its constants. Any element's bits
// follow from key and place alone: no state, no order.
#pragma once
#include <weft/core/functors/host_device.h>

namespace weft::philox {

/// Four words of random bits.
struct Block {
  unsigned word[4];
};

WEFT_HD void round(unsigned (&c)[4], unsigned k0, unsigned k1) {
  const unsigned long long a = 0xD2511F53ull * c[0], b = 0xCD9E8D57ull * c[2];
  const unsigned c0 = static_cast<unsigned>(b >> 32) ^ c[1] ^ k0,
                 c2 = static_cast<unsigned>(a >> 32) ^ c[3] ^ k1;
  c[1] = static_cast<unsigned>(b);
  c[3] = static_cast<unsigned>(a);
  c[0] = c0;
  c[2] = c2;
}

/// The block of a 128-bit counter under a 64-bit key.
WEFT_HD Block block(unsigned long long low, unsigned long long high, unsigned k0, unsigned k1) {
  unsigned c[4] = {static_cast<unsigned>(low), static_cast<unsigned>(low >> 32),
                   static_cast<unsigned>(high), static_cast<unsigned>(high >> 32)};
  for (int i = 0; i < 10; ++i) {
    round(c, k0, k1);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {{c[0], c[1], c[2], c[3]}};
}

/// [0, 1) on a grid of 2^-24, which float holds exactly.
WEFT_HD float uniform(unsigned word) { return static_cast<float>(word >> 8) * 0x1p-24f; }
/// [0, 1) on a grid of 2^-53.
WEFT_HD double uniform(unsigned high, unsigned low) {
  const unsigned long long bits = (static_cast<unsigned long long>(high) << 32 | low) >> 11;
  return static_cast<double>(bits) * 0x1p-53;
}

}  // namespace weft::philox
