// A program of its own, compiled with ThreadSanitizer: kernels on threads of the host. `races
// right` ends without a word; `races wrong` and `races blocks` are reported.
#include <cstdio>
#include <string_view>

#include "tests/cuda_host/emulated_device.h"
#include "tests/cuda_host/planted.h"

using namespace weft;
using namespace weft::cuda;

namespace {

__global__ void sum_kernel(const float* x, float* y) {
  const float sum = block_reduce(x[blockIdx.x * blockDim.x + threadIdx.x], 0.0F, Sum());
  y[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

__global__ void refuse_kernel(RefusalTable table) { refuse(table, 0, threadIdx.x, 1); }

// The emulation's fibers on this thread, as most tests use it: ThreadSanitizer must understand
// them.
void run_on_fibers() {
  emulate::set_on_threads(false);
  test::EmulatedDevice d;
  float* y = d.make<float>(128);
  launch(sum_kernel, {.blocks = 2, .threads = 64}, d.stream(),
         d.make(std::vector<float>(128, 1.0F)), y);
  if (d.read(y, 128)[100] != 64) std::puts("a wrong sum");
}

}  // namespace

int main(int, char** arguments) {
  const std::string_view what = arguments[1];
  run_on_fibers();
  emulate::set_on_threads(true);
  test::EmulatedDevice d;
  float* x = d.make(std::vector<float>(128, 1.0F));
  float* y = d.make<float>(128);
  auto* names = d.make<unsigned>(4);
  if (what == "wrong") {
    launch(test::reverse_kernel<false>, {.threads = 64}, d.stream(), x, y);
  } else if (what == "blocks") {
    launch(test::name_kernel<false>, {.blocks = 4, .threads = 32}, d.stream(), names);
  } else {
    launch(test::reverse_kernel<true>, {.threads = 64}, d.stream(), x, y);
    launch(test::name_kernel<true>, {.blocks = 4, .threads = 32}, d.stream(), names);
    launch(sum_kernel, {.blocks = 2, .threads = 64}, d.stream(), x, y);
    RefusalTable table;
    table.flag = d.make(std::vector<unsigned>{0});
    table.entries = d.make(std::vector<Refusal>(1));
    launch(refuse_kernel, {.blocks = 2, .threads = 32}, d.stream(), table);
    if (d.read(y, 128)[5] != 64 || d.read(table.flag, 1)[0] != 1) std::puts("a wrong result");
  }
  return 0;
}
