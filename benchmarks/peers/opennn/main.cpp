// opennn_train --model M --threads N [--seconds S] [--mode train|predict]: one line of JSON, as
// bench_train's.
#include "models.h"

#include <omp.h>
#include <opennn/adaptive_moment_estimation.h>
#include <opennn/back_propagation.h>
#include <opennn/batch.h>
#include <opennn/configuration.h>
#include <opennn/device_backend.h>
#include <opennn/forward_propagation.h>
#include <opennn/loss.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <numeric>

namespace {

using Clock = std::chrono::steady_clock;
using Mode = opennn::ForwardPropagationMode;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

template <class Step>
std::vector<double> measure(double seconds, Step step) {
  for (int i = 0; i < 5; ++i) step(i);
  std::vector<double> times;
  const auto start = Clock::now();
  while (times.size() < 20 || ms_since(start) < seconds * 1000) {
    const auto begin = Clock::now();
    step(static_cast<Index>(times.size()));
    times.push_back(ms_since(begin));
  }
  std::sort(times.begin(), times.end());
  return times;
}

// Before anything of OpenNN or MKL runs.
void set_threads(const std::string& threads) {
  setenv("OPENNN_THREADS", threads.c_str(), 1);
  setenv("OMP_NUM_THREADS", threads.c_str(), 1);
  setenv("MKL_NUM_THREADS", threads.c_str(), 1);
  setenv("MKL_THREADING_LAYER", "GNU", 0);  // OpenNN's own loops run on libgomp
  opennn::Backend::instance().set_threads_number(std::stoi(threads));
  omp_set_dynamic(0);  // OpenNN lets the machine's load decide
}

// What Optimizer::train does with a batch of `rows` samples of the data set; the batch stays where
// it is between the steps.
class Steps {
 public:
  Steps(Peer& peer, Index rows, Mode mode)
      : peer_(peer),
        inputs_(peer.data->get_feature_indices("Input")),
        targets_(peer.data->get_feature_indices("Target")),
        samples_(static_cast<std::size_t>(rows)),
        batch_(rows, peer.data.get(), peer.network->get_config()),
        forward_(rows, peer.network.get(), mode) {}

  void train(Index i, opennn::BackPropagation& backward, const opennn::Loss& loss,
             opennn::AdaptiveMomentEstimation& adam, opennn::OptimizerData& moments) {
    stage(i);
    peer_.network->forward_propagate(batch_.get_inputs(), forward_, true);
    if (peer_.accuracy) count_correct();
    loss.back_propagate(batch_, forward_, backward);
    adam.update_parameters(backward, moments);
  }

  void predict(Index i) {
    stage(i);
    peer_.network->forward_propagate(batch_.get_inputs(), forward_, false);
  }

  Index correct = 0;

 private:
  void stage(Index i) {
    std::iota(samples_.begin(), samples_.end(), i % peer_.batches * std::ssize(samples_));
    batch_.fill(samples_, inputs_, {}, targets_, opennn::FillMode::Training);
  }

  void count_correct() {
    const MatrixMap out = forward_.get_outputs().as_matrix();
    const MatrixMap expected = batch_.get_targets().as_matrix();
    for (Index row = 0; row < out.rows(); ++row) {
      Index a = 0, b = 0;
      out.row(row).maxCoeff(&a);
      expected.row(row).maxCoeff(&b);
      correct += a == b;
    }
  }

  Peer& peer_;
  std::vector<Index> inputs_, targets_, samples_;
  opennn::Batch batch_;
  opennn::ForwardPropagation forward_;
};

std::vector<double> train(Peer& peer, double seconds) {
  opennn::Loss loss(peer.network.get(), peer.data.get());
  loss.set_error(opennn::Loss::Error::CrossEntropy);
  loss.set_regularization(opennn::Loss::Regularization::NoRegularization);
  Steps steps(peer, peer.batch_size, Mode::Training);
  opennn::BackPropagation backward(peer.batch_size, &loss);
  opennn::AdaptiveMomentEstimation adam(&loss);
  opennn::OptimizerData moments;
  const opennn::Shape parameters{peer.network->get_parameters_size()};
  moments.set({parameters, parameters});
  float first = 0;
  auto times = measure(seconds, [&](Index i) {
    steps.train(i, backward, loss, adam, moments);
    if (first == 0) first = backward.error;
  });
  if (std::getenv("OPENNN_TRAIN_LOSS"))
    std::fprintf(stderr, "loss of the first step %g, of the last %g\n", first, backward.error);
  return times;
}

std::vector<double> predict(Peer& peer, double seconds) {
  Steps steps(peer, 1, Mode::Inference);
  return measure(seconds, [&](Index i) { steps.predict(i); });
}

void run(std::map<std::string, std::string> options) {
  set_threads(options["--threads"]);
  opennn::Configuration::instance().set(opennn::Device::CPU, opennn::Type::FP32);
  Peer peer = make_peer(options["--model"]);
  const bool training = options["--mode"] != "predict";
  const double seconds = std::stod(options["--seconds"]);
  const auto times = training ? train(peer, seconds) : predict(peer, seconds);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double median = times[times.size() / 2];
  const long batch = training ? peer.batch_size : 1;
  std::printf(
      "{\"peer\": \"opennn\", \"version\": \"%s\", \"model\": \"%s\", \"mode\": \"%s\", "
      "\"threads\": %s, "
      "\"batch_size\": %ld, \"steps\": %zu, \"ms_per_step_median\": %.6f, \"ms_per_step_min\": "
      "%.6f, "
      "\"samples_per_second\": %.1f, \"peak_rss_bytes\": %ld}\n",
      OPENNN_VERSION, options["--model"].c_str(), training ? "train" : "predict",
      options["--threads"].c_str(), batch, times.size(), median, times.front(),
      static_cast<double>(batch) / median * 1000, usage.ru_maxrss * 1024L);
}

}  // namespace

int main(int argc, char** argv) try {
  std::map<std::string, std::string> options{
      {"--threads", "1"}, {"--seconds", "3"}, {"--mode", "train"}};
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  run(options);
} catch (const std::exception& e) {
  std::fprintf(stderr, "opennn_train: %s\n", e.what());
  return 1;
}
