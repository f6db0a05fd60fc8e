// libtorch_train --model M --threads N [--seconds S] [--mode train|predict]: one line of JSON, as
// bench_train's.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>

#include "models.h"

namespace {

using Clock = std::chrono::steady_clock;
double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::unique_ptr<torch::optim::Optimizer> optimizer_of(const Peer& peer) {
  if (peer.rmsprop) {
    return std::make_unique<torch::optim::RMSprop>(
        peer.module->parameters(), torch::optim::RMSpropOptions(1e-3).alpha(0.9).eps(1e-7));
  }
  return std::make_unique<torch::optim::Adam>(peer.module->parameters(),
                                              torch::optim::AdamOptions(1e-3).eps(1e-7));
}

std::vector<torch::Tensor> rows(const std::vector<torch::Tensor>& all, std::int64_t first,
                                std::int64_t count) {
  std::vector<torch::Tensor> out;
  for (const torch::Tensor& t : all) out.push_back(t.narrow(0, first, count));
  return out;
}

template <class Step>
std::vector<double> measure(double seconds, int batches, Step step) {
  for (int i = 0; i < 5; ++i) step(i % batches);
  std::vector<double> times;
  const auto start = Clock::now();
  while (times.size() < 20 || ms_since(start) < seconds * 1000) {
    const auto begin = Clock::now();
    step(static_cast<int>(times.size()) % batches);
    times.push_back(ms_since(begin));
  }
  std::sort(times.begin(), times.end());
  return times;
}

void run(std::map<std::string, std::string> options) {
  torch::set_num_threads(std::stoi(options["--threads"]));
  Peer peer = make_peer(options["--model"]);
  const bool train = options["--mode"] != "predict";
  const auto optimizer = optimizer_of(peer);
  torch::Tensor correct = torch::zeros({}, torch::kLong);
  if (!train) peer.module->eval();
  const auto times = measure(std::stod(options["--seconds"]), peer.batches, [&](int i) {
    if (!train) {
      const torch::InferenceMode guard;
      peer.forward(rows(peer.inputs, i, 1));
      return;
    }
    const auto y = rows(peer.targets, std::int64_t{i} * peer.batch_size, peer.batch_size);
    optimizer->zero_grad();
    const auto out =
        peer.forward(rows(peer.inputs, std::int64_t{i} * peer.batch_size, peer.batch_size));
    peer.loss(out, y).backward();
    optimizer->step();
    if (peer.accuracy)
      correct += (out[0].argmax(1) == (y[0].dim() == 1 ? y[0] : y[0].argmax(1))).sum();
  });
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double median = times[times.size() / 2];
  const int batch = train ? peer.batch_size : 1;
  std::printf(
      "{\"peer\": \"libtorch\", \"version\": \"%s\", \"model\": \"%s\", \"mode\": \"%s\", "
      "\"threads\": %s, "
      "\"batch_size\": %d, \"steps\": %zu, \"ms_per_step_median\": %.6f, \"ms_per_step_min\": "
      "%.6f, "
      "\"samples_per_second\": %.1f, \"peak_rss_bytes\": %ld}\n",
      TORCH_VERSION, options["--model"].c_str(), train ? "train" : "predict",
      options["--threads"].c_str(), batch, times.size(), median, times.front(),
      batch / median * 1000, usage.ru_maxrss * 1024L);
}

}  // namespace

int main(int argc, char** argv) try {
  std::map<std::string, std::string> options{
      {"--threads", "1"}, {"--seconds", "3"}, {"--mode", "train"}};
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  run(options);
} catch (const std::exception& e) {
  std::fprintf(stderr, "libtorch_train: %s\n", e.what());
  return 1;
}
