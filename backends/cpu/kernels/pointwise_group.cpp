// pointwise_group, op by op: each step by its own kernel over the whole, results in between in the
// workspace. The oracle of the kernel that runs over tiles.
#include "core/ops/pointwise_group.hpp"

#include <weft/core/backend.h>

#include <cstring>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

using detail::PointwiseProgram;

constexpr std::size_t alignment = 64;

std::size_t bytes_of(const TensorSpec& s) {
  return static_cast<std::size_t>(s.shape.size()) * s.dtype.itemsize();
}
std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

struct Call {
  PreparedKernel kernel;
  std::vector<int> operands;
  std::size_t result, scratch;  // offsets in the workspace
};

struct Interpreter {
  int inputs = 0;
  std::vector<Call> calls;
  std::vector<int> outputs;
  std::vector<std::size_t> output_bytes;

  const void* value(const KernelArgs& a, int number) const {
    if (number < inputs) return a.inputs[number];
    return static_cast<std::byte*>(a.workspace) +
           calls[static_cast<std::size_t>(number - inputs)].result;
  }

  // Outputs may be the memory of inputs: they are written last.
  void run(const KernelArgs& a) const {
    auto* workspace = static_cast<std::byte*>(a.workspace);
    for (const Call& call : calls) {
      const void* in[Shape::max_rank] = {};
      for (std::size_t k = 0; k < call.operands.size(); ++k) in[k] = value(a, call.operands[k]);
      void* out = workspace + call.result;
      call.kernel.run({in, &out, workspace + call.scratch, nullptr});
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (output_bytes[i] != 0) std::memcpy(a.outputs[i], value(a, outputs[i]), output_bytes[i]);
    }
  }
};

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  const auto program = PointwiseProgram::from_attrs(r.attrs, static_cast<int>(r.inputs.size()));
  const std::vector<TensorSpec> specs = program.infer({r.inputs.begin(), r.inputs.end()});
  Interpreter all;
  all.inputs = program.inputs;
  all.outputs = program.outputs;
  for (const TensorSpec& out : r.outputs) all.output_bytes.push_back(bytes_of(out));
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const auto& step = program.steps[i];
    std::vector<TensorSpec> in;
    for (int number : step.operands) in.push_back(specs[static_cast<std::size_t>(number)]);
    const std::vector<TensorSpec> out = {specs[r.inputs.size() + i]};
    Call call;
    call.kernel = backend("cpu").kernels().prepare({*step.op, step.attrs, in, out});
    call.operands = step.operands;
    call.result = bytes;
    call.scratch = bytes + aligned(bytes_of(out[0]));
    bytes = call.scratch + aligned(call.kernel.workspace_bytes);
    all.calls.push_back(std::move(call));
  }
  return {.run = [all](const KernelArgs& a) { all.run(a); }, .workspace_bytes = bytes};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_pointwise_group(KernelTable& table) {
  cpu::add_reference(table, "pointwise_group", cpu::prepare);
}
}  // namespace weft::registration
