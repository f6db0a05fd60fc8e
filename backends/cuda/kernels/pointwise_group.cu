// pointwise_group: one kernel that carries out the program, four elements of the whole to a thread
// at a time. All inputs are read before the first output is written, so outputs may be their
// memory. Other dtypes than float32 and longer programs run op by op.
#include "core/ops/pointwise_group.hpp"

#if defined(__CUDACC__)
#pragma nv_diag_suppress 186  // functors compare with 0, which is pointless where T has no sign
#endif
#include <generated/pointwise_all.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/pointwise_geometry.hpp"
#include "backends/cuda/pointwise_program.hpp"

namespace weft::registration {
void all_cuda_kernels(KernelTable& table);  // generated
}

namespace weft::cuda {
namespace {

using weft::detail::PointwiseProgram;

constexpr int width = 4;  // elements of a thread
using Four = Vector<float, width>;
using FourBools = Vector<unsigned char, width>;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

// What the steps compute.

template <class... F>
constexpr int count_of(TypeList<F...>) {
  return static_cast<int>(sizeof...(F));
}
enum GroupCode : int {
  to_float = count_of(PointwiseFunctors{}),  // bools are 0 and 1 already
  to_bool
};

template <class F>
__device__ __forceinline__ float apply(const F& f, float a, [[maybe_unused]] float b,
                                       [[maybe_unused]] float c) {
  using functors::Kind;
  if constexpr (F::kind == Kind::select)
    return f(a != 0, b, c);
  else if constexpr (F::kind == Kind::logical && F::arity == 1)
    return f(a != 0) ? 1.0f : 0.0f;
  else if constexpr (F::kind == Kind::logical)
    return f(a != 0, b != 0) ? 1.0f : 0.0f;
  else if constexpr (F::kind == Kind::comparison && F::arity == 1)
    return f(a) ? 1.0f : 0.0f;
  else if constexpr (F::kind == Kind::comparison)
    return f(a, b) ? 1.0f : 0.0f;
  else if constexpr (F::arity == 1)
    return f(a);
  else
    return f(a, b);
}

struct Operands {
  Four a, b, c;
};

template <class F>
__device__ __forceinline__ void compute(const FunctorBytes& attributes, const Operands& x,
                                        Four& y) {
  const F f = functor_of<F>(attributes);
  WEFT_UNROLL
  for (int j = 0; j < width; ++j) y.at[j] = apply(f, x.a.at[j], x.b.at[j], x.c.at[j]);
}

template <int I, class... F>
__device__ __forceinline__ void compute_number(TypeList<F...>, const FunctorBytes& attributes,
                                               const Operands& x, Four& y) {
  if constexpr (I < sizeof...(F)) {
    compute<std::tuple_element_t<I, std::tuple<F...>>>(attributes, x, y);
  } else if constexpr (I == to_bool) {
    WEFT_UNROLL
    for (int j = 0; j < width; ++j) y.at[j] = x.a.at[j] != 0 ? 1.0f : 0.0f;
  }
}

__device__ __forceinline__ Four compute_step(int op, const FunctorBytes& attributes,
                                             const Operands& x) {
  Four y = x.a;  // what to_float gives
#define WEFT_CASE(n)                                          \
  case n:                                                     \
    compute_number<n>(PointwiseFunctors{}, attributes, x, y); \
    break;
#define WEFT_CASES(n) \
  WEFT_CASE(n)        \
  WEFT_CASE(n + 1)    \
  WEFT_CASE(n + 2)    \
  WEFT_CASE(n + 3)    \
  WEFT_CASE(n + 4)    \
  WEFT_CASE(n + 5) WEFT_CASE(n + 6) WEFT_CASE(n + 7) WEFT_CASE(n + 8) WEFT_CASE(n + 9)
  static_assert(to_bool < 80, "the switch has too few cases");
  switch (op) {  // a jump, which a chain of comparisons would not become
    WEFT_CASES(0)
    WEFT_CASES(10)
    WEFT_CASES(20)
    WEFT_CASES(30)
    WEFT_CASES(40)
    WEFT_CASES(50)
    WEFT_CASES(60)
    WEFT_CASES(70)
    default:
      break;
  }
#undef WEFT_CASES
#undef WEFT_CASE
  return y;
}

// What is read and written: elements [i, i + n) of the whole, n at most 4.

__device__ __forceinline__ float element(const GroupInput& in, std::int64_t i) {
  if (in.is_bool) return static_cast<const unsigned char*>(in.data)[i] != 0 ? 1.0f : 0.0f;
  return static_cast<const float*>(in.data)[i];
}

__device__ __forceinline__ Four load_four(const GroupInput& in, std::int64_t i) {
  if (!in.is_bool) return load_vector<Four>(static_cast<const float*>(in.data) + i);
  const auto bytes = load_vector<FourBools>(static_cast<const unsigned char*>(in.data) + i);
  Four x;
  WEFT_UNROLL
  for (int j = 0; j < width; ++j) x.at[j] = bytes.at[j] != 0 ? 1.0f : 0.0f;
  return x;
}

__device__ __forceinline__ Four load_input(const GroupInput& in, std::int64_t i, int n) {
  std::int64_t place = i, rest = 0;
  if (in.layout == GroupLayout::number) {
    place = 0;
  } else if (in.layout == GroupLayout::rows) {
    in.period.divide(i, place);
  } else if (in.layout == GroupLayout::columns) {
    place = in.period.divide(i, rest);
  }
  if (in.vectors && n == width) return load_four(in, place);
  Four x;
  x.at[0] = element(in, place);
  WEFT_UNROLL
  for (int j = 1; j < width; ++j) {
    bool moves = in.layout != GroupLayout::number && j < n;
    if (in.layout == GroupLayout::columns) {
      moves = moves && ++rest == in.period.size();
      if (moves) rest = 0;
    }
    if (moves) ++place;
    if (in.layout == GroupLayout::rows && place == in.period.size()) place = 0;
    x.at[j] = moves ? element(in, place) : x.at[j - 1];
  }
  return x;
}

__device__ __forceinline__ void store_output(const GroupOutput& out, const Four& y, std::int64_t i,
                                             int n) {
  if (out.is_bool) {
    auto* to = static_cast<unsigned char*>(out.data) + i;
    FourBools bytes;
    WEFT_UNROLL
    for (int j = 0; j < width; ++j) bytes.at[j] = y.at[j] != 0 ? 1 : 0;
    if (out.vectors && n == width) return store_vector(to, bytes);
    WEFT_UNROLL
    for (int j = 0; j < width; ++j) {
      if (j < n) to[j] = bytes.at[j];
    }
  } else {
    float* to = static_cast<float*>(out.data) + i;
    if (out.vectors && n == width) return store_vector(to, y);
    WEFT_UNROLL
    for (int j = 0; j < width; ++j) {
      if (j < n) to[j] = y.at[j];
    }
  }
}

/// Several loads are on their way at once.
__device__ __forceinline__ void load_inputs(const GroupProgram& p, Four* slots, std::int64_t i,
                                            int n) {
  constexpr int together = 4;
  for (int k = 0; k < p.inputs; k += together) {
    Four x[together];
    WEFT_UNROLL
    for (int j = 0; j < together; ++j) {
      if (k + j < p.inputs) x[j] = load_input(p.input[k + j], i, n);
    }
    WEFT_UNROLL
    for (int j = 0; j < together; ++j) {
      if (k + j < p.inputs) slots[static_cast<unsigned>(k + j) * blockDim.x] = x[j];
    }
  }
}

__global__ void group_kernel(WEFT_GRID_CONSTANT const GroupProgram p) {
  if (is_refused(p.refused)) return;
  Four* slots = dynamic_shared<Four>() + threadIdx.x;
  for_each_index((p.size + width - 1) / width, [&](std::int64_t four) {
    const std::int64_t i = four * width;
    const int n = p.size - i < width ? static_cast<int>(p.size - i) : width;
    load_inputs(p, slots, i, n);
    Four last = {};
    int output = 0;
    for (int s = 0; s < p.steps; ++s) {
      const GroupStep step = p.step[s];
      const auto operand = [&](unsigned char place) {
        return place >= GroupStep::last_result ? last : slots[place * blockDim.x];
      };
      const Operands x{operand(step.operand[0]), operand(step.operand[1]),
                       operand(step.operand[2])};
      last = compute_step(step.op, p.attributes[step.attributes], x);
      if (step.result != GroupStep::none) slots[step.result * blockDim.x] = last;
      for (; output < p.outputs && p.output[output].step == s; ++output)
        store_output(p.output[output], last, i, n);
    }
  });
}

// Preparing.

using Make = FunctorBytes (*)(const Config&);

struct Builtin {
  std::string_view name;
  Make make;
  bool has_attributes;
};

template <class... F>
std::vector<Builtin> builtins(TypeList<F...>) {
  return {{F::name, make_functor<F>, !std::is_empty_v<F>}...};
}

/// The step's code and attributes.
bool encode(const PointwiseProgram::Step& from, DType result, GroupProgram& p, int& attributes,
            GroupStep& step) {
  step.attributes = 0;
  if (from.op->name == "cast") {
    step.op = static_cast<unsigned char>(result == DType::boolean ? to_bool : to_float);
    return true;
  }
  static const std::vector<Builtin> all = builtins(PointwiseFunctors{});
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Builtin& b) { return b.name == from.op->name; });
  if (found == all.end()) return false;
  step.op = static_cast<unsigned char>(found - all.begin());
  if (!found->has_attributes) return true;
  if (attributes == GroupProgram::most_attributes) return false;
  step.attributes = static_cast<unsigned char>(attributes);
  p.attributes[attributes++] = found->make(from.attrs);
  return true;
}

/// Gives operands and results their slots: that of a value is free again for the result of the last
/// step that reads it.
void choose_slots(const PointwiseProgram& program, GroupProgram& p) {
  const int inputs = program.inputs;
  const auto at_hand = [&](int value, int s) { return value == inputs + s - 1 && s > 0; };
  std::vector<int> last_read(at(inputs + p.steps), -1), slot(at(inputs + p.steps), -1), free;
  for (int s = 0; s < p.steps; ++s) {
    for (int v : program.steps[at(s)].operands) {
      if (!at_hand(v, s)) last_read[at(v)] = s;
    }
  }
  for (int v = 0; v < inputs; ++v) slot[at(v)] = v;
  p.slots = inputs;
  for (int s = 0; s < p.steps; ++s) {
    const std::vector<int>& operands = program.steps[at(s)].operands;
    for (std::size_t k = 0; k < operands.size(); ++k) {
      const int v = operands[k];
      p.step[s].operand[k] =
          at_hand(v, s) ? GroupStep::last_result : static_cast<unsigned char>(slot[at(v)]);
      if (last_read[at(v)] != s || slot[at(v)] < 0) continue;
      const bool again =
          std::count(operands.begin(), operands.begin() + static_cast<int>(k), v) > 0;
      if (!again) free.push_back(slot[at(v)]);
    }
    if (last_read[at(inputs + s)] <= s) continue;
    if (free.empty()) free.push_back(p.slots++);
    slot[at(inputs + s)] = free.back();
    p.step[s].result = static_cast<unsigned char>(free.back());
    free.pop_back();
  }
}

bool fits(const KernelRequest& r, const PointwiseProgram& program) {
  return r.inputs.size() <= GroupProgram::most_inputs &&
         program.steps.size() <= GroupProgram::most_steps &&
         r.outputs.size() <= GroupProgram::most_outputs;
}

bool add_inputs(const KernelRequest& r, GroupProgram& p, std::string& why_not) {
  const Shape& whole = r.outputs[0].shape;
  p.size = whole.size();
  for (const TensorSpec& spec : r.inputs) {
    const auto layout = group_layout(spec.shape, whole);
    if (!layout) {
      why_not = "an input is neither whole nor rows nor columns: " + spec.shape.to_string();
      return false;
    }
    GroupInput& in = p.input[p.inputs++];
    in.layout = static_cast<unsigned char>(layout->kind);
    in.period = IndexDivisor(layout->period);
    in.is_bool = spec.dtype == DType::boolean;
  }
  return true;
}

bool add_steps(const KernelRequest& r, const PointwiseProgram& program, GroupProgram& p,
               std::string& why_not) {
  const std::vector<TensorSpec> specs = program.infer({r.inputs.begin(), r.inputs.end()});
  int attributes = 0;
  for (const auto& from : program.steps) {
    std::vector<TensorSpec> in;
    for (int k : from.operands) in.push_back(specs[at(k)]);
    const TensorSpec& out = specs[r.inputs.size() + at(p.steps)];
    if (!weft::detail::can_be_grouped(*from.op, in, {out}) ||
        !encode(from, out.dtype, p, attributes, p.step[p.steps])) {
      why_not = from.op->name + " of these dtypes is not grouped";
      return false;
    }
    ++p.steps;
  }
  return true;
}

/// A group's program, and its outputs in the order in which they are stored.
struct Group {
  GroupProgram program;
  std::vector<int> outputs;
  int threads = 256;

  void run(const KernelArgs& a) const;
};

void Group::run(const KernelArgs& a) const {
  GroupProgram p = program;
  p.refused = a.refused;
  const auto may_be_vectors = [](const void* data, bool is_bool) {
    return is_bool ? is_aligned<FourBools>(data) : is_aligned<Four>(data);
  };
  for (int i = 0; i < p.inputs; ++i) {
    GroupInput& in = p.input[i];
    in.data = a.inputs[i];
    const bool dense = in.layout == GroupLayout::whole ||
                       (in.layout == GroupLayout::rows && in.period.size() % width == 0);
    in.vectors = dense && may_be_vectors(in.data, in.is_bool);
  }
  for (int o = 0; o < p.outputs; ++o) {
    GroupOutput& out = p.output[o];
    out.data = a.outputs[outputs[at(o)]];
    out.vectors = may_be_vectors(out.data, out.is_bool);
  }
  LaunchShape shape = shape_for(p.size, width, threads);
  shape.shared_bytes = at(p.slots * threads) * sizeof(Four);
  launch(group_kernel, shape, a.stream, p);
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const auto program = PointwiseProgram::from_attrs(r.attrs, static_cast<int>(r.inputs.size()));
  if (!fits(r, program)) {
    why_not = "too many inputs, steps or outputs";
    return {};
  }
  Group g;
  GroupProgram& p = g.program;
  if (!add_inputs(r, p, why_not) || !add_steps(r, program, p, why_not)) return {};
  choose_slots(program, p);
  for (int o = 0; o < static_cast<int>(program.outputs.size()); ++o) g.outputs.push_back(o);
  std::stable_sort(g.outputs.begin(), g.outputs.end(),
                   [&](int a, int b) { return program.outputs[at(a)] < program.outputs[at(b)]; });
  for (int o : g.outputs) {
    GroupOutput& out = p.output[p.outputs++];
    out.step = static_cast<unsigned char>(program.outputs[at(o)] - p.inputs);
    out.is_bool = r.outputs[at(o)].dtype == DType::boolean;
  }
  // What a launch gets without asking, and no more threads than there is work for.
  constexpr int shared_bytes = 48 * 1024;
  while (g.threads > warp_size &&
         (p.slots * g.threads * static_cast<int>(sizeof(Four)) > shared_bytes ||
          p.size <= g.threads / 2 * width))
    g.threads /= 2;
  return {.run = [g](const KernelArgs& a) { g.run(a); }, .honours_refusals = true};
}

// Op by op: each step by its own kernel over the whole, results in between in the workspace.

struct Call {
  PreparedKernel kernel;
  std::vector<int> operands;
  std::size_t result = 0, scratch = 0;  // offsets in the workspace
};

struct Calls {
  int inputs = 0;
  std::vector<Call> steps;
  std::vector<int> outputs;
  std::vector<PreparedKernel> copies;  // to the outputs

  const void* value(const KernelArgs& a, int number) const {
    if (number < inputs) return a.inputs[number];
    return static_cast<unsigned char*>(a.workspace) + steps[at(number - inputs)].result;
  }

  // Outputs may be the memory of inputs: they are written last.
  void run(const KernelArgs& a) const {
    auto* workspace = static_cast<unsigned char*>(a.workspace);
    for (const Call& call : steps) {
      const void* in[most_operands] = {};
      for (std::size_t k = 0; k < call.operands.size(); ++k) in[k] = value(a, call.operands[k]);
      void* out = workspace + call.result;
      call.kernel.run({in, &out, workspace + call.scratch, a.stream, a.refused});
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const void* in = value(a, outputs[i]);
      copies[i].run({&in, &a.outputs[i], nullptr, a.stream, a.refused});
    }
  }
};

/// The kernels of all ops; those of every CUDA device are the same.
const KernelTable& kernels_of_steps() {
  static const KernelTable* table = [] {
    auto* all = new KernelTable;  // leaked: kernels may outlive statics
    registration::all_cuda_kernels(*all);
    return all;
  }();
  return *table;
}

PreparedKernel prepare_one_by_one(const KernelRequest& r, std::string& why_not) {
  const auto aligned = [](std::size_t bytes) { return (bytes + 255) / 256 * 256; };
  const auto program = PointwiseProgram::from_attrs(r.attrs, static_cast<int>(r.inputs.size()));
  const std::vector<TensorSpec> specs = program.infer({r.inputs.begin(), r.inputs.end()});
  Calls all;
  all.inputs = program.inputs;
  all.outputs = program.outputs;
  std::size_t bytes = 0;
  bool honours = true;
  const auto add = [&](const KernelRequest& request) {
    PreparedKernel kernel = kernels_of_steps().prepare(request);
    honours = honours && kernel.honours_refusals;
    return kernel;
  };
  for (const auto& step : program.steps) {
    if (step.operands.size() > most_operands) {
      why_not = step.op->name + " has too many operands";
      return {};
    }
    std::vector<TensorSpec> in;
    for (int number : step.operands) in.push_back(specs[at(number)]);
    const std::vector<TensorSpec> out = {specs[r.inputs.size() + all.steps.size()]};
    Call call{add({*step.op, step.attrs, in, out}), step.operands, bytes, 0};
    call.scratch = bytes + aligned(at(out[0].shape.size()) * out[0].dtype.itemsize());
    bytes = call.scratch + aligned(call.kernel.workspace_bytes);
    all.steps.push_back(std::move(call));
  }
  for (const TensorSpec& out : r.outputs)
    all.copies.push_back(add({find_op("cast"), {{"dtype", out.dtype}}, {&out, 1}, {&out, 1}}));
  return {.run = [all](const KernelArgs& a) { all.run(a); },
          .workspace_bytes = bytes,
          .honours_refusals = honours};
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_pointwise_group(KernelTable& table) {
  cuda::add_kernel(table, "pointwise_group", cuda::prepare);
  table.add("pointwise_group", {"one by one", true, cuda::prepare_one_by_one});
}
}  // namespace weft::registration
