// What each pass makes of a plan, exactly; that WEFT_PASSES_OFF leaves it out; the prologue.
#include <functional>

#include "graph/executor/step.hpp"
#include "graph/plan/dump.hpp"
#include "graph/plan/passes.hpp"
#include "graph/trace/call_structure.hpp"
#include "graph/trace/plan_trace.hpp"
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "training/model_state.hpp"

using namespace weft;
using namespace weft::test;

namespace {

using Body = std::function<std::vector<Tensor>(const std::vector<Tensor>&)>;

plan::OpGraph graph_of(const std::vector<TensorSpec>& inputs, const Body& body) {
  trace::PlanTrace trace;
  std::vector<Tensor> in;
  for (const TensorSpec& s : inputs) in.push_back(trace.add_input(s));
  const detail::TraceScope active(trace);
  return trace.finish(body(in));
}

/// The dump after the passes of a list of names, all others off.
std::string after(const std::string& passes, const std::vector<TensorSpec>& inputs,
                  const Body& body) {
  plan::PassOptions options = plan::without({}, "all");
  for (const plan::PassSwitch& s : plan::pass_switches()) {
    if ((passes + ",").find(std::string(s.name) + ",") != std::string::npos) options.*s.on = true;
  }
  plan::OpGraph g = graph_of(inputs, body);
  plan::run_passes(g, options, backend("cpu"));
  return plan::dump(g);
}

TensorSpec f32(const Shape& shape) { return {shape, DType::float32}; }

}  // namespace

TEST_CASE("pass simplify: casts, reshapes, products by one, broadcasts, transposes", "[passes]") {
  CHECK(after("simplify", {{Shape({4}), DType::uint8}},
              [](const auto& in) -> std::vector<Tensor> {
                return {in[0].astype("int32").astype("float32"),
                        in[0].astype("float32").astype("int32")};
              }) ==
        "%0 = input 0 uint8 (4,)\n"
        "%1 = cast(%0) float32 (4,) {'dtype': 'float32'}\n"
        "%2 = cast(%0) int32 (4,) {'dtype': 'int32'}\n"
        "return %1, %2\n");
  // A narrowing cast in between stays.
  CHECK(after("simplify", {f32({4})},
              [](const auto& in) -> std::vector<Tensor> {
                return {in[0].astype("int32").astype("float32")};
              }) ==
        "%0 = input 0 float32 (4,)\n"
        "%1 = cast(%0) int32 (4,) {'dtype': 'int32'}\n"
        "%2 = cast(%1) float32 (4,) {'dtype': 'float32'}\n"
        "return %2\n");
  CHECK(after("simplify", {f32({4, 6})},
              [](const auto& in) -> std::vector<Tensor> {
                const Tensor rows = in[0].reshape({2, 12}).reshape({6, 4}) * 1.0f;
                return {rows, rows.reshape({4, 6}) / 1.0f};
              }) ==
        "%0 = input 0 float32 (4, 6)\n"
        "%1 = reshape(%0) float32 (6, 4) {'shape': [6, 4]}\n"
        "return %1, %0\n");
  CHECK(after("simplify", {f32({4, 6}), f32({6})},
              [](const auto& in) -> std::vector<Tensor> {
                return {in[0] + ops::broadcast_to(in[1], {4, 6}),
                        ops::matmul(ops::transpose(in[0]), in[0])};
              }) ==
        "%0 = input 0 float32 (4, 6)\n"
        "%1 = input 1 float32 (6,)\n"
        "%2 = add(%0, %1) float32 (4, 6)\n"
        "%3 = matmul(%0, %0) float32 (6, 6) {'transpose_a': True}\n"
        "return %2, %3\n");
}

TEST_CASE("pass epilogues: bias and activation in matmul", "[passes]") {
  const Body layer = [](const auto& in) -> std::vector<Tensor> {
    const Tensor product = ops::matmul(in[0], in[1]);
    return {ops::relu(product + in[2])};
  };
  CHECK(after("epilogues", {f32({4, 3}), f32({3, 2}), f32({2})}, layer) ==
        "%0 = input 0 float32 (4, 3)\n"
        "%1 = input 1 float32 (3, 2)\n"
        "%2 = input 2 float32 (2,)\n"
        "%3 = matmul(%0, %1, %2) float32 (4, 2) {'activation': 'relu'}\n"
        "return %3\n");
  // A sum that somebody else needs is not swallowed by the activation.
  const Body both = [](const auto& in) -> std::vector<Tensor> {
    const Tensor product = ops::matmul(in[0], in[1]);
    const Tensor sum = product + in[2];
    return {ops::relu(sum), sum};
  };
  CHECK(after("epilogues", {f32({4, 3}), f32({3, 2}), f32({2})}, both) ==
        "%0 = input 0 float32 (4, 3)\n"
        "%1 = input 1 float32 (3, 2)\n"
        "%2 = input 2 float32 (2,)\n"
        "%3 = matmul(%0, %1, %2) float32 (4, 2)\n"
        "%4 = relu(%3) float32 (4, 2)\n"
        "return %4, %3\n");
  CHECK(after("", {f32({4, 3}), f32({3, 2}), f32({2})}, layer).find("relu(") != std::string::npos);
}

TEST_CASE("pass crossentropy: loss, gradient and matches in one op", "[passes]") {
  const Body head = [](const auto& in) -> std::vector<Tensor> {
    const Tensor loss = ops::sparse_categorical_crossentropy(in[0], in[1], {.from_logits = true});
    const Tensor grad = apply_one("sparse_softmax_crossentropy_grad", {in[0], in[1], in[2]});
    const Tensor best = ops::argmax(in[1], {.axis = -1});
    return {loss, grad, ops::equal(in[0], best).astype("float32")};
  };
  const std::vector<TensorSpec> inputs = {{Shape({4}), DType::int32}, f32({4, 3}), f32({4})};
  CHECK(after("crossentropy", inputs, head) ==
        "%0 = input 0 int32 (4,)\n"
        "%1 = input 1 float32 (4, 3)\n"
        "%2 = input 2 float32 (4,)\n"
        "%3, %4, %5 = crossentropy_step(%0, %1, %2) float32 (4,), float32 (4, 3), float32 (4,) "
        "{'matches': True}\n"
        "return %3, %4, %5\n");
  // A gradient that waits for the loss cannot be computed with it.
  const Body scaled = [](const auto& in) -> std::vector<Tensor> {
    const Tensor loss = ops::sparse_categorical_crossentropy(in[0], in[1], {.from_logits = true});
    return {apply_one("sparse_softmax_crossentropy_grad", {in[0], in[1], ops::tanh(loss)})};
  };
  CHECK(after("crossentropy", inputs, scaled).find("crossentropy_step") == std::string::npos);
}

TEST_CASE("pass pointwise_groups: what hands values to each other", "[passes]") {
  CHECK(after("pointwise_groups", {f32({4, 3}), f32({3}), f32({4, 1})},
              [](const auto& in) -> std::vector<Tensor> {
                const Tensor a = in[0] + in[1];
                const Tensor b = ops::tanh(a);
                return {b * in[2], a};
              }) ==
        "%0 = input 0 float32 (4, 3)\n"
        "%1 = input 1 float32 (3,)\n"
        "%2 = input 2 float32 (4, 1)\n"
        "%3, %4 = pointwise_group(%0, %1, %2) float32 (4, 3), float32 (4, 3) {'ops': ['add', "
        "'tanh', 'multiply'], 'operands': [[0, 1], [3], [4, 2]], 'outputs': [3, 5]}\n"
        "return %4, %3\n");
  // A sum over the first result has to come between: two groups would each wait for the other.
  const std::string around =
      after("pointwise_groups", {f32({4, 3})}, [](const auto& in) -> std::vector<Tensor> {
        const Tensor a = ops::tanh(in[0]);
        return {a * ops::sum(a)};
      });
  CHECK(around.find("pointwise_group") == std::string::npos);
  CHECK(around.find("tanh(") < around.find("sum("));
}

TEST_CASE("pass prologue: what depends on unchanged variables alone runs once", "[passes]") {
  Variable w(Tensor::from({1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f}).reshape({2, 3}), {.name = "w"});
  executor::Step step([&](const std::vector<Tensor>& in) -> executor::StepResult {
    return {{ops::matmul(in[0], ops::tanh(w))}, {}};
  });
  const Tensor x = ops::ones({1, 2});
  const auto bound = step.bind({x});
  CHECK(bound->plan().graph.prologue == 1);
  CHECK(bound->plan().dump().find("%2 = tanh(%1) float32 (2, 3) @ cache+0\nend of prologue\n") !=
        std::string::npos);
  const auto tanh_calls = [&] {
    executor::Profiler profiler;
    executor::RunOptions options;
    options.profiler = &profiler;
    bound->run({x}, options);
    return profiler.calls(0);
  };
  CHECK(tanh_calls() == 1);
  CHECK(tanh_calls() == 0);
  const auto expected = [&] { return ops::matmul(x, ops::tanh(w)).to_vector<float>(); };
  CHECK(bound->outputs()[0].to_vector<float>() == expected());
  w.assign(w * 2.0f);
  CHECK(tanh_calls() == 1);
  CHECK(bound->outputs()[0].to_vector<float>() == expected());
  CHECK(tanh_calls() == 0);
  CHECK(bound->outputs()[0].to_vector<float>() == expected());
}

TEST_CASE("a plan that writes the variable has no prologue", "[passes]") {
  Variable w(ops::ones({2, 3}), {.name = "w"});
  executor::Step step([&](const std::vector<Tensor>& in) -> executor::StepResult {
    const Tensor y = ops::matmul(in[0], ops::tanh(w));
    w.assign(w + 1.0f);
    return {{y}, {}};
  });
  CHECK(step.bind({ops::ones({1, 2})})->plan().graph.prologue == 0);
}

TEST_CASE("passes are switched off by name", "[passes]") {
  const plan::PassOptions some = plan::without({}, "epilogues,prologue");
  CHECK_FALSE(some.epilogues);
  CHECK_FALSE(some.prologue);
  CHECK(some.constants);
  CHECK_FALSE(plan::without({}, "all").in_place);
  CHECK(error_of<Error>([] { plan::without({}, "epilogue"); }).find("Expected: constants, ") !=
        std::string::npos);
  setenv("WEFT_PASSES_OFF", "epilogues", 1);
  CHECK_FALSE(plan::with_environment({}).epilogues);
  unsetenv("WEFT_PASSES_OFF");
  CHECK(plan::with_environment({}).epilogues);
}

TEST_CASE("a training step of an mlp is a handful of ops", "[passes]") {
  Model model = small_mlp();
  model.compile(classification(optimizers::RMSprop()));
  const Batch data = made_up(8, 16, 4, 1);
  model.fit(data.x, data.y, {.batch_size = 8, .verbose = 0});
  const std::string dump = model.dump_plan();
  for (const char* gone :
       {"= relu(", "= argmax(", "= sparse_softmax_crossentropy(", "= sqrt(", "= broadcast_to("}) {
    INFO(gone << "\n" << dump);
    CHECK(dump.find(gone) == std::string::npos);
  }
  CHECK(dump.find("= add(") == dump.rfind("= add("));  // the count of steps, an integer
  CHECK(dump.find("copy") == std::string::npos);
}

TEST_CASE("the planned arena is at most 1.05 times what lives at once", "[passes]") {
  Model plain = small_mlp(), shared = shared_normalization();
  Tensor in = Input({784});
  Tensor x = layers::Dense(512, {.activation = "relu"})(in);
  x = layers::Dropout(0.2)(x);
  x = layers::Dense(512, {.activation = "relu"})(x);
  x = layers::Dropout(0.2)(x);
  Model wide(in, layers::Dense(10)(x));  // mlp_wide of the benchmarks
  for (const auto& [model, width, classes] :
       {std::tuple(&plain, 16, 4), std::tuple(&shared, 16, 4), std::tuple(&wide, 784, 10)}) {
    model->compile(classification(optimizers::RMSprop()));
    const Batch data = made_up(128, width, classes, 1);
    const trace::CallStructure structure({data.x, data.y, Tensors()});
    detail::StepRunner runner(static_cast<ModelLayer&>(*model->base()), detail::StepKind::train,
                              structure);
    const plan::Plan& plan = runner.prepare(structure.flatten({data.x, data.y, Tensors()}));
    const auto bound = static_cast<double>(plan::live_bytes_bound(plan.memory.buffers));
    CHECK(static_cast<double>(plan.arena_bytes()) <= 1.05 * bound);
  }
}

TEST_CASE("pass bfloat16_products: what a library makes of float32 alone stays with it",
          "[passes]") {
  // As on CUDA: a library for all products but convolutions of bfloat16.
  class Device final : public Backend {
   public:
    Device() {
      kernels().add("matmul", {.name = "library", .prepare = anything});
      kernels().add("conv", {.name = "library", .prepare = float32_alone});
      kernels().add("conv", {.name = "plain", .reference = true, .prepare = anything});
    }
    std::string device() const override { return "test"; }
    std::string description() const override { return "of a test"; }
    void* allocate(std::size_t bytes) override { return ::operator new(bytes); }
    void deallocate(void* memory, std::size_t) noexcept override { ::operator delete(memory); }
    void copy_from_host(void*, const void*, std::size_t) override {}
    void copy_to_host(void*, const void*, std::size_t) override {}
    void copy(void*, const void*, std::size_t) override {}
    void fill_zero(void*, std::size_t) override {}
    void synchronize() override {}

   private:
    static PreparedKernel anything(const KernelRequest&, std::string&) {
      return {.run = [](const KernelArgs&) {}};
    }
    static PreparedKernel float32_alone(const KernelRequest& r, std::string& why_not) {
      return r.inputs[0].dtype == DType::float32 ? anything(r, why_not) : PreparedKernel{};
    }
  };
  Device device;
  plan::OpGraph g = graph_of({f32({1, 4, 4, 2}), f32({3, 3, 2, 2}), f32({2, 2})},
                             [](const auto& in) -> std::vector<Tensor> {
                               return {ops::matmul(ops::conv(in[0], in[1]), in[2])};
                             });
  plan::make_bfloat16_products(g, device);
  const std::string dump = plan::dump(g);
  INFO(dump);
  CHECK(dump.find("= conv(%0, %1) float32 (1, 2, 2, 2)") != std::string::npos);
  CHECK(dump.find("bfloat16 (1, 2, 2, 2)") != std::string::npos);
  CHECK(dump.find("bfloat16 (2, 2)") != std::string::npos);
  CHECK(dump.find("bfloat16 (1, 4, 4, 2)") == std::string::npos);
}

TEST_CASE("an op of several outputs is in place only where it reads before it writes", "[passes]") {
  const auto places = [](const Body& body) {
    plan::OpGraph g = graph_of({f32({4}), f32({4})}, body);
    plan::group_pointwise(g);
    return plan::dump(g, plan::plan_memory(g, std::vector<plan::NodeNeeds>(g.nodes.size()), true));
  };
  // Both results of the group may take the place of what is summed from the inputs and dies there.
  const std::string group = places([](const auto& in) -> std::vector<Tensor> {
    const Tensor a = ops::cumsum(in[0]), b = ops::cumsum(in[1]);
    const Tensor c = ops::tanh(a) + b, d = c * b;
    return {ops::cumsum(c), ops::cumsum(d)};
  });
  CHECK(group.find("arena 512 bytes") != std::string::npos);
  // A step over two variables would write the first before it reads the second one's gradient.
  const std::string update = places([](const auto& in) -> std::vector<Tensor> {
    const Tensor g0 = in[1] * 1.0f, a = ops::cumsum(in[0]), b = ops::cumsum(in[1]);
    const std::vector<Tensor> w =
        apply(find_op("sgd_update"), {ops::full({}, 0.1f), in[0], in[1], a, b},
              {{"momentum", 0.0}, {"nesterov", false}});
    return {ops::cumsum(w[0]), ops::cumsum(w[1]), g0};
  });
  CHECK(update.find("sgd_update") != std::string::npos);
  // Two gradients and two results side by side, and the rate where it is no constant.
  const bool side_by_side = update.find("arena 1280 bytes") != std::string::npos ||
                            update.find("arena 1024 bytes") != std::string::npos;
  INFO(update);
  CHECK(side_by_side);
}
