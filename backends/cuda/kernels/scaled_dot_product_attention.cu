// scaled_dot_product_attention and its gradient: by tiles (attention_tiles.hpp), and, for heads of
// any size and float64, by products of matrices, with the scores of all queries with all keys in
// memory, those of one head, or of one element of the batch, at a time. Two-byte types are computed
// in float.
#include "backends/cuda/attention_tiles_grad.hpp"
#include "backends/cuda/pieces.hpp"

namespace weft::cuda {
namespace {

/// The matrices of the op that are worked on at once: those of one head for the whole batch, or
/// those of all heads of one element of the batch, whichever makes fewer turns.
struct Turns {
  std::int64_t n, h;
  bool by_head;
  explicit Turns(const AttentionShape& s) : n(s.n), h(s.h), by_head(s.h <= s.n) {}

  WEFT_HD std::int64_t count() const { return by_head ? h : n; }
  WEFT_HD std::int64_t batch() const { return by_head ? n : h; }
  WEFT_HD std::int64_t sequence(std::int64_t turn, std::int64_t b) const {
    return by_head ? b : turn;
  }
  WEFT_HD std::int64_t head(std::int64_t turn, std::int64_t b) const { return by_head ? turn : b; }
  /// Where the first matrix of a turn is in [N, length, H, size], and the next.
  std::int64_t begin(std::int64_t turn, std::int64_t length, std::int64_t size) const {
    return turn * (by_head ? size : length * h * size);
  }
  std::int64_t step(std::int64_t length, std::int64_t size) const {
    return by_head ? length * h * size : size;
  }
};

template <class From, class To>
__global__ void cast_kernel(std::int64_t n, const From* x, To* y) {
  for_each_index(n, [&](std::int64_t i) { y[i] = store<To>(load(x[i])); });
}

/// A query's scores, scaled, as those of the softmax.
template <class C>
struct ScoreRow {
  const AttentionRules& rules;
  std::int64_t n, h, query;
  const C* scores;

  __device__ bool sees(std::int64_t key) const { return rules.sees(n, h, query, key); }
  __device__ C score(std::int64_t key) const {
    return sees(key) ? scores[key] * static_cast<C>(rules.s.scale) : C(unseen_score);
  }
  __device__ C probability(std::int64_t key, C largest, C scale) const {
    if (rules.s.zero_where_masked && !sees(key)) return 0;
    return math::exp(score(key) - largest) * scale;
  }
  __device__ C factor(std::int64_t key) const {
    return rules.factor<C>(rules.place(n, h, query) + key);
  }
};

template <class C>
__device__ ScoreRow<C> row_of(const AttentionRules& rules, const Turns& turns, std::int64_t turn,
                              std::int64_t row, const C* scores) {
  const std::int64_t b = row / rules.s.t;
  return {rules, turns.sequence(turn, b), turns.head(turn, b), row % rules.s.t,
          scores + row * rules.s.s};
}

/// Scores [batch, T, S] become what the values are multiplied with. A block to a query.
template <class C>
__global__ void probabilities_kernel(AttentionRules rules, Turns turns, std::int64_t turn,
                                     C* scores, C* statistics) {
  const std::int64_t keys = rules.s.s;
  for_each_row(turns.batch() * rules.s.t, [&](std::int64_t number) {
    const ScoreRow<C> row = row_of<C>(rules, turns, turn, number, scores);
    const C lowest = -math::inf_of(C());
    C largest = lowest, sum = 0;
    for_each_in_block(keys, [&](std::int64_t j) { largest = math::max(largest, row.score(j)); });
    largest = block_reduce(largest, lowest, Max());
    for_each_in_block(keys, [&](std::int64_t j) { sum += math::exp(row.score(j) - largest); });
    const C scale = C(1) / block_reduce(sum, C(0), Sum());
    for_each_in_block(keys, [&](std::int64_t j) {
      scores[number * keys + j] = row.probability(j, largest, scale) * row.factor(j);
    });
    if (threadIdx.x == 0) {
      C* to = statistics + 2 * ((row.n * rules.s.h + row.h) * rules.s.t + row.query);
      to[0] = largest;
      to[1] = scale;
    }
  });
}

/// Scores become what the values were multiplied with, and `d`, the gradient of that, becomes the
/// scores' gradient.
template <class C>
__global__ void probabilities_back_kernel(AttentionRules rules, Turns turns, std::int64_t turn,
                                          const C* statistics, C* scores, C* d) {
  const std::int64_t keys = rules.s.s;
  for_each_row(turns.batch() * rules.s.t, [&](std::int64_t number) {
    const ScoreRow<C> row = row_of<C>(rules, turns, turn, number, scores);
    const C* of = statistics + 2 * ((row.n * rules.s.h + row.h) * rules.s.t + row.query);
    const C largest = of[0], scale = of[1];
    C* d_row = d + number * keys;
    C inner = 0;
    for_each_in_block(keys, [&](std::int64_t j) {
      inner += d_row[j] * row.factor(j) * row.probability(j, largest, scale);
    });
    inner = block_reduce(inner, C(0), Sum());
    for_each_in_block(keys, [&](std::int64_t j) {
      const C p = row.probability(j, largest, scale), factor = row.factor(j);
      const C slope = p * (d_row[j] * factor - inner) * static_cast<C>(rules.s.scale);
      d_row[j] = row.sees(j) ? slope : C(0);
      scores[number * keys + j] = p * factor;
    });
  });
}

/// The products of a turn.
struct TurnProducts {
  AttentionShape s;
  Turns turns;
  DType dtype;  ///< of what is computed

  /// [T, S] = a b^T, of rows of `size`.
  GemmCall scores(std::int64_t size) const {
    GemmCall g = call(s.t, s.s, size);
    g.transpose_b = true;
    tensor(s.t, size, g.lead_a, g.step_a);
    tensor(s.s, size, g.lead_b, g.step_b);
    of_scores(g.lead_c, g.step_c);
    return g;
  }
  /// [T, size] = scores b.
  GemmCall by_query(std::int64_t size) const {
    GemmCall g = call(s.t, size, s.s);
    of_scores(g.lead_a, g.step_a);
    tensor(s.s, size, g.lead_b, g.step_b);
    tensor(s.t, size, g.lead_c, g.step_c);
    return g;
  }
  /// [S, size] = scores^T b.
  GemmCall by_key(std::int64_t size) const {
    GemmCall g = call(s.s, size, s.t);
    g.transpose_a = true;
    of_scores(g.lead_a, g.step_a);
    tensor(s.t, size, g.lead_b, g.step_b);
    tensor(s.s, size, g.lead_c, g.step_c);
    return g;
  }
  std::int64_t score_count() const { return turns.batch() * s.t * s.s; }
  LaunchShape row_shape() const { return shape_for_rows(turns.batch() * s.t, s.s); }

 private:
  GemmCall call(std::int64_t m, std::int64_t n, std::int64_t k) const {
    GemmCall g;
    g.dtype = dtype;
    g.m = m;
    g.n = n;
    g.k = k;
    g.batch = turns.batch();
    return g;
  }
  void tensor(std::int64_t length, std::int64_t size, std::int64_t& lead,
              std::int64_t& step) const {
    lead = s.h * size;
    step = turns.step(length, size);
  }
  void of_scores(std::int64_t& lead, std::int64_t& step) const {
    lead = s.s;
    step = s.t * s.s;
  }
};

/// Inputs and outputs of T as matrices of what is computed: themselves, or cast ones.
template <class T>
struct Casts {
  using C = Compute<T>;
  static constexpr bool needed = !std::is_same_v<T, C>;

  static std::size_t take(Pieces& pieces, std::int64_t count) {
    return needed ? pieces.take<C>(count) : 0;
  }
  static const C* input(const KernelArgs& a, int number, std::int64_t count, std::size_t at) {
    if constexpr (needed) {
      C* to = piece<C>(a, at);
      launch(cast_kernel<T, C>, shape_for(count, 4), a.stream, count, a.in<T>(number), to);
      return to;
    } else {
      return a.in<C>(number);
    }
  }
  static C* output(const KernelArgs& a, int number, std::size_t at) {
    if constexpr (needed)
      return piece<C>(a, at);
    else
      return a.out<C>(number);
  }
  static void finish(const KernelArgs& a, int number, std::int64_t count, std::size_t at) {
    if constexpr (needed) {
      launch(cast_kernel<C, T>, shape_for(count, 4), a.stream, count, piece<const C>(a, at),
             a.out<T>(number));
    }
  }
};

/// What forward and backward have in common.
template <class T>
struct Pass {
  using C = Compute<T>;
  AttentionShape s;
  TurnProducts product;
  std::int64_t q_size, k_size, v_size, o_size;
  Pieces pieces = {};
  Products products = {};
  std::size_t q, k, v, scores;

  explicit Pass(const KernelRequest& r)
      : s(r),
        product{s, Turns(s), exact(r)},
        q_size(s.n * s.t * s.h * s.d),
        k_size(s.n * s.s * s.h * s.d),
        v_size(s.n * s.s * s.h * s.e),
        o_size(s.n * s.t * s.h * s.e),
        q(Casts<T>::take(pieces, q_size)),
        k(Casts<T>::take(pieces, k_size)),
        v(Casts<T>::take(pieces, v_size)),
        scores(pieces.take<C>(product.score_count())) {}

  static DType exact(const KernelRequest& r) {
    return r.inputs[0].dtype == DType::float64 ? DType::float64 : DType::float32;
  }
  /// Where the matrices of a turn begin.
  std::int64_t of_queries(std::int64_t turn, std::int64_t size) const {
    return product.turns.begin(turn, s.t, size);
  }
  std::int64_t of_keys(std::int64_t turn, std::int64_t size) const {
    return product.turns.begin(turn, s.s, size);
  }
};

template <class T>
struct Forward {
  using C = Compute<T>;
  Pass<T> pass;
  std::size_t out;

  explicit Forward(const KernelRequest& r)
      : pass(r), out(Casts<T>::take(pass.pieces, pass.o_size)) {
    pass.products.need(pass.product.scores(pass.s.d));
    pass.products.need(pass.product.by_query(pass.s.e));
    pass.products.place(pass.pieces);
  }
  void run(const KernelArgs& a) const {
    const AttentionShape& s = pass.s;
    const C* q = Casts<T>::input(a, 0, pass.q_size, pass.q);
    const C* k = Casts<T>::input(a, 1, pass.k_size, pass.k);
    const C* v = Casts<T>::input(a, 2, pass.v_size, pass.v);
    C *to = Casts<T>::output(a, 0, out), *scores = piece<C>(a, pass.scores);
    const AttentionRules rules(s, a);
    for (std::int64_t turn = 0; turn < pass.product.turns.count(); ++turn) {
      pass.products.run(a, pass.product.scores(s.d), q + pass.of_queries(turn, s.d),
                        k + pass.of_keys(turn, s.d), scores);
      launch(probabilities_kernel<C>, pass.product.row_shape(), a.stream, rules, pass.product.turns,
             turn, scores, a.out<C>(1));
      pass.products.run(a, pass.product.by_query(s.e), scores, v + pass.of_keys(turn, s.e),
                        to + pass.of_queries(turn, s.e));
    }
    Casts<T>::finish(a, 0, pass.o_size, out);
  }
};

template <class T>
struct Backward {
  using C = Compute<T>;
  Pass<T> pass;
  std::size_t d_out, dq, dk, dv, d_scores;

  explicit Backward(const KernelRequest& r)
      : pass(r),
        d_out(Casts<T>::take(pass.pieces, pass.o_size)),
        dq(Casts<T>::take(pass.pieces, pass.q_size)),
        dk(Casts<T>::take(pass.pieces, pass.k_size)),
        dv(Casts<T>::take(pass.pieces, pass.v_size)),
        d_scores(pass.pieces.template take<C>(pass.product.score_count())) {
    const AttentionShape& s = pass.s;
    for (const std::int64_t size : {s.d, s.e}) {
      pass.products.need(pass.product.scores(size));
      pass.products.need(pass.product.by_key(size));
    }
    pass.products.need(pass.product.by_query(s.d));
    pass.products.place(pass.pieces);
  }
  void run(const KernelArgs& a) const {
    const AttentionShape& s = pass.s;
    const TurnProducts& p = pass.product;
    const C* q = Casts<T>::input(a, 0, pass.q_size, pass.q);
    const C* k = Casts<T>::input(a, 1, pass.k_size, pass.k);
    const C* v = Casts<T>::input(a, 2, pass.v_size, pass.v);
    const C* g = Casts<T>::input(a, s.first_output + 2, pass.o_size, d_out);
    C *to_q = Casts<T>::output(a, 0, dq), *to_k = Casts<T>::output(a, 1, dk),
      *to_v = Casts<T>::output(a, 2, dv);
    C *scores = piece<C>(a, pass.scores), *d = piece<C>(a, d_scores);
    const AttentionRules rules(s, a);
    for (std::int64_t turn = 0; turn < p.turns.count(); ++turn) {
      const std::int64_t at_q = pass.of_queries(turn, s.d), at_k = pass.of_keys(turn, s.d),
                         at_v = pass.of_keys(turn, s.e), at_o = pass.of_queries(turn, s.e);
      pass.products.run(a, p.scores(s.d), q + at_q, k + at_k, scores);
      pass.products.run(a, p.scores(s.e), g + at_o, v + at_v, d);
      launch(probabilities_back_kernel<C>, p.row_shape(), a.stream, rules, p.turns, turn,
             a.in<C>(s.first_output + 1), scores, d);
      pass.products.run(a, p.by_key(s.e), scores, g + at_o, to_v + at_v);
      pass.products.run(a, p.by_query(s.d), d, k + at_k, to_q + at_q);
      pass.products.run(a, p.by_key(s.d), d, q + at_q, to_k + at_k);
    }
    Casts<T>::finish(a, 0, pass.q_size, dq);
    Casts<T>::finish(a, 1, pass.k_size, dk);
    Casts<T>::finish(a, 2, pass.v_size, dv);
  }
};

template <template <class> class Way>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    const Way<T> way(r);
    return PreparedKernel{.run = [way](const KernelArgs& a) { way.run(a); },
                          .workspace_bytes = way.pass.pieces.bytes()};
  });
}

/// Whether the tiles are for a request; if not, that is why not.
bool fits_tiles(const KernelRequest& r, const AttentionShape& s, std::string& why_not) {
  if (r.inputs[0].dtype == DType::float64)
    why_not = "float64";
  else if (std::max(s.d, s.e) > 128)
    why_not = "more than 128 features of a head";
  else if (s.s == 0)
    why_not = "no keys";
  else
    return true;
  return false;
}

/// Calls f(Tile) for tiles that a head's features fit in; `large` ones where they fill a GPU.
template <int wide_own, class F>
PreparedKernel with_tile(const AttentionShape& s, std::int64_t length, F&& f) {
  const bool wide = std::max(s.d, s.e) > 64;
  const std::int64_t rows = wide ? 16 * wide_own : 64;
  const bool large = s.n * s.h * ((length + rows - 1) / rows) >= multiprocessors && length > 16;
  if (wide) return large ? f(AttentionTile<wide_own, 2, 128>()) : f(AttentionTile<1, 2, 128>());
  return large ? f(AttentionTile<4, 4, 64>()) : f(AttentionTile<1, 4, 64>());
}

/// A block to a tile of `length` rows of each head.
template <class Tile>
LaunchShape tile_shape(const AttentionShape& s, std::int64_t length, std::int64_t floats) {
  constexpr std::int64_t most = 1 << 20;
  const std::int64_t blocks = (length + Tile::rows - 1) / Tile::rows * s.n * s.h;
  return {.blocks = static_cast<unsigned>(std::min(blocks, most)),
          .threads = Tile::threads,
          .shared_bytes = static_cast<std::size_t>(floats) * sizeof(float)};
}

/// T as dispatch has it, without float64.
template <class F>
PreparedKernel dispatch_tiles(const KernelRequest& r, std::string& why_not, F&& f) {
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T> type) {
    if constexpr (std::is_same_v<T, double>)
      return PreparedKernel();
    else
      return f(type);
  });
}

PreparedKernel prepare_tiles(const KernelRequest& r, std::string& why_not) {
  const AttentionShape s(r);
  if (!fits_tiles(r, s, why_not)) return {};
  return dispatch_tiles(r, why_not, [&]<class T>(Type<T>) {
    return with_tile<4>(s, s.t, [&]<class Tile>(Tile) {
      constexpr std::int64_t floats = Tile::standing + 2 * Tile::passing + Tile::scores;
      return PreparedKernel{.run = [s](const KernelArgs& a) {
        launch(attention_kernel<T, Tile>, tile_shape<Tile>(s, s.t, floats), a.stream,
               AttentionRules(s, a), a.in<T>(0), a.in<T>(1), a.in<T>(2), a.out<T>(0),
               a.out<float>(1));
      }};
    });
  });
}

/// One of the two launches of the gradient.
template <class T, bool by_key>
PreparedKernel back_by_tiles(const AttentionShape& s) {
  const std::int64_t length = by_key ? s.s : s.t;
  return with_tile<2>(s, length, [&]<class Tile>(Tile) {
    constexpr std::int64_t floats = 2 * Tile::standing + 2 * Tile::passing + Tile::scores;
    return PreparedKernel{.run = [s, length](const KernelArgs& a) {
      const AttentionGradient<T> v{.q = a.in<T>(0),
                                   .k = a.in<T>(1),
                                   .v = a.in<T>(2),
                                   .d_out = a.in<T>(s.first_output + 2),
                                   .statistics = a.in<float>(s.first_output + 1),
                                   .inner = static_cast<const float*>(a.workspace),
                                   .dq = a.out<T>(0),
                                   .dk = a.out<T>(1),
                                   .dv = a.out<T>(2)};
      launch(attention_back_kernel<T, Tile, by_key>, tile_shape<Tile>(s, length, floats), a.stream,
             AttentionRules(s, a), v);
    }};
  });
}

PreparedKernel prepare_tiles_grad(const KernelRequest& r, std::string& why_not) {
  const AttentionShape s(r);
  if (!fits_tiles(r, s, why_not)) return {};
  return dispatch_tiles(r, why_not, [&]<class T>(Type<T>) {
    const std::int64_t rows = s.n * s.h * s.t;
    return PreparedKernel{.run =
                              [s, rows, of_keys = back_by_tiles<T, true>(s).run,
                               of_queries = back_by_tiles<T, false>(s).run](const KernelArgs& a) {
                                launch(attention_inner_kernel<T>, shape_for(rows * warp_size),
                                       a.stream, s, a.in<T>(s.first_output),
                                       a.in<T>(s.first_output + 2),
                                       static_cast<float*>(a.workspace));
                                of_keys(a);
                                of_queries(a);
                              },
                          .workspace_bytes = static_cast<std::size_t>(rows) * sizeof(float)};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_scaled_dot_product_attention(KernelTable& table) {
  table.add("scaled_dot_product_attention", {.name = "tiles", .prepare = cuda::prepare_tiles});
  table.add("scaled_dot_product_attention_grad",
            {.name = "tiles", .prepare = cuda::prepare_tiles_grad});
  table.add("scaled_dot_product_attention",
            {.name = "plain", .reference = true, .prepare = cuda::prepare<cuda::Forward>});
  table.add("scaled_dot_product_attention_grad",
            {.name = "plain", .reference = true, .prepare = cuda::prepare<cuda::Backward>});
}

}  // namespace weft::registration
