#include <weft/training/reports.h>

#include <fmt/format.h>
#include <weft/core/device.h>
#include <weft/core/error.h>
#include <weft/core/random.h>
#include <weft/training/model.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "core/access.hpp"
#include "core/default_backend.hpp"
#include "core/plugin.hpp"
#include "io/atomic_file.hpp"
#include "training/functional_layer.hpp"
#include "training/made_up_data.hpp"
#include "training/model_parts.hpp"
#include "training/model_state.hpp"

namespace weft {
namespace {

std::size_t bytes_of(const std::vector<Variable>& variables) {
  std::size_t bytes = 0;
  for (const Variable& v : variables)
    bytes += static_cast<std::size_t>(v.shape().size()) * v.dtype().itemsize();
  return bytes;
}

std::size_t bytes_of(const std::vector<Tensor>& tensors) {
  std::size_t bytes = 0;
  for (const Tensor& t : tensors)
    bytes += static_cast<std::size_t>(t.size()) * t.dtype().itemsize();
  return bytes;
}

// Everything that a step may change, put back at the end of the scope.
class Unchanged {
 public:
  explicit Unchanged(const Model& model) : model_(model) {
    const auto& layer = static_cast<const ModelLayer&>(*model.base());
    remember(layer.variables());
    if (model.compiled()) {
      remember(model.optimizer()->variables());
      for (const Ref<Metric>& m : model.metrics()) remember(m->variables());
      const detail::ModelState& state = detail::ModelAccess::state(layer);
      if (state.loss_tracker) remember(state.loss_tracker->variables());
      if (state.loss) {
        for (const Ref<Metric>& m : state.loss->metrics()) remember(m->variables());
      }
    }
  }
  ~Unchanged() {
    for (auto& [variable, value] : saved_) variable.assign(value);
  }
  Unchanged(const Unchanged&) = delete;
  Unchanged& operator=(const Unchanged&) = delete;

 private:
  void remember(const std::vector<Variable>& variables) {
    for (const Variable& v : variables) saved_.emplace_back(v, v.value());
  }
  Model model_;
  std::vector<std::pair<Variable, Tensor>> saved_;
};

std::shared_ptr<ModelLayer> layer_of(const Model& model) {
  return std::static_pointer_cast<ModelLayer>(model.base());
}

/// What a plan says of the memory it needs.
struct StepNeeds {
  std::size_t arena_bytes = 0, workspace_bytes = 0, result_bytes = 0;
  std::vector<std::string> notes = {};
};

StepNeeds needs_of(const plan::Plan& plan) {
  StepNeeds needs{.arena_bytes = plan.arena_bytes()};
  needs.workspace_bytes = needs.arena_bytes - plan::arena_bytes_without_workspaces(plan);
  for (int v : plan.graph.outputs)
    needs.result_bytes += plan.graph.values[static_cast<std::size_t>(v)].bytes();
  std::set<std::string> bounds;
  for (const PreparedKernel& kernel : plan.kernels) {
    if (kernel.at_most) bounds.insert(kernel.name);
  }
  if (!bounds.empty())
    needs.notes.push_back(
        fmt::format("Upper bounds, because there is no device to ask: what {} "
                    "needs beside its inputs and outputs.",
                    fmt::join(bounds, ", ")));
  return needs;
}

/// "cuda" or "gpu" or "cuda:" and a number of at most three digits.
bool is_name_of_gpu(const std::string& device) {
  if (device == "cuda" || device == "gpu") return true;
  const std::string_view number =
      std::string_view(device).substr(std::min<std::size_t>(5, device.size()));
  return device.rfind("cuda:", 0) == 0 && !number.empty() && number.size() <= 3 &&
         number.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Where `device` is not there, as far as it can be told: by the plug-in, or from the ops alone.
StepNeeds needs_on(detail::StepRunner& runner, const std::vector<Tensor>& flat,
                   const std::string& device) {
  const bool is_cuda = is_name_of_gpu(device);
  const std::vector<DeviceInfo> here = devices();
  const bool is_here = std::any_of(here.begin(), here.end(), [&](const DeviceInfo& d) {
    return d.name == device || (is_cuda && d.name == "cuda:0");
  });
  if (is_here || !is_cuda) return needs_of(*runner.plan_for(backend(device), flat));
  std::string why_not;
  if (const std::shared_ptr<Backend> planner = detail::open_planner(why_not)) {
    StepNeeds needs = needs_of(*runner.plan_for(*planner, flat));
    needs.notes.push_back("Planned for an NVIDIA H200: " +
                          fmt::format("{}", fmt::join(device_problems(), " ")));
    return needs;
  }
  StepNeeds needs = needs_of(*runner.plan_for(backend("cpu"), flat));
  needs.arena_bytes -= needs.workspace_bytes;
  needs.workspace_bytes = 0;
  needs.notes.push_back("The workspaces of CUDA's kernels are not counted. " + why_not);
  return needs;
}

// Slots are made by the first step: made here, they are among what is put back.
void prepare(const Model& model) {
  if (!model.compiled() || model.optimizer()->built()) return;
  const std::vector<Variable> weights = model.trainable_weights();
  if (!weights.empty()) model.optimizer()->build(weights);
}

}  // namespace

std::string MemoryReport::to_string() const {
  const auto line = [](const char* what, std::size_t bytes) {
    return fmt::format("{:<12} {:>14} bytes  {:>10.2f} MB\n", what, bytes,
                       static_cast<double>(bytes) / 1048576);
  };
  std::string text = line("weights", weight_bytes) + line("optimizer", optimizer_bytes) +
                     line("activations", activation_bytes) + line("  workspace", workspace_bytes) +
                     line("batch", batch_bytes) + line("total", total_bytes());
  for (const std::string& note : notes) text += note + '\n';
  return text;
}

std::string Model::profile(ProfileOptions options) {
  if (options.batch_size < 1 || options.steps < 1)
    throw Error("profile: batch_size and steps must be at least 1.");
  const bool training = options.training && compiled();
  const detail::DeviceScope where_it_is(detail::device_of(*layer_of(*this)));
  const detail::MadeUpData data = detail::made_up_data(*this, options.batch_size, training);
  prepare(*this);
  const Unchanged unchanged(*this);
  const trace::CallStructure structure({data.x, data.y, Tensors()});
  detail::StepRunner runner(get(), training ? detail::StepKind::train : detail::StepKind::predict,
                            structure);
  executor::Profiler profiler;
  const std::vector<Tensor> flat = structure.flatten({data.x, data.y, Tensors()});
  runner.run(flat);  // made once: the plan and the kernels' first calls
  runner.run_options().profiler = &profiler;
  for (int i = 0; i < options.steps; ++i) runner.run(flat);
  if (!options.chrome_trace.empty()) {
    const std::string text = profiler.chrome_trace();
    io::write_file_atomically(options.chrome_trace,
                              std::as_bytes(std::span(text.data(), text.size())));
  }
  return profiler.table();
}

MemoryReport Model::memory_report(MemoryReportOptions options) {
  if (options.batch_size < 1)
    throw Error(fmt::format("memory_report: batch_size must be at least 1. Received: {}.",
                            options.batch_size));
  const bool training = options.training && compiled();
  const detail::DeviceScope where_it_is(detail::device_of(*layer_of(*this)));
  const detail::MadeUpData data = detail::made_up_shapes(*this, options.batch_size, training);
  prepare(*this);
  const trace::CallStructure structure({data.x, data.y, Tensors()});
  detail::StepRunner runner(get(), training ? detail::StepKind::train : detail::StepKind::predict,
                            structure);
  const std::vector<Tensor> flat = structure.flatten({data.x, data.y, Tensors()});
  const StepNeeds needs =
      options.device.empty() ? needs_of(*runner.plan_for(detail::device_of(*layer_of(*this)), flat))
                             : needs_on(runner, flat, options.device);
  MemoryReport report;
  report.weight_bytes = bytes_of(layer_of(*this)->variables());
  if (training) report.optimizer_bytes = bytes_of(optimizer()->variables());
  report.activation_bytes = needs.arena_bytes;
  report.workspace_bytes = needs.workspace_bytes;
  report.batch_bytes = bytes_of(flat) + needs.result_bytes;
  report.notes = needs.notes;
  return report;
}

}  // namespace weft
