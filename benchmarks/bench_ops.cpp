// Time of single kernels beside the machine's peaks, one line of JSON per op and shape.
//   bench_ops [--threads N] [--filter TEXT] [--seconds S]
// "gb_s" counts every input and output once; "triad_gb_s" is what a = b + 3 c does in a working set
// of the same size, measured in turn with the kernel; "share" is their ratio (for products: gflop_s
// to the peak of fused multiply-adds). Times are the least of many samples: neighbours on the same
// machine can only add to them.
#include <weft/core/backend.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "backends/cpu/isa.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "benchmarks/common/peaks.hpp"
#include "core/registration.hpp"
#include "generated/commit.hpp"

using namespace weft;

namespace {

using Clock = std::chrono::steady_clock;
using Specs = std::vector<TensorSpec>;

struct Arguments {
  int threads = 1;
  std::string filter;
  double seconds = 0.05;  // per case
};

double seconds_of(const std::vector<double>& samples) {
  return *std::min_element(samples.begin(), samples.end());
}

/// A call that lasts long enough for the clock.
template <class F>
double sample(long repeats, F&& f) {
  const auto begin = Clock::now();
  for (long i = 0; i < repeats; ++i) f();
  return std::chrono::duration<double>(Clock::now() - begin).count() / static_cast<double>(repeats);
}

std::size_t bytes_of(const TensorSpec& s) {
  return static_cast<std::size_t>(s.shape.size()) * s.dtype.itemsize();
}

struct Buffer {
  explicit Buffer(std::size_t bytes) : memory(new std::byte[bytes + 64]) {
    const auto address = reinterpret_cast<std::uintptr_t>(memory.get());
    data = memory.get() + (64 - address % 64) % 64;
  }
  std::unique_ptr<std::byte[]> memory;
  std::byte* data;
};

/// Numbers in (0.5, 1.5) for floats, 0 and 1 for the rest.
void put_numbers(const TensorSpec& spec, std::byte* data) {
  const auto n = static_cast<std::size_t>(spec.shape.size());
  if (spec.dtype == DType::float32) {
    for (std::size_t i = 0; i < n; ++i)
      reinterpret_cast<float*>(data)[i] = 0.5f + static_cast<float>(i * 7919 % 1000) * 1e-3f;
  } else {
    const std::size_t size = spec.dtype.itemsize();
    std::memset(data, 0, n * size);
    for (std::size_t i = 0; i < n; i += 3) data[i * size] = std::byte{1};
  }
}

struct Case {
  std::string op;
  Specs inputs;
  Config attrs = {};
  double flops = 0;  // 0: bound by memory
};

class Bench {
 public:
  explicit Bench(Arguments a) : a_(std::move(a)) {
    peak_ = bench::peak_operations_per_second() * a_.threads;
    std::printf(
        "{\"op\": \"(machine)\", \"isa\": \"%s\", \"threads\": %d, \"peak_gflop_s\": %.1f, "
        "\"commit\": \"%s\"}\n",
        cpu::isa_name(cpu::isa()), a_.threads, peak_ / 1e9, WEFT_COMMIT);
  }

  void run(const Case& c) {
    if (!a_.filter.empty() && c.op.find(a_.filter) == std::string::npos) return;
    const OpDef& op = find_op(c.op);
    const Specs outputs = op.infer(c.inputs, c.attrs);
    const PreparedKernel kernel =
        backend("cpu").kernels().prepare({op, c.attrs, c.inputs, outputs});
    std::vector<Buffer> buffers;
    std::vector<const void*> in;
    std::vector<void*> out;
    std::size_t bytes = 0;
    std::int64_t elements = 0;
    for (const Specs* list : {&c.inputs, &outputs}) {
      for (const TensorSpec& spec : *list) {
        buffers.emplace_back(bytes_of(spec));
        put_numbers(spec, buffers.back().data);
        bytes += bytes_of(spec);
        elements = std::max<std::int64_t>(elements, spec.shape.size());
        if (list == &outputs)
          out.push_back(buffers.back().data);
        else
          in.push_back(buffers.back().data);
      }
    }
    const Buffer workspace(kernel.workspace_bytes);
    const KernelArgs args{in.data(), out.data(), workspace.data, nullptr};
    measure(c, kernel, args, bytes, static_cast<double>(elements));
  }

 private:
  void measure(const Case& c, const PreparedKernel& kernel, const KernelArgs& args,
               std::size_t bytes, double elements) {
    const std::size_t n = std::max<std::size_t>(bytes / 12, 64);
    const Buffer x(n * 4), y(n * 4), z(n * 4);
    for (const Buffer* b : {&x, &y, &z}) std::memset(b->data, 0, n * 4);
    const auto triad = [&] {
      cpu::parallel_for(static_cast<std::int64_t>(n), 16384,
                        [&](std::int64_t from, std::int64_t to) {
                          bench::triad(reinterpret_cast<float*>(x.data) + from,
                                       reinterpret_cast<const float*>(y.data) + from,
                                       reinterpret_cast<const float*>(z.data) + from,
                                       static_cast<std::size_t>(to - from));
                        });
    };
    const auto call = [&] { kernel.run(args); };
    const auto repeats = [](double once) {
      return std::max(1L, static_cast<long>(100e-6 / std::max(once, 1e-8)));
    };
    call();
    triad();
    const long calls = repeats(sample(3, call)), triads = repeats(sample(3, triad));
    std::vector<double> kernel_times, triad_times;
    const auto begin = Clock::now();
    do {
      kernel_times.push_back(sample(calls, call));
      triad_times.push_back(sample(triads, triad));
    } while (kernel_times.size() < 7 ||
             std::chrono::duration<double>(Clock::now() - begin).count() < a_.seconds);
    report(c, kernel, bytes, elements, seconds_of(kernel_times),
           static_cast<double>(n) * 12 / seconds_of(triad_times));
  }

  void report(const Case& c, const PreparedKernel& kernel, std::size_t bytes, double elements,
              double seconds, double triad) const {
    std::string shapes;
    for (std::size_t i = 0; i < c.inputs.size() && i < 3; ++i)
      shapes += (i == 0 ? "" : " ") + c.inputs[i].shape.to_string();
    const double rate = static_cast<double>(bytes) / seconds;
    const double share = c.flops > 0 ? c.flops / seconds / peak_ : rate / triad;
    std::printf(
        "{\"op\": \"%s\", \"kernel\": \"%s\", \"shapes\": \"%s\", \"threads\": %d, \"us\": %.3f, "
        "\"bytes\": %zu, \"gb_s\": %.1f, \"triad_gb_s\": %.1f, \"gelem_s\": %.2f, \"gflop_s\": "
        "%.1f, \"share\": %.2f}\n",
        c.op.c_str(), kernel.name.c_str(), shapes.c_str(), a_.threads, seconds * 1e6, bytes,
        rate / 1e9, triad / 1e9, elements / seconds / 1e9, c.flops / seconds / 1e9, share);
  }

  Arguments a_;
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
    else if (key == "--filter")
      a.filter = value;
    else if (key == "--seconds")
      a.seconds = std::stod(value);
    else
      throw Error("unknown option '" + key + "'. Expected: --threads, --filter or --seconds.");
  }
  if (argc % 2 == 0) throw Error("an option has no value.");
  return a;
}

}  // namespace

int main(int argc, char** argv) try {
  const Arguments a = parse(argc, argv);
  set_num_threads(a.threads);
  detail::ensure_registered();
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
