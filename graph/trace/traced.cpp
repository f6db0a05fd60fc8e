#include <weft/core/error.h>
#include <weft/graph/trace/traced.h>

#include <algorithm>

#include "core/access.hpp"
#include "core/recorder.hpp"
#include "graph/executor/step.hpp"
#include "graph/trace/call_structure.hpp"

namespace weft::detail {
namespace {

// "argument 1", "element 0 of argument 1" or "the entry 'a' of argument 1", counted from 0.
std::string place_text(const Tensors& t, std::size_t at, const std::string& what) {
  if (t.is_single()) return what;
  if (t.is_list()) return "element " + std::to_string(at) + " of " + what;
  std::vector<std::string> keys = t.keys();
  std::sort(keys.begin(), keys.end());  // as flat() goes
  return "the entry '" + keys[at] + "' of " + what;
}

void check_no_null(const Tensors& t, const std::string& what) {
  const std::vector<Tensor> flat = t.flat();
  for (std::size_t i = 0; i < flat.size(); ++i) {
    if (!flat[i])
      throw GraphError("traced: " + place_text(t, i, what) +
                       " is a null Tensor. Expected: a tensor.");
  }
}

// Runs the code itself; what it returns is checked.
Tensors run_body(const TracedCode::Body& body, const std::vector<Tensors>& arguments) {
  const Tensors out = body(arguments);
  check_no_null(out, "the returned value");
  return out;
}

// The plans of one piece of code; one Step per structure of the arguments.
struct Code {
  TracedCode::Body body;
  std::mutex mutex;
  std::vector<std::pair<std::string, std::shared_ptr<executor::Step>>> steps;
  std::shared_ptr<executor::ArenaPool> arenas = std::make_shared<executor::ArenaPool>();

  executor::Step& step(const std::string& structure, const std::vector<Tensors>& arguments) {
    const std::lock_guard lock(mutex);
    for (const auto& [key, step] : steps) {
      if (key == structure) return *step;
    }
    const trace::CallStructure shape(arguments);
    auto made = std::make_shared<executor::Step>(
        [this, shape](const std::vector<Tensor>& flat) -> executor::StepResult {
          const Tensors out = run_body(body, shape.rebuild(flat));
          return {out.flat(), std::make_shared<Tensors>(out)};
        },
        arenas);
    steps.emplace_back(structure, std::move(made));
    return *steps.back().second;
  }
};

// Traced code that calls itself would never end: while it is traced no value can stop it.
class Nesting {
 public:
  Nesting() {
    if (++depth() > most) {
      --depth();
      throw GraphError(
          "A traced function calls itself while it is being traced. Expected: code that ends "
          "without looking at values.");
    }
  }
  ~Nesting() { --depth(); }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  static constexpr int most = 100;
  static int& depth() {
    thread_local int d = 0;
    return d;
  }
};

bool must_run_inline(const std::vector<Tensor>& flat) {
  const Recording& r = recording();
  return r.trace() != nullptr || !r.tapes.empty() || any_functional(flat);
}

}  // namespace

TracedCode::TracedCode(Body body) {
  auto code = std::make_shared<Code>();
  code->body = std::move(body);
  state = std::move(code);
}

Tensors TracedCode::call(const std::vector<Tensors>& arguments) const {
  Code& code = *static_cast<Code*>(state.get());
  for (std::size_t i = 0; i < arguments.size(); ++i)
    check_no_null(arguments[i], "argument " + std::to_string(i));
  const trace::CallStructure structure(arguments);
  const std::vector<Tensor> flat = structure.flatten(arguments);
  if (must_run_inline(flat)) {
    const Nesting nesting;
    return run_body(code.body, arguments);
  }
  const executor::StepResult result = code.step(structure.key(), arguments).run(flat);
  return static_cast<const Tensors*>(result.structure.get())->with(result.flat);
}

int TracedCode::trace_count() const {
  Code& code = *static_cast<Code*>(state.get());
  const std::lock_guard lock(code.mutex);
  int count = 0;
  for (const auto& [key, step] : code.steps) count += step->trace_count();
  return count;
}

std::string TracedCode::dump() const {
  Code& code = *static_cast<Code*>(state.get());
  const std::lock_guard lock(code.mutex);
  std::string out;
  for (const auto& [key, step] : code.steps) out += step->dump();
  return out;
}

}  // namespace weft::detail
