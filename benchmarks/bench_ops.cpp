// Time of single kernels beside the machine's peaks, one line of JSON per op and shape.
//   bench_ops [--threads N] [--device cuda:0] [--precision high] [--filter TEXT] [--seconds S]
// "gb_s" counts every input and output once; "stream_gb_s" is what the machine does in a working
// set of the same size, measured in turn with the kernel: a = b + 3 c on a CPU, a copy on a device;
// "share" is their ratio (for products: gflop_s to the peak: of fused multiply-adds on a CPU, of a
// product of large matrices on a device). Times are the least of many samples: neighbours on the
// same machine can only add to them.
#include <weft/core/backend.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/cpu/isa.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "benchmarks/common/peaks.hpp"
#include "core/capture.hpp"
#include "generated/commit.hpp"

using namespace weft;

namespace {

using Clock = std::chrono::steady_clock;
using Specs = std::vector<TensorSpec>;

struct Arguments {
  int threads = 1;
  std::string device = "cpu", precision = "highest";
  std::string filter;
  double seconds = 0.05;  // per case
};

double seconds_of(const std::vector<double>& samples) {
  return *std::min_element(samples.begin(), samples.end());
}

/// Calls that last long enough for the clock; a device is given them all at once, recorded, so that
/// it never waits for the host.
class Calls {
 public:
  template <class F>
  Calls(Backend& device, const F& call) : device_(device), call_(call) {
    call_();
    device_.synchronize();
    const double long_enough = device.host_accessible() ? 100e-6 : 2e-3;
    repeats_ = std::max(1L, static_cast<long>(long_enough / std::max(sample(), 1e-8)));
    auto* capturing = dynamic_cast<detail::Capturing*>(&device);
    if (capturing == nullptr || !device.can_capture()) return;
    recording_ = capturing->capture([this] { run_all(); });
    if (recording_) replay_ = [=, this] { capturing->replay(recording_.get()); };
  }
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  /// Seconds of one call.
  double sample() const {
    const auto begin = Clock::now();
    if (replay_)
      replay_();
    else
      run_all();
    device_.synchronize();
    return std::chrono::duration<double>(Clock::now() - begin).count() /
           static_cast<double>(repeats_);
  }

 private:
  void run_all() const {
    for (long i = 0; i < repeats_; ++i) call_();
  }

  Backend& device_;
  std::function<void()> call_, replay_;
  long repeats_ = 3;
  std::shared_ptr<void> recording_;
};

std::size_t bytes_of(const TensorSpec& s) {
  return static_cast<std::size_t>(s.shape.size()) * s.dtype.itemsize();
}

/// Zeros on a device.
class Buffer {
 public:
  Buffer(Backend& device, std::size_t bytes)
      : device_(device), bytes_(bytes), data_(device.allocate(bytes)) {
    device.fill_zero(data_, bytes);
  }
  ~Buffer() { device_.deallocate(data_, bytes_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  void* data() const { return data_; }
  float* floats() const { return static_cast<float*>(data_); }
  void write(const std::vector<std::byte>& from) {
    device_.copy_from_host(data_, from.data(), from.size());
  }

 private:
  Backend& device_;
  std::size_t bytes_;
  void* data_;
};

/// Numbers in (0.5, 1.5) for floats, 0 and 1 for the rest.
std::vector<std::byte> numbers(const TensorSpec& spec) {
  const auto n = static_cast<std::size_t>(spec.shape.size());
  std::vector<std::byte> all(bytes_of(spec));
  std::byte* data = all.data();
  if (spec.dtype == DType::float32) {
    for (std::size_t i = 0; i < n; ++i)
      reinterpret_cast<float*>(data)[i] = 0.5f + static_cast<float>(i * 7919 % 1000) * 1e-3f;
  } else {
    const std::size_t size = spec.dtype.itemsize();
    for (std::size_t i = 0; i < n; i += 3) data[i * size] = std::byte{1};
  }
  return all;
}

struct Case {
  std::string op;
  Specs inputs;
  Config attrs = {};
  double flops = 0;  // 0: bound by memory
};

class Bench {
 public:
  explicit Bench(Arguments a)
      : a_(std::move(a)), device_(backend(a_.device)), on_cpu_(a_.device == "cpu") {
    peak_ = on_cpu_ ? bench::peak_operations_per_second() * a_.threads : peak_of_products();
    const std::string text = on_cpu_ ? cpu::isa_name(cpu::isa()) : device_.description();
    std::printf(
        "{\"op\": \"(machine)\", \"isa\": \"%s\", \"threads\": %d, \"precision\": \"%s\", "
        "\"peak_gflop_s\": %.1f, \"commit\": \"%s\"}\n",
        text.c_str(), a_.threads, a_.precision.c_str(), peak_ / 1e9, WEFT_COMMIT);
  }

  void run(const Case& c) {
    if (!a_.filter.empty() && c.op.find(a_.filter) == std::string::npos) return;
    const Ready ready(device_, c);
    measure(c, ready);
  }

 private:
  /// A kernel with the memory that it runs on.
  struct Ready {
    Ready(Backend& device, const Case& c) {
      const OpDef& op = find_op(c.op);
      const Specs outputs = op.infer(c.inputs, c.attrs);
      kernel = device.prepare({op, c.attrs, c.inputs, outputs});
      for (const Specs* list : {&c.inputs, &outputs}) {
        for (const TensorSpec& spec : *list) {
          buffers.push_back(std::make_unique<Buffer>(device, bytes_of(spec)));
          buffers.back()->write(numbers(spec));
          bytes += bytes_of(spec);
          elements = std::max(elements, static_cast<double>(spec.shape.size()));
          if (list == &outputs)
            out.push_back(buffers.back()->data());
          else
            in.push_back(buffers.back()->data());
        }
      }
      buffers.push_back(std::make_unique<Buffer>(device, kernel.workspace_bytes));
      args = {in.data(), out.data(), buffers.back()->data(), device.stream()};
    }
    PreparedKernel kernel;
    std::vector<std::unique_ptr<Buffer>> buffers;
    std::vector<const void*> in;
    std::vector<void*> out;
    std::size_t bytes = 0;
    double elements = 0;
    KernelArgs args;
  };

  /// Of square matrices that keep the device busy for some milliseconds.
  double peak_of_products() {
    constexpr std::int64_t least = 256, most = 8192;
    constexpr double long_enough = 5e-3;
    double peak = 0;
    for (std::int64_t n = least; n <= most; n *= 2) {
      const TensorSpec square{Shape({n, n}), DType::float32};
      const Ready ready(device_, {.op = "matmul", .inputs = {square, square}});
      const Calls calls(device_, [&] { ready.kernel.run(ready.args); });
      double best = calls.sample();
      for (int i = 0; i < 4; ++i) best = std::min(best, calls.sample());
      const auto size = static_cast<double>(n);
      peak = std::max(peak, 2 * size * size * size / best);
      if (best > long_enough) break;
    }
    return peak;
  }

  void measure(const Case& c, const Ready& ready) {
    const std::size_t n = std::max<std::size_t>(ready.bytes / 12, 64);
    const Buffer x(device_, n * 4), y(device_, n * 4), z(device_, n * 4);
    const auto stream = [&] {
      if (!on_cpu_) return device_.copy(x.data(), y.data(), n * 4);
      cpu::parallel_for(static_cast<std::int64_t>(n), 16384,
                        [&](std::int64_t from, std::int64_t to) {
                          bench::triad(x.floats() + from, y.floats() + from, z.floats() + from,
                                       static_cast<std::size_t>(to - from));
                        });
    };
    const double streamed = static_cast<double>(n) * (on_cpu_ ? 12 : 8);
    const Calls calls(device_, [&] { ready.kernel.run(ready.args); }), streams(device_, stream);
    std::vector<double> kernel_times, stream_times;
    const auto begin = Clock::now();
    do {
      kernel_times.push_back(calls.sample());
      stream_times.push_back(streams.sample());
    } while (kernel_times.size() < 7 ||
             std::chrono::duration<double>(Clock::now() - begin).count() < a_.seconds);
    report(c, ready.kernel, ready.bytes, ready.elements, seconds_of(kernel_times),
           streamed / seconds_of(stream_times));
  }

  void report(const Case& c, const PreparedKernel& kernel, std::size_t bytes, double elements,
              double seconds, double stream) const {
    std::string shapes;
    for (std::size_t i = 0; i < c.inputs.size() && i < 3; ++i)
      shapes += (i == 0 ? "" : " ") + c.inputs[i].shape.to_string();
    const double rate = static_cast<double>(bytes) / seconds;
    const double share = c.flops > 0 ? c.flops / seconds / peak_ : rate / stream;
    std::printf(
        "{\"op\": \"%s\", \"kernel\": \"%s\", \"shapes\": \"%s\", \"threads\": %d, \"us\": %.3f, "
        "\"bytes\": %zu, \"gb_s\": %.1f, \"stream_gb_s\": %.1f, \"gelem_s\": %.2f, \"gflop_s\": "
        "%.1f, \"share\": %.2f}\n",
        c.op.c_str(), kernel.name.c_str(), shapes.c_str(), a_.threads, seconds * 1e6, bytes,
        rate / 1e9, stream / 1e9, elements / seconds / 1e9, c.flops / seconds / 1e9, share);
  }

  Arguments a_;
  Backend& device_;
  bool on_cpu_;
  double peak_ = 0;
};

TensorSpec floats(const Shape& shape) { return {shape, DType::float32}; }

// From the first level of the cache to memory.
const std::int64_t sizes[] = {2048, 16384, 262144, 1 << 22};

void pointwise(Bench& b) {
  for (const std::int64_t n : sizes) {
    const Shape flat = {n}, rows = {n / 256, 256}, narrow = {n / 16, 16};
    for (const char* op : {"relu", "exp", "log", "tanh", "sigmoid", "sqrt", "gelu", "square"})
      b.run({op, {floats(flat)}});
    for (const char* op : {"add", "multiply", "relu_grad", "divide", "greater"})
      b.run({op, {floats(flat), floats(flat)}});
    b.run({"add", {floats(rows), floats({256})}});
    b.run({"add", {floats(narrow), floats({16})}});
    b.run({"multiply", {floats(rows), floats({n / 256, 1})}});
    b.run({"multiply", {floats(flat), floats({})}});
    b.run({"where", {{flat, DType::boolean}, floats(flat), floats(flat)}});
    b.run({"logical_and", {{flat, DType::boolean}, {flat, DType::boolean}}});
    b.run({"pointwise_group",
           {floats(rows), floats({256}), floats(rows)},
           {{"ops", {"add", "relu", "multiply"}},
            {"operands", {{0, 1}, {3}, {4, 2}}},
            {"outputs", {5}}}});
    b.run({"pointwise_group",
           {floats(flat), floats(flat)},
           {{"ops", {"sigmoid", "tanh", "multiply", "add"}},
            {"operands", {{0}, {1}, {2, 3}, {4, 0}}},
            {"outputs", {5}}}});
  }
}

void reductions(Bench& b) {
  for (const std::int64_t n : sizes) {
    const Shape flat = {n}, rows = {n / 256, 256}, narrow = {n / 10, 10};
    for (const char* op : {"sum", "max"}) {
      b.run({op, {floats(flat)}, {{"axis", {0}}, {"keepdims", false}}});
      b.run({op, {floats(rows)}, {{"axis", {1}}, {"keepdims", false}}});
      b.run({op, {floats(rows)}, {{"axis", {0}}, {"keepdims", false}}});
      b.run({op, {floats(narrow)}, {{"axis", {0}}, {"keepdims", false}}});
      b.run({op, {floats(narrow)}, {{"axis", {1}}, {"keepdims", false}}});
    }
    b.run({"mean", {floats(rows)}, {{"axis", {1}}, {"keepdims", false}}});
    b.run({"argmax", {floats(narrow)}, {{"axis", {1}}, {"keepdims", false}}});
    b.run({"argmax", {floats(rows)}, {{"axis", {1}}, {"keepdims", false}}});
  }
}

void optimizers(Bench& b) {
  for (const std::int64_t n : sizes) {
    const auto inputs = [&](int lists) {
      Specs in = {floats({})};
      for (int i = 0; i < lists; ++i) in.push_back(floats({n}));
      return in;
    };
    b.run({"sgd_update", inputs(2), {{"momentum", 0.0}, {"nesterov", false}}});
    b.run({"sgd_update", inputs(3), {{"momentum", 0.9}, {"nesterov", true}}});
    b.run({"rmsprop_update",
           inputs(3),
           {{"rho", 0.9}, {"momentum", 0.0}, {"epsilon", 1e-7}, {"centered", false}}});
    b.run({"adam_update",
           inputs(4),
           {{"beta_1", 0.9}, {"beta_2", 0.999}, {"epsilon", 1e-7}, {"amsgrad", false}}});
  }
}

void movement(Bench& b) {
  for (const std::int64_t n : sizes) {
    const Shape flat = {n}, rows = {n / 256, 256};
    b.run({"cast", {{flat, DType::uint8}}, {{"dtype", "float32"}}});
    b.run({"cast", {floats(flat)}, {{"dtype", "bfloat16"}}});
    b.run({"cast", {{flat, DType::boolean}}, {{"dtype", "float32"}}});
    b.run({"transpose", {floats(rows)}, {{"axes", {1, 0}}}});
    b.run({"transpose", {floats({n / 2048, 16, 2, 64})}, {{"axes", {0, 2, 1, 3}}}});
    b.run({"concatenate", {floats(rows), floats(rows)}, {{"axis", 1}}});
    b.run({"broadcast_to", {floats({256})}, {{"shape", rows}}});
    b.run({"full", {}, {{"shape", flat}, {"fill_value", 1.0}, {"dtype", "float32"}}});
    b.run({"dropout", {floats(flat), {{2}, DType::uint32}}, {{"rate", 0.2}}});
    b.run({"random_uniform",
           {{{2}, DType::uint32}},
           {{"shape", flat}, {"dtype", "float32"}, {"minval", 0.0}, {"maxval", 1.0}}});
    b.run({"softmax", {floats(rows)}, {{"axis", -1}}});
  }
}

void products(Bench& b) {
  const struct {
    std::int64_t m, k, n;
  } shapes[] = {{64, 784, 64},   {64, 64, 64},       {64, 64, 10},
                {128, 512, 512}, {32, 128, 512},     {1, 512, 512},
                {3200, 64, 512}, {1024, 1024, 1024}, {256, 1024, 2048}};
  for (const auto& s : shapes) {
    b.run({"matmul",
           {floats({s.m, s.k}), floats({s.k, s.n})},
           {},
           2.0 * static_cast<double>(s.m * s.k * s.n)});
  }
}

Arguments parse(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i], value = argv[i + 1];
    if (key == "--threads")
      a.threads = std::stoi(value);
    else if (key == "--device")
      a.device = value;
    else if (key == "--precision")
      a.precision = value;
    else if (key == "--filter")
      a.filter = value;
    else if (key == "--seconds")
      a.seconds = std::stod(value);
    else
      throw Error("unknown option '" + key +
                  "'. Expected: --threads, --device, --precision, --filter or --seconds.");
  }
  if (argc % 2 == 0) throw Error("an option has no value.");
  return a;
}

}  // namespace

int main(int argc, char** argv) try {
  const Arguments a = parse(argc, argv);
  set_num_threads(a.threads);
  set_float32_matmul_precision(a.precision);
  Bench bench(a);
  pointwise(bench);
  reductions(bench);
  optimizers(bench);
  movement(bench);
  products(bench);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "bench_ops: %s\n", e.what());
  return 1;
}
