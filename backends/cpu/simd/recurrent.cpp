// The step loops of lstm and gru. See recurrent.hpp for the four blocks, recurrent_tile.hpp for the
// products. Sequences are independent but for the sums of the kernels' gradients, so a part of the
// batch runs all of its steps alone.
#include "backends/cpu/simd/recurrent.hpp"

#include "backends/cpu/simd/recurrent_tile.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

/// Distances in the memory of a job, in floats.
struct Layout {
  Int h;         // H up to whole vectors
  Int columns;   // four blocks of it
  Int k;         // I + H: the inner length of the step's product
  Int row;       // of [x, h]
  Int back_row;  // of [x, h, 1]
  Int panel;     // of the forward kernel: bias and k rows for one vector of each block
  explicit Layout(const RecurrentJob& j)
      : h(rounded(j.h, lanes)),
        columns(4 * h),
        k(j.i + j.h),
        row(spread(j.i + h)),
        back_row(spread(j.i + j.h + 1)),
        panel((k + 1) * 4 * lanes) {}
  /// Rows a multiple of 2 KiB apart would share few sets of the cache.
  static Int spread(Int n) { return n % 512 == 0 ? n + lanes : n; }
};

// ------------------------------------------------------------------ activations

Vector activated(GateActivation f, Vector x) {
  alignas(64) float v[lanes];
  store_vector(v, x);
  if (f == GateActivation::tanh)
    for (int l = 0; l < lanes; ++l) v[l] = math::tanh(v[l]);
  else if (f == GateActivation::sigmoid)
    for (int l = 0; l < lanes; ++l) v[l] = math::sigmoid(v[l]);
  else
    for (int l = 0; l < lanes; ++l) v[l] = activate(f, v[l]);
  return load_vector(v);
}

WEFT_HD Vector slope(GateActivation f, Vector y) {
  if (f == GateActivation::tanh) return 1.0f - y * y;
  if (f == GateActivation::sigmoid) return y * (1.0f - y);
  for (int l = 0; l < lanes; ++l) y[l] = activation_slope(f, y[l]);
  return y;
}

// ------------------------------------------------------------------ forward

void pack_forward(const RecurrentJob& j, float* packed) {
  const Layout at(j);
  const Int wide = j.column_count();
  for (Int q = 0; q < at.h; q += lanes) {
    const Int count = least(lanes, j.h - q);
    float* to = packed + q / lanes * at.panel;
    for (Int k = -1; k < at.k; ++k) {
      for (int b = 0; b < 4; ++b, to += lanes) {
        Vector v = {};
        if (k < 0) {  // a gru's second bias belongs to the state's product
          if (j.bias[0] != nullptr && j.x_block(b) >= 0)
            v = load_upto(j.bias[0] + j.x_block(b) * j.h + q, count);
          if (j.bias[1] != nullptr && j.h_block(b) >= 0)
            v = v + load_upto(j.bias[1] + j.h_block(b) * j.h + q, count);
        } else {
          const bool of_x = k < j.i;
          const int block = of_x ? j.x_block(b) : j.h_block(b);
          const float* from = of_x ? j.kernel + k * wide : j.recurrent + (k - j.i) * wide;
          if (block >= 0) v = load_upto(from + block * j.h + q, count);
        }
        store_vector(to, v);
      }
    }
  }
}

struct Step {
  const RecurrentForward& f;
  Layout at;
  Int s, time;
  const float* now;  // [n][row]: x_t and h
  float* next;       // the same of the next step: h is written
};

bool valid(const RecurrentJob& j, Int n, Int time) {
  return j.mask == nullptr || j.mask[n * j.t + time];
}

/// A masked step: states and output stay.
void carry(const Step& s, Int n, Int q, Int count) {
  const RecurrentJob& j = s.f.job;
  const Vector h = load_vector(s.now + n * s.at.row + j.i + q);
  store_vector(s.next + n * s.at.row + j.i + q, h);
  if (s.f.reserve != nullptr) {
    float* kept = s.f.reserve + (s.s * j.n + n) * 5 * j.h + q;
    for (int b = 0; b < 3; ++b) store_upto(kept + b * j.h, Vector{}, count);
    store_upto(kept + 3 * j.h, j.gru ? Vector{} : h, count);
    store_upto(kept + 4 * j.h, j.gru ? h : load_vector(s.f.cells + n * s.at.h + q), count);
  }
  if (j.sequences) {
    float* y = s.f.output + (n * j.t + s.s) * j.h + q;
    const bool zero = j.zero_output || s.s == 0;
    store_upto(y, zero ? Vector{} : load_upto(y - j.h, count), count);
  } else if (j.zero_output) {
    store_upto(s.f.output + n * j.h + q, Vector{}, count);
  }
}

/// Gates, states, reserve and output of one vector of units; z: its four blocks.
void lstm_gates(const Step& s, Int n, Int q, Int count, const Vector (&z)[4]) {
  const RecurrentJob& j = s.f.job;
  const Vector i = activated(j.recurrent_activation, z[0]);
  const Vector f = activated(j.recurrent_activation, z[1]);
  const Vector g = activated(j.activation, z[2]);
  const Vector o = activated(j.recurrent_activation, z[3]);
  float* cell = s.f.cells + n * s.at.h + q;
  const Vector c = f * load_vector(cell) + i * g;
  const Vector h = o * activated(j.activation, c);
  store_vector(cell, c);
  store_vector(s.next + n * s.at.row + j.i + q, h);
  if (s.f.reserve != nullptr) {
    float* kept = s.f.reserve + (s.s * j.n + n) * 5 * j.h + q;
    const Vector all[5] = {i, f, g, o, c};
    for (int b = 0; b < 5; ++b) store_upto(kept + b * j.h, all[b], count);
  }
  if (j.sequences)
    store_upto(s.f.output + (n * j.t + s.s) * j.h + q, h, count);
  else if (j.mask != nullptr)
    store_upto(s.f.output + n * j.h + q, h, count);
}

void gru_gates(const Step& s, Int n, Int q, Int count, const Vector (&v)[4]) {
  const RecurrentJob& j = s.f.job;
  const Vector z = activated(j.recurrent_activation, v[0]);
  const Vector r = activated(j.recurrent_activation, v[1]);
  const Vector candidate = activated(j.activation, v[2] + r * v[3]);
  const Vector before = load_vector(s.now + n * s.at.row + j.i + q);
  const Vector h = z * before + (1.0f - z) * candidate;
  store_vector(s.next + n * s.at.row + j.i + q, h);
  if (s.f.reserve != nullptr) {
    float* kept = s.f.reserve + (s.s * j.n + n) * 5 * j.h + q;
    const Vector all[5] = {z, r, candidate, v[3], h};
    for (int b = 0; b < 5; ++b) store_upto(kept + b * j.h, all[b], count);
  }
  if (j.sequences)
    store_upto(s.f.output + (n * j.t + s.s) * j.h + q, h, count);
  else if (j.mask != nullptr)
    store_upto(s.f.output + n * j.h + q, h, count);
}

/// The product of some rows with one panel, then their gates.
struct GateTile {
  const Step& s;
  Int q;
  template <int rows>
  void operator()(Int n) const {
    const RecurrentJob& j = s.f.job;
    const Int count = least(lanes, j.h - q);
    bool any = false;
    for (int r = 0; r < rows; ++r) any = any || valid(j, n + r, s.time);
    const float* packed = s.f.packed + q / lanes * s.at.panel;
    Vector z[rows][4] = {};
    if (any) {
      Vector sum[rows][4];  // nobody else has its address: it stays in registers
      for (int r = 0; r < rows; ++r)
        for (int b = 0; b < 4; ++b) sum[r][b] = load_vector(packed + b * lanes);
      add_products<rows, 4>(s.now + n * s.at.row, s.at.row, 1, packed + 4 * lanes, s.at.k, sum);
      for (int r = 0; r < rows; ++r)
        for (int b = 0; b < 4; ++b) z[r][b] = sum[r][b];
    }
    for (int r = 0; r < rows; ++r) {
      if (!valid(j, n + r, s.time))
        carry(s, n + r, q, count);
      else if (j.gru)
        gru_gates(s, n + r, q, count, z[r]);
      else
        lstm_gates(s, n + r, q, count, z[r]);
    }
  }
};

void copy(float* to, const float* from, Int n) {
  if (n > 0) __builtin_memcpy(to, from, static_cast<unsigned long>(n) * sizeof(float));
}
void clear(float* to, Int n) {
  if (n > 0) __builtin_memset(to, 0, static_cast<unsigned long>(n) * sizeof(float));
}

void forward(const RecurrentForward& f, Int begin, Int end) {
  const RecurrentJob& j = f.job;
  const Layout at(j);
  for (Int n = begin; n < end; ++n) {
    for (float* rows : f.rows) clear(rows + n * at.row, at.row);  // what fills up vectors stays 0
    copy(f.rows[0] + n * at.row + j.i, j.h0 + n * j.h, j.h);
    if (!j.gru) {
      clear(f.cells + n * at.h, at.h);
      copy(f.cells + n * at.h, j.c0 + n * j.h, j.h);
    }
    if (!j.sequences) clear(f.output + n * j.h, j.h);
  }
  for (Int t = 0; t < j.t; ++t) {
    const Int time = j.time(t);
    float* now = f.rows[t % 2];
    for (Int n = begin; n < end; ++n) copy(now + n * at.row, j.x + (n * j.t + time) * j.i, j.i);
    const Step s{f, at, t, time, now, f.rows[(t + 1) % 2]};
    for (Int q = 0; q < at.h; q += lanes) for_tiles<gate_rows>(begin, end, GateTile{s, q});
  }
  for (Int n = begin; n < end; ++n) {
    const float* h = f.rows[j.t % 2] + n * at.row + j.i;
    copy(f.h + n * j.h, h, j.h);
    if (!j.gru) copy(f.c + n * j.h, f.cells + n * at.h, j.h);
    if (!j.sequences && j.mask == nullptr && j.t > 0) copy(f.output + n * j.h, h, j.h);
  }
}

// ------------------------------------------------------------------ backward

/// Columns of the packed transposed kernels: H, then I when x's gradient is wanted.
void pack_backward(const RecurrentJob& j, bool x_grad, float* packed) {
  const Layout at(j);
  const Int wide = j.column_count();
  for (int side = 0; side < (x_grad ? 2 : 1); ++side) {
    const Int size = side == 0 ? j.h : j.i;
    const float* kernel = side == 0 ? j.recurrent : j.kernel;
    for (Int q = 0; q < size; q += width, packed += at.columns * width) {
      clear(packed, at.columns * width);
      for (int b = 0; b < 4; ++b) {
        const int block = side == 0 ? j.h_block(b) : j.x_block(b);
        if (block < 0) continue;
        for (Int c = 0; c < least(width, size - q); ++c) {
          const float* from = kernel + (q + c) * wide + block * j.h;
          float* to = packed + b * at.h * width + c;
          for (Int u = 0; u < j.h; ++u) to[u * width] = from[u];
        }
      }
    }
  }
}

/// One part of the batch on its way back.
struct Back {
  const RecurrentBackward& b;
  Layout at;
  bool x_grad;
  Int begin, end, capacity;  // rows of dz and inputs that there is room for
  float* dz;                 // [columns / width][capacity][width]
  float* inputs;             // [capacity][back_row]: x_t, h before the step, 1
  float* sums;               // [I + H + 1][columns]
  Int filled;                // rows of this chunk so far

  Int rows() const { return end - begin; }
  float* state(int which, Int n) const { return b.states + (which * b.job.n + n) * at.h; }
  float* dz_at(Int column, Int row) const {
    return dz + (column / width * capacity + row) * width + column % width;
  }
};
enum { state_dh, state_dc, state_carry, state_active };

/// The output's gradient: to dh, or past a masked step to the step before it.
WEFT_HD void take_output(const Back& k, Int n, Int s, bool counts) {
  const RecurrentJob& j = k.b.job;
  float *dh = k.state(state_dh, n), *carried = k.state(state_carry, n);
  const bool of_step = j.sequences && k.b.d_output != nullptr;
  if (!of_step && j.mask == nullptr && s + 1 < j.t) return;
  for (Int q = 0; q < k.at.h; q += lanes) {
    Vector g = load_vector(carried + q);
    if (of_step) g = g + load_upto(k.b.d_output + (n * j.t + s) * j.h + q, least(lanes, j.h - q));
    if (counts) store_vector(dh + q, load_vector(dh + q) + g);
    store_vector(carried + q, counts || j.zero_output ? Vector{} : g);
  }
}

/// Where the values of the step before are: of unit 0.
struct Before {
  const float *h, *c;
  bool product;  // h is o: h = o activation(c)
};

void lstm_step(const Back& k, Int n, Int s, Int row, const Before& before) {
  const RecurrentJob& j = k.b.job;
  const float* kept = k.b.reserve + (s * j.n + n) * 5 * j.h;
  float *dh = k.state(state_dh, n), *dc = k.state(state_dc, n), *active = k.state(state_active, n);
  float* h_before = k.inputs + row * k.at.back_row + j.i;
  for (Int q = 0; q < k.at.h; q += lanes) {
    const Int count = least(lanes, j.h - q);
    const Vector i = load_upto(kept + q, count), f = load_upto(kept + j.h + q, count);
    const Vector g = load_upto(kept + 2 * j.h + q, count), o = load_upto(kept + 3 * j.h + q, count);
    const Vector y = load_vector(active + q), c = load_upto(before.c + q, count);
    const Vector d = load_vector(dh + q);
    const Vector e = load_vector(dc + q) + d * o * slope(j.activation, y);
    const Vector dz[4] = {e * g * slope(j.recurrent_activation, i),
                          e * c * slope(j.recurrent_activation, f), e * i * slope(j.activation, g),
                          d * y * slope(j.recurrent_activation, o)};
    for (int block = 0; block < 4; ++block)
      store_vector(k.dz_at(block * k.at.h + q, row), dz[block]);
    store_vector(dc + q, e * f);
    store_vector(dh + q, Vector{});
    const Vector y_before = activated(j.activation, c), h = load_upto(before.h + q, count);
    store_vector(active + q, y_before);
    store_upto(h_before + q, before.product ? h * y_before : h, count);
  }
}

void gru_step(const Back& k, Int n, Int s, Int row, const Before& before) {
  const RecurrentJob& j = k.b.job;
  const float* kept = k.b.reserve + (s * j.n + n) * 5 * j.h;
  float* dh = k.state(state_dh, n);
  float* h_before = k.inputs + row * k.at.back_row + j.i;
  for (Int q = 0; q < k.at.h; q += lanes) {
    const Int count = least(lanes, j.h - q);
    const Vector z = load_upto(kept + q, count), r = load_upto(kept + j.h + q, count);
    const Vector candidate = load_upto(kept + 2 * j.h + q, count);
    const Vector product = load_upto(kept + 3 * j.h + q, count);
    const Vector h = load_upto(before.h + q, count), d = load_vector(dh + q);
    const Vector e = d * (1.0f - z) * slope(j.activation, candidate);
    const Vector dz[4] = {d * (h - candidate) * slope(j.recurrent_activation, z),
                          e * product * slope(j.recurrent_activation, r), e, e * r};
    for (int block = 0; block < 4; ++block)
      store_vector(k.dz_at(block * k.at.h + q, row), dz[block]);
    store_vector(dh + q, d * z);
    store_upto(h_before + q, h, count);
  }
}

/// Fills the rows of a step: dz, and what the kernels' gradients are products with.
void fill_step(const Back& k, Int s) {
  const RecurrentJob& j = k.b.job;
  const Int time = j.time(s);
  for (Int n = k.begin; n < k.end; ++n) {
    const Int row = k.filled + n - k.begin;
    const bool counts = valid(j, n, time);
    take_output(k, n, s, counts);
    float* input = k.inputs + row * k.at.back_row;
    if (!counts) {  // also the inputs: what is masked may be no number
      clear(input, k.at.back_row);
      for (Int q = 0; q < k.at.columns; q += lanes) store_vector(k.dz_at(q, row), Vector{});
      continue;
    }
    copy(input, j.x + (n * j.t + time) * j.i, j.i);
    input[j.i + j.h] = 1;
    const float* kept = k.b.reserve + ((s - 1) * j.n + n) * 5 * j.h;
    if (j.gru) {
      gru_step(k, n, s, row, {s == 0 ? j.h0 + n * j.h : kept + 4 * j.h, nullptr, false});
    } else if (s == 0) {
      lstm_step(k, n, s, row, {j.h0 + n * j.h, j.c0 + n * j.h, false});
    } else {
      lstm_step(k, n, s, row, {kept + 3 * j.h, kept + 4 * j.h, valid(j, n, j.time(s - 1))});
    }
  }
}

/// dz of one step times the transposed kernels: to dh, and to x's gradient.
struct StateTile {
  const Back& k;
  const float* packed;
  float* to;        // of row 0
  Int step, count;  // from row to row; columns
  bool add;
  template <int rows>
  void operator()(Int n) const {
    Vector sum[rows][2] = {};
    const float* from = packed;
    for (Int c = 0; c < k.at.columns; c += width, from += width * width)
      add_products<rows, 2>(k.dz_at(c, k.filled + n), width, 1, from, width, sum);
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < 2 && v * lanes < count; ++v) {
        float* c = to + (n + r) * step + v * lanes;
        const Int some = least(lanes, count - v * lanes);
        store_upto(c, add ? load_upto(c, some) + sum[r][v] : sum[r][v], some);
      }
    }
  }
};

void states_back(const Back& k, Int s) {
  const RecurrentJob& j = k.b.job;
  const float* packed = k.b.packed;
  for (Int q = 0; q < j.h; q += width, packed += k.at.columns * width) {
    const StateTile tile{k, packed, k.state(state_dh, k.begin) + q, k.at.h, j.h - q, true};
    for_tiles<tile_rows>(0, k.rows(), tile);
  }
  if (!k.x_grad) return;
  float* d_x = k.b.d_x + (k.begin * j.t + j.time(s)) * j.i;
  for (Int q = 0; q < j.i; q += width, packed += k.at.columns * width) {
    const StateTile tile{k, packed, d_x + q, j.t * j.i, j.i - q, false};
    for_tiles<tile_rows>(0, k.rows(), tile);
  }
}

/// inputs^T dz of a chunk, added to the sums.
struct SumTile {
  const Back& k;
  Int column;
  template <int rows>
  void operator()(Int row) const {
    Vector sum[rows][2] = {};
    add_products<rows, 2>(k.inputs + row, 1, k.at.back_row, k.dz_at(column, 0), k.filled, sum);
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < 2; ++v) {
        float* to = k.sums + (row + r) * k.at.columns + column + v * lanes;
        store_vector(to, load_vector(to) + sum[r][v]);
      }
    }
  }
};

void begin_back(const Back& k) {
  const RecurrentJob& j = k.b.job;
  clear(k.sums, (j.i + j.h + 1) * k.at.columns);
  for (Int n = k.begin; n < k.end; ++n) {
    for (int which = 0; which < 4; ++which) clear(k.state(which, n), k.at.h);
    if (k.b.d_h != nullptr) copy(k.state(state_dh, n), k.b.d_h + n * j.h, j.h);
    if (k.b.d_c != nullptr) copy(k.state(state_dc, n), k.b.d_c + n * j.h, j.h);
    if (!j.sequences && k.b.d_output != nullptr)
      copy(k.state(state_carry, n), k.b.d_output + n * j.h, j.h);
    if (j.gru || j.t == 0) continue;
    const float* c = k.b.reserve + ((j.t - 1) * j.n + n) * 5 * j.h + 4 * j.h;
    for (Int q = 0; q < j.h; q += lanes) {
      const Vector y = activated(j.activation, load_upto(c + q, least(lanes, j.h - q)));
      store_upto(k.state(state_active, n) + q, y, least(lanes, j.h - q));
    }
  }
}

void backward(const RecurrentBackward& b, Int begin, Int end, Int part_rows, float* part) {
  const RecurrentJob& j = b.job;
  const Layout at(j);
  float* dz = part + (at.k + 1) * at.columns;  // the sums come first
  Back k{b, at, b.d_x != nullptr, begin, end, part_rows, dz, dz + part_rows * at.columns, part, 0};
  begin_back(k);
  for (Int s = j.t; s-- > 0;) {
    fill_step(k, s);
    states_back(k, s);
    k.filled += k.rows();
    if (s > 0 && k.filled + k.rows() <= part_rows) continue;
    for (Int c = 0; c < at.columns; c += width)
      for_tiles<tile_rows>(0, j.i + j.h + 1, SumTile{k, c});
    k.filled = 0;
  }
  for (Int n = begin; n < end; ++n) {
    copy(b.d_h0 + n * j.h, k.state(state_dh, n), j.h);
    if (b.d_c0 != nullptr) copy(b.d_c0 + n * j.h, k.state(state_dc, n), j.h);
  }
}

RecurrentSizes sizes(const RecurrentJob& j, Int part_rows, bool x_grad) {
  const Layout at(j);
  RecurrentSizes s;
  s.packed = at.h / lanes * at.panel;
  s.rows = j.n * at.row;
  s.cells = j.n * at.h;
  s.packed_back = (rounded(j.h, width) + (x_grad ? rounded(j.i, width) : 0)) * at.columns;
  s.states = 4 * j.n * at.h;
  s.part_rows = part_rows;
  s.part = rounded(part_rows * (at.columns + at.back_row) + (j.i + j.h + 1) * at.columns, 16);
  return s;
}

/// to[0 .. h-1] = the sum over parts of one block of one row of the sums.
void collect_block(const float* from, Int part_size, int part_count, Int h, float* to) {
  for (Int q = 0; q < h; q += lanes) {
    Vector v = {};
    for (int p = 0; p < part_count; ++p) v = v + load_vector(from + p * part_size + q);
    store_upto(to + q, v, least(lanes, h - q));
  }
}

void collect(const RecurrentJob& j, const float* parts, Int part_size, int part_count,
             float* d_kernel, float* d_recurrent, float* d_bias) {
  const Layout at(j);
  const Int wide = j.column_count();
  const float* sums = parts;
  for (Int row = 0; row <= at.k; ++row, sums += at.columns) {
    for (int b = 0; b < 4; ++b) {
      const float* from = sums + b * at.h;
      const auto add = [&](float* to, int block) {
        if (to != nullptr && block >= 0)
          collect_block(from, part_size, part_count, j.h, to + block * j.h);
      };
      if (row < j.i) {
        add(d_kernel + row * wide, j.x_block(b));
      } else if (row < at.k) {
        add(d_recurrent + (row - j.i) * wide, j.h_block(b));
      } else if (d_bias != nullptr) {
        add(d_bias, j.x_block(b));
        if (j.gru) add(d_bias + wide, j.h_block(b));
      }
    }
  }
}

}  // namespace

extern const RecurrentLoops recurrent_loops = {sizes,         pack_forward, forward,
                                               pack_backward, backward,     collect};

}  // namespace weft::cpu::WEFT_ISA
