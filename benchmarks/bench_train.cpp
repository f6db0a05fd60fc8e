// Time of a training step or a prediction of the benchmark models, as one line of JSON.
//   bench_train --model
//   mlp|mlp_wide|cnn|lstm_rows|ticket|toy_resnet|autoencoder|transformer|big_mlp
//   --threads N [--batch-size B] [--seconds S] [--device cpu] [--mode train|predict]
//   [--precision highest|high|medium]
#include <sys/resource.h>
#include <weft/core/backend.h>
#include <weft/weft.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "benchmarks/common/arithmetic.hpp"
#include "benchmarks/common/models.hpp"
#include "benchmarks/common/peaks.hpp"
#include "core/access.hpp"
#include "generated/commit.hpp"
#include "training/data/batches.hpp"
#include "training/model_state.hpp"

using namespace weft;

namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::string model = "mlp", mode = "train", device = "cpu", precision = "highest";
  int threads = 1, batch_size = 0;
  double seconds = 3;
};

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Arguments parse(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i], value = argv[i + 1];
    if (key == "--model")
      a.model = value;
    else if (key == "--mode")
      a.mode = value;
    else if (key == "--device")
      a.device = value;
    else if (key == "--precision")
      a.precision = value;
    else if (key == "--threads")
      a.threads = std::stoi(value);
    else if (key == "--batch-size")
      a.batch_size = std::stoi(value);
    else if (key == "--seconds")
      a.seconds = std::stod(value);
    else
      throw Error("unknown option '" + key + "'.");
  }
  if (argc % 2 == 0) throw Error("an option has no value.");
  if (a.mode != "train" && a.mode != "predict")
    throw Error("--mode must be train or predict. Received: " + a.mode);
  return a;
}

void run(const Arguments& a) {
  set_device(a.device);
  set_num_threads(a.threads);
  set_float32_matmul_precision(a.precision);
  const bench::Bench bench = bench::make_bench(a.model, a.batch_size);
  const bool training = a.mode == "train";
  // Without --batch-size a prediction is one of a single sample.
  const int batch_size = training ? bench.batch_size : std::max(1, a.batch_size);
  const Dataset data = training ? bench.data : Dataset::from_tensors(bench.data.x());
  detail::Batches batches(data, batch_size, backend(a.device));
  auto& layer = static_cast<ModelLayer&>(*bench.model.base());
  detail::StepRunner runner(layer, training ? detail::StepKind::train : detail::StepKind::predict,
                            batches.structure());
  constexpr int warm_up = 5;
  for (int i = 0; i < warm_up; ++i) runner.run(batches.stage(i % batches.count()));

  // A device runs behind: steps are measured in blocks, at whose end it is waited for.
  const int block = backend(a.device).host_accessible() ? 1 : 20;
  backend(a.device).synchronize();
  std::vector<double> times;
  std::int64_t number = 0;
  const auto start = Clock::now();
  while (times.size() < 20 || ms_since(start) < a.seconds * 1000) {
    const auto begin = Clock::now();
    for (int i = 0; i < block; ++i) runner.run(batches.stage(number++ % batches.count()));
    backend(a.device).synchronize();
    times.push_back(ms_since(begin) / block);
  }

  // Staging counts as a kernel.
  executor::Profiler profiler;
  runner.run_options().profiler = &profiler;
  double staging_ms = 0, profiled_ms = 0;
  constexpr int profiled = 50;
  for (int i = 0; i < profiled; ++i) {
    const auto begin = Clock::now();
    const std::vector<Tensor>& batch = batches.stage(i % batches.count());
    staging_ms += ms_since(begin) / profiled;
    runner.run(batch);
    profiled_ms += ms_since(begin) / profiled;
  }
  const double kernel_ms = profiler.kernel_ms() + staging_ms;
  std::vector<double> sorted = times;
  std::sort(sorted.begin(), sorted.end());
  const double median = sorted[sorted.size() / 2];
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const plan::Plan& plan = *runner.plan();
  std::string shares = "\"staging\": " + std::to_string(staging_ms);
  for (const bench::Share& s : bench::time_by_kind(plan.graph, profiler))
    shares += std::string(", \"") + s.kind + "\": " + std::to_string(s.ms);
  std::printf(
      "{\"model\": \"%s\", \"mode\": \"%s\", \"device\": \"%s\", \"threads\": %d, \"batch_size\": "
      "%d, \"steps\": %zu, \"plan_ops\": %d, "
      "\"ms_per_step_median\": %.6f, \"ms_per_step_min\": %.6f, \"samples_per_second\": %.1f, "
      "\"peak_rss_bytes\": %ld, "
      "\"plan_bytes\": %zu, \"kernel_ms\": %.6f, \"outside_us_per_op\": %.3f, "
      "\"gflop\": %.6f, \"peak_gflop_s\": %.1f, "
      "\"profile_ms\": {%s}, "
      "\"reference_ops\": %d, \"commit\": \"%s\"}\n",
      a.model.c_str(), a.mode.c_str(), device().c_str(), a.threads, batch_size, times.size(),
      plan.op_count(), median, sorted.front(), batch_size / median * 1000, usage.ru_maxrss * 1024L,
      plan.arena_bytes(), kernel_ms,
      (profiled_ms - kernel_ms) * 1000 / std::max(1, plan.op_count()),
      bench::floating_point_operations(plan.graph) / 1e9,
      device() == "cpu" ? bench::peak_operations_per_second() * a.threads / 1e9 : 0.0,
      shares.c_str(), plan.reference_ops(), WEFT_COMMIT);
}

}  // namespace

int main(int argc, char** argv) try { run(parse(argc, argv)); } catch (const std::exception& e) {
  std::fprintf(stderr, "bench_train: %s\n", e.what());
  return 1;
}
