// lstm and gru through cuDNN on the emulated device: what they compute is done by plain loops
// (recurrent_on_host.hpp) from what cuDNN is given. The CPU's kernels say what is right.
#include <cudnn.h>
#include <fmt/core.h>
#include <weft/core/backend.h>

#include <memory>

#include "backends/cuda/cudnn/recurrent.hpp"
#include "backends/cuda/planning.hpp"
#include "core/access.hpp"
#include "core/recurrent.hpp"
#include "tests/cuda_plans/device_memory.h"
#include "tests/cuda_plans/recurrent_on_host.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/op_case.h"

namespace weft::registration {
void cudnn_lstm(KernelTable& table);
}

namespace weft::testing {
namespace {

const std::vector<DType>& dtypes() {
  static const std::vector<DType> all = {DType::float32, DType::float64, DType::float16,
                                         DType::bfloat16};
  return all;
}

/// An op over sequences, and which gradients of its outputs arrive.
struct Case {
  bool gru = false;
  DType dtype = DType::float32;
  std::int64_t n = 3, t = 4, i = 5, h = 7;
  bool sequences = true, backwards = false;
  bool x_grad = true, d_output = true, d_h = true, d_c = true;

  const detail::CellKind& kind() const { return gru ? detail::gru_cell : detail::lstm_cell; }
  Config attrs() const {
    Config attrs = {{"activation", "tanh"},
                    {"recurrent_activation", "sigmoid"},
                    {"use_bias", true},
                    {"return_sequences", sequences},
                    {"go_backwards", backwards},
                    {"use_mask", false},
                    {"input_dropout", false},
                    {"recurrent_dropout", false},
                    {"zero_output_for_mask", false}};
    if (gru) attrs.set("reset_after", true);
    return attrs;
  }
  std::vector<TensorSpec> inputs() const {
    const std::int64_t columns = kind().gates * h;
    std::vector<TensorSpec> in = {{{n, t, i}, dtype}};
    for (int k = 0; k < kind().states; ++k) in.push_back({{n, h}, dtype});
    in.push_back({{i, columns}, dtype});
    in.push_back({{h, columns}, dtype});
    in.push_back({gru ? Shape{2, columns} : Shape{columns}, dtype});
    return in;
  }
  std::string text() const {
    return fmt::format("{} {} ({}, {}, {}) -> {}{}{}, gradients {}{}{}{}", kind().op, dtype.name(),
                       n, t, i, h, sequences ? ", sequences" : "", backwards ? ", backwards" : "",
                       x_grad ? "x " : "", d_output ? "output " : "", d_h ? "h " : "",
                       d_c ? "c" : "");
  }
};

/// What a kernel runs on.
class Memory {
 public:
  explicit Memory(Backend& backend) : backend_(backend) {}

  /// Numbers that are the same on all devices.
  const void* input(const TensorSpec& spec, std::uint64_t seed) {
    const Tensor t = make_input({spec.shape, spec.dtype, -1, 1}, seed);
    return add(bytes_of(spec)).write(detail::impl(t).data()), blocks_.back()->data();
  }
  Block& add(std::size_t bytes) {
    blocks_.push_back(std::make_unique<Block>(backend_, bytes));
    return *blocks_.back();
  }
  /// Runs on these inputs; outputs and workspace are as large as the kernel says, and no larger.
  std::vector<Block*> run(const PreparedKernel& kernel, const std::vector<const void*>& in,
                          const std::vector<TensorSpec>& specs) {
    std::vector<Block*> blocks;
    std::vector<void*> out;
    for (const TensorSpec& spec : specs) {
      const bool last = &spec == &specs.back();
      blocks.push_back(&add(std::max(bytes_of(spec), last ? kernel.last_output_bytes : 0)));
      out.push_back(blocks.back()->data());
    }
    const Block& workspace = add(kernel.workspace_bytes);
    kernel.run({in.data(), out.data(), workspace.data(), backend_.stream()});
    workspace.read();
    return blocks;
  }

 private:
  Backend& backend_;
  std::vector<std::unique_ptr<Block>> blocks_;
};

PreparedKernel prepare(Backend& backend, const char* op, const Config& attrs,
                       const std::vector<TensorSpec>& in, const std::vector<TensorSpec>& out) {
  PreparedKernel kernel = backend.prepare({find_op(op), attrs, in, out});
  if (&backend == &device()) REQUIRE(kernel.name == std::string(op) + "/cudnn");
  return kernel;
}

/// Outputs and gradients.
std::vector<Array> run(const Case& c, Backend& backend) {
  Memory memory(backend);
  const std::vector<TensorSpec> specs = c.inputs();
  std::vector<const void*> in;
  for (std::size_t k = 0; k < specs.size(); ++k) in.push_back(memory.input(specs[k], k + 1));
  const auto forward = [&](const Config& attrs) {
    const auto out = find_op(c.kind().op).infer(specs, attrs);
    return std::pair(out, memory.run(prepare(backend, c.kind().op, attrs, specs, out), in, out));
  };
  std::vector<Array> results;
  const auto [plain, inferred] = forward(c.attrs());
  for (std::size_t k = 0; k < plain.size(); ++k)
    results.push_back(numbers(inferred[k]->read(), plain[k]));
  const auto [outputs, trained] = forward(c.attrs().set("reserve", true));
  for (std::size_t k = 0; k < plain.size(); ++k) CHECK(trained[k]->read() == inferred[k]->read());

  std::vector<TensorSpec> arriving(specs.begin(), specs.end() - 1);  // all but the bias
  std::vector<const void*> given(in.begin(), in.end() - 1);
  arriving.push_back(outputs.back());
  given.push_back(trained.back()->data());
  Config attrs = c.attrs().set("x_grad", c.x_grad);
  const bool arrive[] = {c.d_output, c.d_h, c.d_c};
  const char* const keys[] = {"d_output", "d_state0", "d_state1"};
  for (std::size_t k = 0; k <= static_cast<std::size_t>(c.kind().states); ++k) {
    attrs.set(keys[k], arrive[k]);
    if (!arrive[k]) continue;
    arriving.push_back(outputs[k]);
    given.push_back(memory.input(outputs[k], 20 + k));
  }
  const auto grads = find_op(c.kind().grad_op).infer(arriving, attrs);
  const PreparedKernel kernel = prepare(backend, c.kind().grad_op, attrs, arriving, grads);
  const auto first = memory.run(kernel, given, grads), second = memory.run(kernel, given, grads);
  for (std::size_t k = 0; k < grads.size(); ++k) {
    const auto bytes = first[k]->read();
    CHECK(second[k]->read() == bytes);  // the reserve is as it was
    results.push_back(numbers(bytes, grads[k]));
  }
  return results;
}

void check(const Case& c) {
  INFO(c.text());
  const std::vector<Array> received = run(c, device()), expected = run(c, backend("cpu"));
  REQUIRE(received.size() == expected.size());
  for (std::size_t k = 0; k < received.size(); ++k)
    check_close(received[k], expected[k], tolerance_for(c.dtype, 1e-5),
                fmt::format("{}: {}", c.text(), k));
}

/// Why cuDNN declined, as the kernel that was taken instead tells it; and the gradient's too.
std::string declined(const Case& c, const Config& changes, const std::vector<TensorSpec>& in) {
  Config attrs = c.attrs().set("reserve", true).set("d_output", true);
  for (const char* key : {"activation", "recurrent_activation"}) {
    if (changes.contains(key)) attrs.set(key, changes.get<std::string>(key));
  }
  for (const char* key : {"use_bias", "use_mask", "input_dropout", "recurrent_dropout",
                          "reset_after", "deterministic"}) {
    if (changes.contains(key)) attrs.set(key, changes.get<bool>(key));
  }
  const OpDef& op = find_op(c.kind().op);
  const auto out = op.infer(in, attrs);
  const PreparedKernel kernel = device().prepare({op, attrs, in, out});
  CHECK(kernel.name == op.name + "/plain");

  std::vector<TensorSpec> arriving = in;
  const detail::RecurrentInputs places(c.kind(), attrs, false);
  if (places.bias >= 0) arriving.erase(arriving.begin() + places.bias);
  arriving.push_back(out.back());
  arriving.push_back(out.front());
  const OpDef& grad_op = find_op(c.kind().grad_op);
  const auto grads = grad_op.infer(arriving, attrs);
  const PreparedKernel gradient = device().prepare({grad_op, attrs, arriving, grads});
  CHECK(gradient.name == grad_op.name + "/plain");
  CHECK(gradient.declined == kernel.declined);
  return kernel.declined;
}

}  // namespace

TEST_CASE("cudnn: lstm and gru, values and gradients, are the CPU's", "[cuda_cudnn_runs]") {
  for (const bool gru : {false, true}) {
    for (const DType dtype : dtypes()) {
      for (const bool sequences : {false, true})
        check({.gru = gru, .dtype = dtype, .sequences = sequences});
      check({.gru = gru, .dtype = dtype, .n = 2, .t = 5, .i = 33, .h = 34, .backwards = true});
    }
    check({.gru = gru, .n = 1, .t = 1, .i = 1, .h = 1});
    check({.gru = gru, .n = 5, .t = 9, .i = 1, .h = 65, .sequences = false, .backwards = true});
    check({.gru = gru, .n = 2, .t = 3, .i = 70, .h = 3});
  }
}

TEST_CASE("cudnn: gradients of lstm and gru that nobody asks for or that do not arrive",
          "[cuda_cudnn_runs]") {
  for (const bool gru : {false, true}) {
    for (const bool sequences : {false, true}) {
      for (const bool backwards : {false, true}) {
        const Case c = {.gru = gru, .sequences = sequences, .backwards = backwards};
        const auto with = [&](auto change) {
          Case changed = c;
          change(changed);
          check(changed);
        };
        with([](Case& v) { v.x_grad = false; });
        with([](Case& v) { v.d_output = false; });
        with([](Case& v) { v.d_h = false; });
        with([](Case& v) { v.d_c = false; });
        with([](Case& v) { v.d_h = v.d_c = v.x_grad = false; });
        with([](Case& v) { v.d_output = v.d_c = false; });
      }
    }
  }
}

TEST_CASE("cudnn: a cell's kernel asks it once for each pass", "[cuda_cudnn_runs]") {
  const test::RecurrentCalls before = test::recurrent_calls();
  run({}, device());
  const test::RecurrentCalls after = test::recurrent_calls();
  CHECK(after.inferred - before.inferred == 1);
  CHECK(after.trained - before.trained == 1);
  CHECK(after.data - before.data == 2);
  CHECK(after.weights - before.weights == 2);
}

TEST_CASE("cudnn: the reserve is larger than its spec", "[cuda_cudnn_runs]") {
  for (const bool gru : {false, true}) {
    const Case c = {.gru = gru};
    const Config attrs = c.attrs().set("reserve", true);
    const auto in = c.inputs(), out = find_op(c.kind().op).infer(in, attrs);
    CHECK(prepare(device(), c.kind().op, attrs, in, out).last_output_bytes > bytes_of(out.back()));
  }
}

TEST_CASE("cudnn: what a cell needs on a GPU that is not there is estimated", "[cuda_cudnn_runs]") {
  cuda::PlanningBackend planner;
  registration::cudnn_lstm(planner.kernels());
  const Case c;
  const Config attrs = c.attrs().set("reserve", true);
  const auto in = c.inputs(), out = find_op("lstm").infer(in, attrs);
  const PreparedKernel kernel = prepare(planner, "lstm", attrs, in, out);
  CHECK(kernel.name == "lstm/cudnn");
  CHECK(kernel.at_most);
  CHECK(kernel.last_output_bytes > bytes_of(out.back()));
}

TEST_CASE("cudnn: what of lstm and gru it is not for, and why", "[cuda_cudnn_runs]") {
  const Case lstm, gru = {.gru = true};
  const auto in = [](const Case& c) { return c.inputs(); };
  const std::string activations = "cudnn: its cells have tanh and sigmoid only";
  CHECK(declined(lstm, {{"activation", "relu"}}, in(lstm)) == activations);
  CHECK(declined(gru, {{"recurrent_activation", "hard_sigmoid"}}, in(gru)) == activations);

  auto without_bias = in(lstm);
  without_bias.pop_back();
  CHECK(declined(lstm, {{"use_bias", false}}, without_bias) == "cudnn: its cells have a bias");

  auto reset_before = in(gru);
  reset_before.back().shape = {3 * gru.h};
  CHECK(declined(gru, {{"reset_after", false}}, reset_before) ==
        "cudnn: its GRU resets after the product (reset_after=true)");

  auto masked = in(lstm);
  masked.push_back({{lstm.n, lstm.t}, DType::boolean});
  CHECK(declined(lstm, {{"use_mask", true}}, masked) ==
        "cudnn: a mask lies on the device, and it wants lengths on the host: each step would wait");

  auto dropped = in(lstm);
  dropped.push_back({{4, lstm.n, lstm.i}, DType::float32});
  const std::string dropout = "cudnn: it has no dropout for each gate";
  CHECK(declined(lstm, {{"input_dropout", true}}, dropped) == dropout);
  dropped.back().shape = {4, lstm.n, lstm.h};
  CHECK(declined(lstm, {{"recurrent_dropout", true}}, dropped) == dropout);

  for (const Case& empty : {Case{.n = 0}, Case{.t = 0}, Case{.i = 0}})
    CHECK(declined(empty, {}, in(empty)) == "cudnn: nothing to compute");
  const Case most = {.n = 1, .t = 65535, .i = 1, .h = 1},
             more = {.n = 1, .t = 65536, .i = 1, .h = 1};
  CHECK(declined(more, {}, in(more)) == "cudnn: more than 65535 steps");
  const auto out = find_op("lstm").infer(in(most), most.attrs());
  CHECK(prepare(device(), "lstm", most.attrs(), in(most), out).declined.empty());
  const Case wide = {.n = 1, .t = 1, .i = 1, .h = 40000};
  CHECK(declined(wide, {}, in(wide)) == "cudnn: sizes that do not fit into 32 bits");

  CHECK(declined(lstm, {{"deterministic", true}}, in(lstm)) ==
        "cudnn: it does not promise the same bits, which set_deterministic(true) asks for");
}

TEST_CASE("cudnn: takes every cell that is described to it", "[cuda_cudnn_plans]") {
  using namespace cuda::cudnn;
  for (const RecurrentCell cell : {RecurrentCell::lstm, RecurrentCell::gru}) {
    for (const DType dtype : dtypes()) {
      for (const bool tf32 : {false, true}) {
        for (const auto& [batch, steps, inputs, units] :
             {std::array<std::int64_t, 4>{1, 1, 1, 1},
              {32, 80, 128, 128},
              {7, RecurrentDescription::most_steps, 3, 5},
              {1024, 10, 4096, 1021}}) {
          const RecurrentDescription d{cell, dtype, batch, steps, inputs, units, tf32};
          INFO(dtype.name() << " " << batch << " " << steps << " " << inputs << " " << units);
          const RecurrentDescriptors descriptors(d);
          cudnnMathType_t math{};
          cudnnDataType_t sums{};
          cudnnRNNAlgo_t algorithm{};
          cudnnRNNMode_t mode{};
          cudnnRNNBiasMode_t bias{};
          cudnnDirectionMode_t direction{};
          cudnnRNNInputMode_t input{};
          cudnnDataType_t type{};
          std::int32_t in = 0, out = 0, projected = 0, layers = 0;
          cudnnDropoutDescriptor_t dropout = nullptr;
          std::uint32_t flags = 0;
          REQUIRE(cudnnGetRNNDescriptor_v8(descriptors.cell.raw(), &algorithm, &mode, &bias,
                                           &direction, &input, &type, &sums, &math, &in, &out,
                                           &projected, &layers, &dropout,
                                           &flags) == CUDNN_STATUS_SUCCESS);
          CHECK(sums == (dtype == DType::float64 ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT));
          if (dtype == DType::float32) CHECK(math == (tf32 ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH));
        }
      }
    }
  }
}

}  // namespace weft::testing
