// scaled_dot_product_attention and its gradient: the reference, by plain loops with sums in double,
// and float32 by tiles (backends/cpu/simd/attention.hpp), one per batch and head.
#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/attention.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "backends/shapes/attention_shape.hpp"
#include "core/functors/math.h"
#include "core/functors/philox.h"

namespace weft::cpu {
namespace {

/// One query of the reference: its probabilities before and after the dropout.
class Query {
 public:
  Query(const AttentionShape& shape, double* memory)
      : s_(shape), p_(memory), kept_(memory + shape.s) {}

  /// Scores from q and k; `largest` and `scale` of the softmax are found, or taken when known.
  template <class T>
  void probabilities(const T* q, const T* k, const bool* mask, const std::uint32_t* seed,
                     std::int64_t batch, std::int64_t head, std::int64_t query, double& largest,
                     double& scale, bool known) {
    for (std::int64_t j = 0; j < s_.s; ++j) {
      double sum = 0;
      for (std::int64_t i = 0; i < s_.d; ++i)
        sum += static_cast<double>(load(q[i])) * static_cast<double>(load(k[j * s_.h * s_.d + i]));
      p_[j] =
          s_.sees(mask, batch, head, query, j) ? sum * s_.scale : static_cast<double>(unseen_score);
    }
    if (!known) {
      largest = *std::max_element(p_, p_ + s_.s);
      double sum = 0;
      for (std::int64_t j = 0; j < s_.s; ++j) sum += math::exp(p_[j] - largest);
      scale = 1 / sum;
    }
    const std::int64_t first = ((batch * s_.h + head) * s_.t + query) * s_.s;
    for (std::int64_t j = 0; j < s_.s; ++j) {
      p_[j] = math::exp(p_[j] - largest) * scale;
      if (s_.zero_where_masked && !s_.sees(mask, batch, head, query, j)) p_[j] = 0;
      kept_[j] = p_[j] * factor(seed, first + j);
    }
  }
  double probability(std::int64_t key) const { return p_[key]; }
  double kept(std::int64_t key) const { return kept_[key]; }

  /// What the dropout multiplies element `i` of [N, H, T, S] with.
  double factor(const std::uint32_t* seed, std::int64_t i) const {
    if (s_.dropout <= 0) return 1;
    const philox::Block b =
        philox::block(static_cast<unsigned long long>(i / 4), 0, seed[0], seed[1]);
    return philox::uniform(b.word[i % 4]) >= static_cast<float>(s_.dropout) ? 1 / (1 - s_.dropout)
                                                                            : 0;
  }

 private:
  const AttentionShape& s_;
  double *p_, *kept_;
};

template <class T>
using Statistic = std::conditional_t<std::is_same_v<T, double>, double, float>;

template <class T>
void forward(const AttentionShape& s, const KernelArgs& a) {
  Query query(s, static_cast<double*>(a.workspace));
  const bool* mask = s.masked ? a.in<bool>(3) : nullptr;
  const std::uint32_t* seed = s.dropout > 0 ? a.in<std::uint32_t>(s.seed_input) : nullptr;
  for (std::int64_t i = 0; i < s.n * s.h * s.t; ++i) {
    const std::int64_t t = i % s.t, h = i / s.t % s.h, n = i / (s.t * s.h);
    double largest = 0, scale = 0;
    query.probabilities(a.in<T>(0) + ((n * s.t + t) * s.h + h) * s.d,
                        a.in<T>(1) + (n * s.s * s.h + h) * s.d, mask, seed, n, h, t, largest, scale,
                        false);
    a.out<Statistic<T>>(1)[2 * i] = static_cast<Statistic<T>>(largest);
    a.out<Statistic<T>>(1)[2 * i + 1] = static_cast<Statistic<T>>(scale);
    const T* v = a.in<T>(2) + (n * s.s * s.h + h) * s.e;
    T* out = a.out<T>(0) + ((n * s.t + t) * s.h + h) * s.e;
    for (std::int64_t c = 0; c < s.e; ++c) {
      double sum = 0;
      for (std::int64_t j = 0; j < s.s; ++j)
        sum += query.kept(j) * static_cast<double>(load(v[j * s.h * s.e + c]));
      out[c] = store<T>(sum);
    }
  }
}

/// The gradients of one batch and head; memory: 2 s for the query, then s d and s e for sums.
template <class T>
void backward(const AttentionShape& s, const KernelArgs& a, std::int64_t n, std::int64_t h) {
  double* memory = static_cast<double*>(a.workspace);
  Query query(s, memory);
  double *dk = memory + 2 * s.s, *dv = dk + s.s * s.d, *ds = dv + s.s * s.e;
  std::fill_n(dk, s.s * (s.d + s.e), 0.0);
  const bool* mask = s.masked ? a.in<bool>(3) : nullptr;
  const std::uint32_t* seed = s.dropout > 0 ? a.in<std::uint32_t>(s.seed_input) : nullptr;
  const T *k = a.in<T>(1) + (n * s.s * s.h + h) * s.d, *v = a.in<T>(2) + (n * s.s * s.h + h) * s.e;
  const auto* statistics = a.in<Statistic<T>>(s.first_output + 1);
  for (std::int64_t t = 0; t < s.t; ++t) {
    const std::int64_t row = (n * s.t + t) * s.h + h, at = (n * s.h + h) * s.t + t;
    const T *q = a.in<T>(0) + row * s.d, *g = a.in<T>(s.first_output + 2) + row * s.e;
    double largest = statistics[2 * at], scale = statistics[2 * at + 1], inner = 0;
    query.probabilities(q, k, mask, seed, n, h, t, largest, scale, true);
    for (std::int64_t j = 0; j < s.s; ++j) {
      double sum = 0;
      for (std::int64_t c = 0; c < s.e; ++c) {
        const auto gc = static_cast<double>(load(g[c]));
        sum += gc * static_cast<double>(load(v[j * s.h * s.e + c]));
        dv[j * s.e + c] += query.kept(j) * gc;
      }
      ds[j] = sum * query.factor(seed, at * s.s + j);
      inner += ds[j] * query.probability(j);
    }
    for (std::int64_t j = 0; j < s.s; ++j) {
      const bool seen = s.sees(mask, n, h, t, j);
      ds[j] = seen ? query.probability(j) * (ds[j] - inner) * s.scale : 0;
    }
    for (std::int64_t c = 0; c < s.d; ++c) {
      double sum = 0;
      for (std::int64_t j = 0; j < s.s; ++j) {
        sum += ds[j] * static_cast<double>(load(k[j * s.h * s.d + c]));
        dk[j * s.d + c] += ds[j] * static_cast<double>(load(q[c]));
      }
      a.out<T>(0)[row * s.d + c] = store<T>(sum);
    }
  }
  for (std::int64_t j = 0; j < s.s; ++j) {
    const std::int64_t row = (n * s.s + j) * s.h + h;
    for (std::int64_t c = 0; c < s.d; ++c) a.out<T>(1)[row * s.d + c] = store<T>(dk[j * s.d + c]);
    for (std::int64_t c = 0; c < s.e; ++c) a.out<T>(2)[row * s.e + c] = store<T>(dv[j * s.e + c]);
  }
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const AttentionShape s(r);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [s](const KernelArgs& a) { forward<T>(s, a); },
                          .workspace_bytes = static_cast<std::size_t>(2 * s.s) * sizeof(double)};
  });
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const AttentionShape s(r);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run =
            [s](const KernelArgs& a) {
              for (std::int64_t i = 0; i < s.n * s.h; ++i) backward<T>(s, a, i / s.h, i % s.h);
            },
        .workspace_bytes = static_cast<std::size_t>(s.s * (3 + s.d + s.e)) * sizeof(double)};
  });
}

/// The tile of one batch and head.
AttentionTile tile_of(const AttentionShape& s, const KernelArgs& a, std::int64_t n,
                      std::int64_t h) {
  AttentionTile tile = {};
  tile.t = s.t;
  tile.s = s.s;
  tile.d = s.d;
  tile.e = s.e;
  tile.d_row = s.h * s.d;
  tile.e_row = s.h * s.e;
  tile.q = a.in<float>(0) + (n * s.t * s.h + h) * s.d;
  tile.k = a.in<float>(1) + (n * s.s * s.h + h) * s.d;
  tile.v = a.in<float>(2) + (n * s.s * s.h + h) * s.e;
  if (s.masked) {
    tile.mask = a.in<unsigned char>(3) + n * s.mask_step[0] + h * s.mask_step[1];
    tile.mask_row = s.mask_step[2];
    tile.mask_column = s.mask_step[3];
  }
  tile.causal = s.causal;
  tile.zero_where_masked = s.zero_where_masked;
  tile.scale = static_cast<float>(s.scale);
  if (s.dropout > 0) {
    tile.seed = a.in<unsigned>(s.seed_input);
    tile.rate = static_cast<float>(s.dropout);
    tile.kept = static_cast<float>(1 / (1 - s.dropout));
    tile.first = (n * s.h + h) * s.t * s.s;
  }
  return tile;
}

/// Batches and heads in as many parts as there are threads, each with its own memory.
template <class F>
PreparedKernel in_tiles(const AttentionShape& s, std::int64_t floats, F run) {
  const std::int64_t tiles = s.n * s.h;
  const std::int64_t parts =
      std::clamp<std::int64_t>(num_threads(), 1, std::max<std::int64_t>(tiles, 1));
  return {.run =
              [=](const KernelArgs& a) {
                parallel_for(parts, 1, [&](std::int64_t begin, std::int64_t end) {
                  for (std::int64_t p = begin; p < end; ++p) {
                    float* memory = static_cast<float*>(a.workspace) + p * floats;
                    for (std::int64_t i = tiles * p / parts; i < tiles * (p + 1) / parts; ++i)
                      run(a, i / s.h, i % s.h, memory);
                  }
                });
              },
          .workspace_bytes = static_cast<std::size_t>(parts * floats) * sizeof(float)};
}

PreparedKernel prepare_tiles(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  const AttentionShape s(r);
  const AttentionLoops& loops = attention_loops();
  return in_tiles(
      s, loops.forward_floats(s.s, s.d),
      [s, run = loops.forward](const KernelArgs& a, std::int64_t n, std::int64_t h, float* memory) {
        AttentionTile tile = tile_of(s, a, n, h);
        tile.memory = memory;
        run(tile, a.out<float>(0) + (n * s.t * s.h + h) * s.e,
            a.out<float>(1) + (n * s.h + h) * s.t * 2);
      });
}

PreparedKernel prepare_tiles_grad(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  const AttentionShape s(r);
  const AttentionLoops& loops = attention_loops();
  return in_tiles(s, loops.backward_floats(s.s, s.d, s.e),
                  [s, run = loops.backward](const KernelArgs& a, std::int64_t n, std::int64_t h,
                                            float* memory) {
                    AttentionTile tile = tile_of(s, a, n, h);
                    tile.memory = memory;
                    const std::int64_t q = (n * s.t * s.h + h) * s.d, k = (n * s.s * s.h + h) * s.d,
                                       v = (n * s.s * s.h + h) * s.e, o = (n * s.t * s.h + h) * s.e;
                    run(tile,
                        {.out = a.in<float>(s.first_output) + o,
                         .statistics = a.in<float>(s.first_output + 1) + (n * s.h + h) * s.t * 2,
                         .dout = a.in<float>(s.first_output + 2) + o,
                         .dq = a.out<float>(0) + q,
                         .dk = a.out<float>(1) + k,
                         .dv = a.out<float>(2) + v});
                  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_scaled_dot_product_attention(KernelTable& table) {
  table.add("scaled_dot_product_attention", {.name = "tiles", .prepare = cpu::prepare_tiles});
  table.add("scaled_dot_product_attention_grad",
            {.name = "tiles", .prepare = cpu::prepare_tiles_grad});
  cpu::add_reference(table, "scaled_dot_product_attention", cpu::prepare);
  cpu::add_reference(table, "scaled_dot_product_attention_grad", cpu::prepare_grad);
}

}  // namespace weft::registration
