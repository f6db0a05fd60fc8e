#include "backends/cpu/simd/philox.hpp"

#include <weft/core/functors/philox.h>

#include "backends/cpu/simd/independent.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace weft::cpu::WEFT_ISA {
namespace {

constexpr int blocks = 64;  // at once; of four words each

#if defined(__AVX2__)
// A word in the low half of each lane of 64 bits: products need no widening, and what is left in
// the high half is never looked at.
// The forms with a mask: g++ 12 warns of the value that the others leave undefined.
#if defined(__AVX512F__)
using Lanes = __m512i;
constexpr int lanes = 8;
WEFT_HD Lanes all(unsigned x) { return _mm512_set1_epi64(static_cast<long long>(x)); }
WEFT_HD Lanes product(Lanes a, Lanes b) { return _mm512_maskz_mul_epu32(0xff, a, b); }
WEFT_HD Lanes high(Lanes a) { return _mm512_maskz_srli_epi64(0xff, a, 32); }
WEFT_HD Lanes both(Lanes a, Lanes b) { return _mm512_xor_si512(a, b); }
WEFT_HD Lanes plus(Lanes a, Lanes b) { return _mm512_add_epi64(a, b); }
WEFT_HD Lanes numbers() { return _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7); }
WEFT_HD Lanes words(Lanes low, Lanes up) {
  return _mm512_mask_blend_epi32(0xAAAA, low, _mm512_maskz_slli_epi64(0xff, up, 32));
}
WEFT_HD void store(Lanes first, Lanes second, unsigned* to) {
  const Lanes even = _mm512_maskz_unpacklo_epi64(0xff, first, second),
              odd = _mm512_maskz_unpackhi_epi64(0xff, first, second);
  const Lanes from = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11),
              rest = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  _mm512_storeu_si512(to, _mm512_permutex2var_epi64(even, from, odd));
  _mm512_storeu_si512(to + 16, _mm512_permutex2var_epi64(even, rest, odd));
}
#else
using Lanes = __m256i;
constexpr int lanes = 4;
WEFT_HD Lanes all(unsigned x) { return _mm256_set1_epi64x(static_cast<long long>(x)); }
WEFT_HD Lanes product(Lanes a, Lanes b) { return _mm256_mul_epu32(a, b); }
WEFT_HD Lanes high(Lanes a) { return _mm256_srli_epi64(a, 32); }
WEFT_HD Lanes both(Lanes a, Lanes b) { return _mm256_xor_si256(a, b); }
WEFT_HD Lanes plus(Lanes a, Lanes b) { return _mm256_add_epi64(a, b); }
WEFT_HD Lanes numbers() { return _mm256_setr_epi64x(0, 1, 2, 3); }
WEFT_HD Lanes words(Lanes low, Lanes up) {
  return _mm256_blend_epi32(low, _mm256_slli_epi64(up, 32), 0xAA);
}
WEFT_HD void store(Lanes first, Lanes second, unsigned* to) {
  const Lanes even = _mm256_unpacklo_epi64(first, second),
              odd = _mm256_unpackhi_epi64(first, second);
  auto* out = reinterpret_cast<__m256i*>(to);
  _mm256_storeu_si256(out, _mm256_permute2x128_si256(even, odd, 0x20));
  _mm256_storeu_si256(out + 1, _mm256_permute2x128_si256(even, odd, 0x31));
}
#endif

/// The state of four times `lanes` words.
struct State {
  Lanes c0, c1, c2, c3;
};

WEFT_HD void round(State& s, Lanes k0, Lanes k1) {
  const Lanes a = product(s.c0, all(0xD2511F53u)), b = product(s.c2, all(0xCD9E8D57u));
  s.c0 = both(both(high(b), s.c1), k0);
  s.c2 = both(both(high(a), s.c3), k1);
  s.c1 = b;
  s.c3 = a;
}

// The words of `blocks` blocks beginning at number `first`, side by side as elements want them.
void draw(const unsigned* key, Index first, unsigned* to) {
  constexpr int states = 4;  // beside each other: a round is a chain
  for (int i = 0; i < blocks; i += states * lanes) {
    State s[states];
    for (int k = 0; k < states; ++k) {
      const auto number =
          static_cast<unsigned long long>(first) + static_cast<unsigned>(i + k * lanes);
      const Lanes counter = plus(plus(all(static_cast<unsigned>(number)),
                                      words(all(0), all(static_cast<unsigned>(number >> 32)))),
                                 numbers());
      s[k] = {counter, high(counter), all(0), all(0)};
    }
    unsigned k0 = key[0], k1 = key[1];
    for (int r = 0; r < 10; ++r) {
      for (int k = 0; k < states; ++k) round(s[k], all(k0), all(k1));
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    for (int k = 0; k < states; ++k)
      store(words(s[k].c0, s[k].c1), words(s[k].c2, s[k].c3), to + 4 * (i + k * lanes));
  }
}
#else
// The words of `blocks` blocks beginning at number `first`, side by side as elements want them.
void draw(const unsigned* key, Index first, unsigned* words) {
  unsigned c0[blocks], c1[blocks], c2[blocks], c3[blocks];
  for (int i = 0; i < blocks; ++i) {
    const unsigned long long counter =
        static_cast<unsigned long long>(first) + static_cast<unsigned>(i);
    c0[i] = static_cast<unsigned>(counter);
    c1[i] = static_cast<unsigned>(counter >> 32);
    c2[i] = c3[i] = 0;
  }
  unsigned k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < blocks; ++i) {
      unsigned c[4] = {c0[i], c1[i], c2[i], c3[i]};
      philox::round(c, k0, k1);
      c0[i] = c[0];
      c1[i] = c[1];
      c2[i] = c[2];
      c3[i] = c[3];
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int i = 0; i < blocks; ++i) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
}
#endif

/// philox::uniform, through a signed number: there are conversions of those in every set.
WEFT_HD float unit(unsigned word) {
  return static_cast<float>(static_cast<int>(word >> 8)) * 0x1p-24f;
}

/// Calls f(words, at, count) for pieces of [0, n).
template <class F>
WEFT_HD void pieces(const unsigned* key, Index first, Index n, F f) {
  alignas(64) unsigned words[4 * blocks];
  for (Index at = 0; at < n; at += 4 * blocks) {
    draw(key, (first + at) / 4, words);
    f(words, at, n - at < 4 * blocks ? n - at : 4 * blocks);
  }
}

void uniform(const unsigned* key, Index first, Index n, float low, float range, float high,
             float last, float* y) {
  const bool bounded = range > 0;
  pieces(key, first, n, [=](const unsigned* words, Index at, Index count) {
    float* to = y + at;
    WEFT_INDEPENDENT
    for (Index i = 0; i < count; ++i) {
      const float x = low + unit(words[i]) * range;
      to[i] = (bounded & (x >= high)) ? last : x;
    }
  });
}

void dropout(const unsigned* key, Index first, Index n, float rate, float scale, const float* x,
             float* y) {
  pieces(key, first, n, [=](const unsigned* words, Index at, Index count) {
    const float* from = x + at;
    float* to = y + at;
    WEFT_INDEPENDENT
    for (Index i = 0; i < count; ++i) {
      const float kept = from[i] * scale;
      to[i] = unit(words[i]) >= rate ? kept : 0.0f;
    }
  });
}

}  // namespace

extern const PhiloxLoops philox_loops;
constinit const PhiloxLoops philox_loops = {&uniform, &dropout};

}  // namespace weft::cpu::WEFT_ISA
