#include "tests/cuda_host/backend_case.h"

#include <cstring>

namespace weft::test {
namespace {

using namespace cuda;

std::vector<float> first_x() {
  std::vector<float> x(Training::size);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.5F + static_cast<float>(i % 8) / 8;
  return x;
}

__device__ float gradient(float x, float t, float w) { return 2 * x * (x * w - t); }
__device__ float updated(float w, float g) { return w - 0.125F * g; }

__global__ void gradient_kernel(RefusalTable table, int place, std::int64_t n, const float* x,
                                const float* t, const float* w, float* g) {
  for_each_index(n, [&](std::int64_t i) {
    if (x[i] > 1000) refuse(table, place, i, static_cast<std::int64_t>(x[i]));
    g[i] = gradient(x[i], t[i], w[i]);
  });
}

__global__ void update_kernel(std::int64_t n, float* w, const float* g, const unsigned* refused) {
  if (is_refused(refused)) return;
  for_each_index(n, [&](std::int64_t i) { w[i] = updated(w[i], g[i]); });
}

/// Runs the CPU's kernels when the stream comes to them.
class HostKernels final : public CudaBackend {
 public:
  using CudaBackend::CudaBackend;
  PreparedKernel prepare(const KernelRequest& request) override {
    PreparedKernel kernel = weft::backend("cpu").prepare(request);
    const std::size_t inputs = request.inputs.size(), outputs = request.outputs.size();
    kernel.run = [run = kernel.run, inputs, outputs](const KernelArgs& a) {
      emulate::enqueue(
          stream_of(a.stream).handle(),
          [run, workspace = a.workspace, in = std::vector<const void*>(a.inputs, a.inputs + inputs),
           out = std::vector<void*>(a.outputs, a.outputs + outputs)] {
            run({in.data(), out.data(), workspace});
          });
    };
    return kernel;
  }
};

}  // namespace

Numbers::Numbers(CudaBackend& backend, const std::vector<float>& values)
    : backend_(backend),
      size_(values.size()),
      data_(static_cast<float*>(backend.allocate(values.size() * sizeof(float)))) {
  try {
    backend.copy_from_host(data_, values.data(), bytes());
  } catch (...) {
    backend.deallocate(data_, bytes());
    throw;
  }
}

Numbers::~Numbers() { backend_.deallocate(data_, bytes()); }

std::vector<float> Numbers::read() const {
  std::vector<float> values(size_);
  backend_.copy_to_host(values.data(), data_, bytes());
  return values;
}

Training::Training(CudaBackend& b)
    : backend(b),
      place(register_refusal([](std::int64_t position, std::int64_t value) {
        return "element " + std::to_string(position) + " is too large: " + std::to_string(value);
      })),
      x(b, first_x()),
      t(b, std::vector<float>(size, 3)),
      w(b, std::vector<float>(size, 0)),
      g(b, std::vector<float>(size, 0)) {}

void Training::step() {
  void* stream = backend.stream();
  launch(gradient_kernel, shape_for(size), stream, stream_of(stream).refusals, *place,
         std::int64_t{size}, x.data(), t.data(), w.data(), g.data());
  launch(update_kernel, shape_for(size), stream, std::int64_t{size}, w.data(), g.data(),
         backend.refused());
}

std::vector<float> Training::expected(int steps) {
  const std::vector<float> x = first_x();
  std::vector<float> w(size, 0);
  for (std::size_t i = 0; i < w.size(); ++i) {
    for (int s = 0; s < steps; ++s) w[i] = updated(w[i], gradient(x[i], 3, w[i]));
  }
  return w;
}

std::vector<float> train(CudaBackend& backend) {
  Training training(backend);
  const auto feed = backend.make_feed(training.x.bytes());
  const std::vector<float> batch = first_x();
  std::shared_ptr<void> recording;
  for (int i = 0; i < steps_of_train; ++i) {
    std::memcpy(feed->slot(), batch.data(), training.x.bytes());
    feed->send(training.x.data(), training.x.bytes());
    if (i == 2 && backend.can_capture()) recording = backend.capture([&] { training.step(); });
    if (recording)
      backend.replay(recording.get());
    else
      training.step();
  }
  // As a plan's last copies do it.
  const Numbers copy(backend, std::vector<float>(Training::size, 0));
  backend.commit(copy.data(), training.w.data(), copy.bytes());
  backend.copy(training.g.data(), copy.data(), copy.bytes());
  backend.fill_zero(training.t.data(), training.t.bytes());
  backend.synchronize();
  return training.g.read();
}

emulate::HostApi& registered_devices() {
  static const std::shared_ptr<emulate::HostApi> api = [] {
    emulate::HostOptions options = emulate::options_from_environment();
    options.devices = 2;
    auto made = std::make_shared<emulate::HostApi>(options);
    for (int i = 0; i < 2; ++i) register_backend(std::make_shared<HostKernels>(made, i));
    return made;
  }();
  return *api;
}

}  // namespace weft::test
