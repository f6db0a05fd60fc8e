// Eager calls keep the kernels that they prepared, as long as nothing changes that kernels are
// prepared for.
#include <weft/core/backend.h>
#include <weft/core/op.h>
#include <weft/core/settings.h>

#include "tests/harness/catch.h"
#include "tests/harness/keep_settings.h"

using namespace weft;

namespace {

int prepared = 0;

PreparedKernel prepare(const KernelRequest&, std::string&) {
  ++prepared;
  return {.run = [](const KernelArgs& a) { a.out<float>(0)[0] = a.in<float>(0)[0]; }};
}

}  // namespace

TEST_CASE("an eager call's kernel is prepared once, and again when the settings have changed") {
  register_op(
      {.name = "test_counted", .infer = [](const std::vector<TensorSpec>& inputs, const Config&) {
         return std::vector<TensorSpec>{inputs[0]};
       }});
  backend("cpu").kernels().add("test_counted", {.name = "counted", .prepare = prepare});
  const Tensor x = Tensor(2.0F).reshape({1});
  const auto call = [&] { CHECK(apply_one("test_counted", {x}).item<float>() == 2); };
  call();
  call();
  CHECK(prepared == 1);
  const test::KeepSettings keep;
  set_num_threads(num_threads() + 1);
  call();
  CHECK(prepared == 2);
  set_deterministic(true);
  call();
  call();
  CHECK(prepared == 3);
}
