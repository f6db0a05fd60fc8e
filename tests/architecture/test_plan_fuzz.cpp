// Test 5: random graphs with sharing, assignments and several outputs, each pass off and all on,
// against the plain interpreter. WEFT_FUZZ_GRAPHS sets how many; 10,000 in the full run.
#include <cstdlib>
#include <random>

#include "core/access.hpp"
#include "core/recorder.hpp"
#include "graph/executor/step.hpp"
#include "graph/plan/arena_layout.hpp"
#include "graph/trace/plan_trace.hpp"
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"

using namespace weft;

namespace {

int graphs() {
  const char* set = std::getenv("WEFT_FUZZ_GRAPHS");
  return set != nullptr ? std::atoi(set) : 10000;
}

// A program is a function of its seed: the same calls for the interpreter (eager mode) and for
// plans.
class Program {
 public:
  Program(std::uint64_t seed, std::vector<Variable> variables)
      : seed_(seed), variables_(std::move(variables)) {}

  std::vector<Tensor> operator()(const std::vector<Tensor>& inputs) const {
    std::mt19937_64 bits(seed_);
    std::vector<Tensor> pool = inputs;
    const int length = 3 + static_cast<int>(bits() % 18);
    for (int i = 0; i < length; ++i) step(bits, pool);
    std::vector<Tensor> outputs;
    const int count = 1 + static_cast<int>(bits() % 3);
    for (int i = 0; i < count; ++i) outputs.push_back(pick(bits, pool));
    return outputs;
  }

 private:
  static const Tensor& pick(std::mt19937_64& bits, const std::vector<Tensor>& pool) {
    return pool[bits() % pool.size()];
  }

  void step(std::mt19937_64& bits, std::vector<Tensor>& pool) const {
    const Tensor a = pick(bits, pool), b = pick(bits, pool);
    const Variable& v = variables_[bits() % variables_.size()];
    const auto choice = bits() % 18;
    if (choice == 10)
      v_assign(v, ops::tanh(a));
    else if (choice == 11)
      v_assign(v, v + ops::tanh(a));
    else
      pool.push_back(made(choice, bits, a, b, v));
  }

  // By each choice but 10 and 11.
  static Tensor made(std::uint64_t choice, std::mt19937_64& bits, const Tensor& a, const Tensor& b,
                     const Variable& v) {
    switch (choice) {
      case 0:
        return a + b;
      case 1:
        return a * b;
      case 2:
        return a - 0.5f;
      case 3:
        return ops::relu(a);
      case 4:
        return ops::tanh(a);
      case 5:
        return ops::matmul(a, b);
      case 6:
        return ops::transpose(a);
      case 7:
        return a.reshape({2, 8}).reshape({4, 4});
      case 8:
        return ops::sum(a, {.axis = 1, .keepdims = true}) + b;
      case 9:
        return v.value();
      case 12:
        return a.slice({Slice{0, 2, {}}, All}).reshape({4, 2}).slice({All, Slice{0, 1, {}}}) * b;
      case 13:  // a layer
        return activation(bits, ops::matmul(a, b) + v.value()[0]);
      case 14:  // what only a variable goes into
        return ops::transpose(ops::tanh(v.value()));
      case 15:
        return ops::matmul(ops::transpose(a), ops::transpose(b)) * 1.0f;
      case 16:
        return loss_head(bits, a) * b;
      default:
        return ops::softmax(a);
    }
  }

  static Tensor activation(std::mt19937_64& bits, const Tensor& x) {
    switch (bits() % 4) {
      case 0:
        return ops::relu(x);
      case 1:
        return ops::sigmoid(x);
      case 2:
        return ops::tanh(x);
      default:
        return x;
    }
  }

  // Loss, its gradient and the accuracy of logits, or some of them.
  static Tensor loss_head(std::mt19937_64& bits, const Tensor& logits) {
    const Tensor labels = Tensor::from(std::vector<std::int32_t>{0, 3, 1, 1});
    const std::uint64_t parts = bits();
    Tensor sum = ops::zeros({4, 1});
    if (parts % 4 != 0) {
      const Tensor loss =
          ops::sparse_categorical_crossentropy(labels, logits, {.from_logits = true});
      sum = sum + ops::tanh(loss).reshape({4, 1});
    }
    if (parts % 3 != 0) {
      const Tensor matches =
          ops::equal(labels, ops::argmax(logits, {.axis = -1})).astype("float32");
      sum = sum + matches.reshape({4, 1});
    }
    if (parts % 5 != 0)
      sum = sum +
            apply_one("sparse_softmax_crossentropy_grad", {labels, logits, ops::full({4}, 0.25f)});
    return sum;
  }

  static void v_assign(Variable v, const Tensor& t) { v.assign(t); }

  std::uint64_t seed_;
  std::vector<Variable> variables_;
};

struct Result {
  std::vector<std::vector<float>> outputs, states;
  bool operator==(const Result&) const = default;
};

std::vector<Variable> fresh_variables() {
  std::vector<Variable> out;
  for (int i = 0; i < 3; ++i)
    out.emplace_back(random::uniform({4, 4}, {.minval = -1, .seed = 10 + i}));
  return out;
}

template <class Run>
Result result_of(std::uint64_t seed, Run run) {
  const std::vector<Variable> variables = fresh_variables();
  const Program program(seed, variables);
  const std::vector<Tensor> inputs = {random::uniform({4, 4}, {.minval = -1, .seed = 1}),
                                      random::uniform({4, 4}, {.minval = -1, .seed = 2})};
  Result r;
  for (int repeat = 0; repeat < 2; ++repeat) {
    for (const Tensor& t : run(program, inputs)) r.outputs.push_back(t.to_vector<float>());
  }
  for (const Variable& v : variables) r.states.push_back(Tensor(v).to_vector<float>());
  return r;
}

Result planned(std::uint64_t seed, const plan::PassOptions& passes) {
  std::shared_ptr<executor::Step> step;
  return result_of(seed, [&](const Program& program, const std::vector<Tensor>& inputs) {
    if (!step)
      step = std::make_shared<executor::Step>(
          [program](const std::vector<Tensor>& in) -> executor::StepResult {
            return {program(in), {}};
          },
          std::make_shared<executor::ArenaPool>(), passes);
    return step->run(inputs, {}, {.poison = true}).flat;
  });
}

}  // namespace

// Plans of programs whose values overflow compare NaN with NaN: none does, tanh and softmax keep
// them small enough.
TEST_CASE("random graphs: every pass alone off, all on, all off", "[architecture][fuzz]") {
  std::vector<plan::PassOptions> settings(2);
  settings[1] = plan::without({}, "all");
  for (const plan::PassSwitch& s : plan::pass_switches())
    settings.push_back(plan::without({}, s.name));
  int compared = 0;
  for (int seed = 0; seed < graphs(); ++seed) {
    const auto s = static_cast<std::uint64_t>(seed);
    const Result expected =
        result_of(s, [](const Program& p, const std::vector<Tensor>& in) { return p(in); });
    // All settings for some, all passes on and one in turn for the rest.
    for (std::size_t i = 0; i < settings.size(); ++i) {
      if (seed % 50 != 0 && i != 0 && i != static_cast<std::size_t>(seed) % settings.size())
        continue;
      const Result got = planned(s, settings[i]);
      if (!(got == expected)) {
        INFO("seed " << seed << ", setting " << i);
        CHECK(got.outputs == expected.outputs);
        CHECK(got.states == expected.states);
        return;
      }
      ++compared;
    }
  }
  CHECK(compared > graphs());
}

TEST_CASE("random lifetimes: no two live buffers overlap, and the arena is close to the bound",
          "[architecture][fuzz]") {
  std::mt19937_64 bits(1);
  double worst = 1;
  for (int round = 0; round < 300; ++round) {
    std::vector<plan::Buffer> buffers(1 + bits() % 60);
    for (plan::Buffer& b : buffers) {
      b.bytes = 1 + bits() % 100000;
      b.first = static_cast<int>(bits() % 50);
      b.last = b.first + static_cast<int>(bits() % 20);
    }
    const std::size_t total = plan::lay_out(buffers);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      CHECK(buffers[i].offset % plan::arena_alignment == 0);
      CHECK(buffers[i].offset + buffers[i].bytes <= total);
      for (std::size_t j = 0; j < i; ++j) {
        const plan::Buffer &a = buffers[i], &b = buffers[j];
        const bool time = a.first <= b.last && b.first <= a.last;
        const bool space = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
        if (time && space) FAIL("two live buffers overlap");
      }
    }
    worst = std::max(
        worst, static_cast<double>(total) / static_cast<double>(plan::live_bytes_bound(buffers)));
  }
  CHECK(worst < 1.15);
}
