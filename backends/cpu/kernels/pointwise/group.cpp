#include "backends/cpu/kernels/pointwise/group.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "backends/cpu/kernels/pointwise/float_pointwise.hpp"
#include "backends/cpu/simd/cast.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "backends/shapes/group_layout.hpp"
#include "core/ops/pointwise_group.hpp"

namespace weft::cpu {
namespace {

using weft::detail::max_group_inputs;
using weft::detail::max_group_steps;
using weft::detail::PointwiseProgram;

constexpr std::size_t l1_bytes = 24 * 1024;       // what the pieces of all operands may take
constexpr std::size_t scratch_bytes = 64 * 1024;  // on the stack
constexpr std::int64_t most_elements = 2048, least_elements = 256;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// How an input lies against the whole.
enum class Layout {
  whole,     ///< element i is element i
  number,    ///< one element
  rows,      ///< element i is element i % period
  repeated,  ///< rows so short that a piece holds several: repeated once, the same for all pieces
  columns    ///< element i is element i / period
};

struct Input {
  Layout layout = Layout::whole;
  std::int64_t period = 1;
  std::size_t bytes = 4;    // of an element
  std::size_t scratch = 0;  // where a piece is put together, unless whole or number
};

/// A step; value numbers as in the program.
struct Step {
  BlockLoops loops;         // of a functor,
  CastLoop cast = nullptr;  // or this
  FunctorStorage functor;
  std::vector<int> operands;
  bool once = false;        // all operands are numbers: computed before the pieces
  int output = -1;          // computed right into this output,
  std::size_t scratch = 0;  // or here
  std::size_t bytes = 4;
};

struct Group {
  std::vector<Input> inputs;
  std::vector<Step> steps;
  std::vector<int> outputs;               // value numbers
  std::vector<bool> copied;               // by output: written from scratch when a piece is done
  std::vector<std::size_t> output_bytes;  // of an element
  std::int64_t size = 0, piece = 0, grain = 0;

  void run(const KernelArgs& a, std::int64_t from, std::int64_t to) const;
};

// Running.

struct Values {
  std::array<const std::byte*, max_group_inputs + max_group_steps> data;
  std::array<bool, max_group_inputs + max_group_steps> varies;
};

void fill(std::byte* to, const std::byte* element, std::size_t bytes, std::int64_t count) {
  if (bytes == 1) {
    std::memset(to, static_cast<int>(*element), static_cast<std::size_t>(count));
  } else {
    float x;
    std::memcpy(&x, element, sizeof x);
    std::fill_n(reinterpret_cast<float*>(to), count, x);
  }
}

void run_step(const Step& step, const Values& v, std::int64_t n, std::byte* out) {
  std::array<const void*, max_operands> in = {};
  Block block;
  unsigned varying = 0;
  for (std::size_t k = 0; k < step.operands.size(); ++k) {
    const std::size_t number = at(step.operands[k]);
    in[k] = v.data[number];
    block.column_stride[k] = v.varies[number] ? 1 : 0;
    if (v.varies[number]) varying |= 1u << k;
  }
  block.columns = varying != 0 ? n : 1;  // of nothing but numbers one result is enough
  if (step.cast != nullptr)
    step.cast(in[0], out, block.columns);
  else
    step.loops.by_stride[varying](&step.functor, block, in.data(), out);
  if (block.columns != n) fill(out, out, step.bytes, n);
}

/// Elements [from, from + n) of an input with a period, in place where they lie side by side.
void gather(const Input& in, const std::byte* data, std::int64_t from, std::int64_t n,
            std::byte* scratch, const std::byte*& piece, bool& varies) {
  std::int64_t i = in.layout == Layout::columns ? from / in.period : from % in.period;
  const auto element = [&](std::int64_t k) {
    return data + static_cast<std::size_t>(k) * in.bytes;
  };
  piece = element(i);
  if (in.layout == Layout::columns) {
    std::int64_t left = in.period - from % in.period;
    varies = left < n;
    if (!varies) return;
    piece = scratch;
    for (std::int64_t done = 0; done < n; left = in.period, ++i) {
      const std::int64_t count = std::min(left, n - done);
      fill(scratch + static_cast<std::size_t>(done) * in.bytes, element(i), in.bytes, count);
      done += count;
    }
  } else if (i + n > in.period) {
    piece = scratch;
    for (std::int64_t done = 0; done < n; i = 0) {
      const std::int64_t count = std::min(in.period - i, n - done);
      std::memcpy(scratch + static_cast<std::size_t>(done) * in.bytes, element(i),
                  static_cast<std::size_t>(count) * in.bytes);
      done += count;
    }
  }
}

void Group::run(const KernelArgs& a, std::int64_t from, std::int64_t to) const {
  alignas(64) std::byte scratch[scratch_bytes];
  Values v;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Input& in = inputs[i];
    v.data[i] = static_cast<const std::byte*>(a.inputs[i]);
    v.varies[i] = in.layout != Layout::number;
    if (in.layout != Layout::repeated) continue;
    gather(in, v.data[i], 0, std::min(piece, size), scratch + in.scratch, v.data[i], v.varies[i]);
  }
  for (std::size_t s = 0; s < steps.size(); ++s) {
    v.data[inputs.size() + s] = scratch + steps[s].scratch;
    v.varies[inputs.size() + s] = !steps[s].once;
    if (steps[s].once) run_step(steps[s], v, 1, scratch + steps[s].scratch);
  }
  for (std::int64_t first = from; first < to; first += piece) {
    const std::int64_t n = std::min(piece, to - first);
    const auto first_byte = static_cast<std::size_t>(first);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Input& in = inputs[i];
      const auto* data = static_cast<const std::byte*>(a.inputs[i]);
      if (in.layout == Layout::whole)
        v.data[i] = data + first_byte * in.bytes;
      else if (in.layout == Layout::rows || in.layout == Layout::columns)
        gather(in, data, first, n, scratch + in.scratch, v.data[i], v.varies[i]);
    }
    for (std::size_t s = 0; s < steps.size(); ++s) {
      const Step& step = steps[s];
      if (step.once) continue;
      std::byte* out = step.output < 0 ? scratch + step.scratch
                                       : a.out<std::byte>(step.output) + first_byte * step.bytes;
      run_step(step, v, n, out);
      v.data[inputs.size() + s] = out;
    }
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      if (!copied[o]) continue;
      const std::size_t number = at(outputs[o]), bytes = output_bytes[o];
      std::byte* out = a.out<std::byte>(static_cast<int>(o)) + first_byte * bytes;
      if (v.varies[number])
        std::memcpy(out, v.data[number], static_cast<std::size_t>(n) * bytes);
      else
        fill(out, v.data[number], bytes, n);
    }
  }
}

// Preparing.

bool layout_of(const Shape& input, const Shape& whole, Input& in) {
  const auto found = kernels::group_layout(input, whole);
  if (!found) return false;
  constexpr Layout layouts[] = {Layout::whole, Layout::number, Layout::rows, Layout::columns};
  in.layout = layouts[found->kind];
  in.period = found->period;
  return true;
}

bool loops_of(const PointwiseProgram::Step& from, DType result, Step& step) {
  step.operands = from.operands;
  step.bytes = result.itemsize();
  if (from.op->name == "cast") {
    step.cast = result == DType::boolean ? cast_loops().float_to_bool : cast_loops().uint8_to_float;
    return true;
  }
  const FloatPointwise* builtin = find_float_pointwise(from.op->name);
  if (builtin == nullptr) return false;
  step.loops = *builtin->loops;
  builtin->make(from.attrs, &step.functor);
  return true;
}

/// Which steps write outputs directly: those after which no input of the whole's shape, whose
/// memory the output may be, is read.
void choose_outputs(Group& g) {
  const int inputs = static_cast<int>(g.inputs.size());
  std::size_t last_read = 0;
  for (std::size_t s = 0; s < g.steps.size(); ++s) {
    for (int k : g.steps[s].operands) {
      if (k < inputs && g.inputs[at(k)].layout == Layout::whole) last_read = s;
    }
  }
  for (std::size_t o = 0; o < g.outputs.size(); ++o) {
    const std::size_t s = at(g.outputs[o] - inputs);
    const bool direct = s >= last_read && !g.steps[s].once && g.steps[s].output < 0;
    if (direct) g.steps[s].output = static_cast<int>(o);
    g.copied.push_back(!direct);
  }
}

/// Places of values in scratch memory, in units of a piece: a place is free again for the result of
/// the last step that reads its value, because loops may run in place.
std::size_t choose_places(Group& g, std::vector<std::size_t>& place_of_step) {
  const std::size_t inputs = g.inputs.size();
  std::vector<std::size_t> last(inputs + g.steps.size(), 0);
  for (std::size_t s = 0; s < g.steps.size(); ++s) {
    last[inputs + s] = s;
    for (int k : g.steps[s].operands) last[at(k)] = s;
  }
  for (int number : g.outputs) last[at(number)] = g.steps.size();
  const auto has_place = [&](const Step& step) { return !step.once && step.output < 0; };
  std::size_t places = 0;
  std::vector<std::size_t> free;
  std::vector<bool> freed(g.steps.size(), false);
  place_of_step.assign(g.steps.size(), 0);
  const auto free_before = [&](std::size_t s) {
    for (std::size_t t = 0; t < s; ++t) {
      if (freed[t] || last[inputs + t] > s || !has_place(g.steps[t])) continue;
      // A bool's byte is not where its float is.
      if (last[inputs + t] == s && g.steps[t].bytes != g.steps[s].bytes) continue;
      freed[t] = true;
      free.push_back(place_of_step[t]);
    }
  };
  for (std::size_t s = 0; s < g.steps.size(); ++s) {
    free_before(s);
    if (!has_place(g.steps[s])) continue;
    if (free.empty()) free.push_back(places++);
    place_of_step[s] = free.back();
    free.pop_back();
  }
  return places;
}

/// The size of a piece, and everything's place in the scratch memory.
bool lay_out(Group& g) {
  std::vector<std::size_t> place_of_step;
  const std::size_t places = choose_places(g, place_of_step);
  std::size_t gathered = 0, streams = g.outputs.size();
  for (const Input& in : g.inputs) {
    gathered += in.layout == Layout::rows || in.layout == Layout::columns ? 1 : 0;
    streams += in.layout == Layout::whole ? 1 : 0;
  }
  const std::size_t per_element = 4 * (places + gathered + streams);
  g.piece = std::clamp(static_cast<std::int64_t>(l1_bytes / per_element) / 64 * 64, least_elements,
                       most_elements);
  // Whole rows to a piece where rows are short.
  std::int64_t row = 1;
  for (const Input& in : g.inputs) {
    if (in.layout == Layout::rows && in.period <= g.piece) row = std::max(row, in.period);
  }
  g.piece = g.piece / row * row;
  // Not a multiple of a page: a load from where a store has just gone 4096 bytes away would wait.
  const std::size_t unit = (static_cast<std::size_t>(g.piece) * 4 + 63) / 64 * 64 + 320;
  std::size_t next = unit * places;
  for (Input& in : g.inputs) {
    if (in.layout == Layout::rows && g.piece % in.period == 0) in.layout = Layout::repeated;
    if (in.layout == Layout::whole || in.layout == Layout::number) continue;
    in.scratch = next;
    next += unit;
  }
  for (std::size_t s = 0; s < g.steps.size(); ++s) {
    g.steps[s].scratch = g.steps[s].once ? next : place_of_step[s] * unit;
    if (g.steps[s].once) next += 64;
  }
  return next <= scratch_bytes;
}

}  // namespace

PreparedKernel prepare_tiled_group(const KernelRequest& r, std::string& why_not) {
  if (r.inputs.size() > max_group_inputs) {
    why_not = "too many inputs";
    return {};
  }
  const auto program = PointwiseProgram::from_attrs(r.attrs, static_cast<int>(r.inputs.size()));
  if (program.steps.size() > max_group_steps) {
    why_not = "too many steps";
    return {};
  }
  const std::vector<TensorSpec> specs = program.infer({r.inputs.begin(), r.inputs.end()});
  Group g;
  const Shape& whole = r.outputs[0].shape;
  g.size = whole.size();
  for (const TensorSpec& spec : r.inputs) {
    Input in;
    in.bytes = spec.dtype.itemsize();
    if (!layout_of(spec.shape, whole, in)) {
      why_not = "an input is neither whole nor rows nor columns: " + spec.shape.to_string();
      return {};
    }
    g.inputs.push_back(in);
  }
  for (std::size_t s = 0; s < program.steps.size(); ++s) {
    const auto& from = program.steps[s];
    std::vector<TensorSpec> in;
    for (int k : from.operands) in.push_back(specs[at(k)]);
    Step step;
    if (!weft::detail::can_be_grouped(*from.op, in, {specs[r.inputs.size() + s]}) ||
        !loops_of(from, specs[r.inputs.size() + s].dtype, step)) {
      why_not = from.op->name + " of these dtypes is not grouped";
      return {};
    }
    step.once = std::all_of(from.operands.begin(), from.operands.end(), [&](int k) {
      return k < program.inputs ? g.inputs[at(k)].layout == Layout::number
                                : g.steps[at(k - program.inputs)].once;
    });
    g.steps.push_back(std::move(step));
  }
  g.outputs = program.outputs;
  for (const TensorSpec& out : r.outputs) g.output_bytes.push_back(out.dtype.itemsize());
  choose_outputs(g);
  if (!lay_out(g)) {
    why_not = "too many values at once";
    return {};
  }
  g.grain =
      std::max<std::int64_t>(1, 32768 / static_cast<std::int64_t>(g.steps.size() + 1) / g.piece);
  return {.run = [g](const KernelArgs& a) {
    const std::int64_t pieces = (g.size + g.piece - 1) / g.piece;
    parallel_for(pieces, g.grain, [&](std::int64_t begin, std::int64_t end) {
      g.run(a, begin * g.piece, std::min(g.size, end * g.piece));
    });
  }};
}

}  // namespace weft::cpu
