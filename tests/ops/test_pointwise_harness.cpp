// The conformance harness finds what is wrong: ops with one mistake each, whose cases must fail.
#include <weft/core/backend.h>

#include "tests/harness/catch.h"
#include "tests/harness/op_case.h"

namespace weft::testing {
namespace {

using Specs = std::vector<TensorSpec>;

Specs same(const Specs& in, const Config&) { return in; }
Specs one_row_more(const Specs& in, const Config&) {
  Specs out = in;
  if (!out[0].shape[0].known()) out[0].shape.set(0, 7);  // sound for numbers, wrong for None
  return out;
}
std::vector<Tensor> twice(const GradArgs& g) { return {g.grads[0] * 2}; }
std::vector<Tensor> thrice(const GradArgs& g) { return {g.grads[0] * 3}; }
/// Right once, and a constant where it should depend on x.
std::vector<Tensor> forgets_x(const GradArgs& g) {
  return {g.grads[0] * 2 * Tensor::from(g.inputs[0].to_vector<double>(), g.inputs[0].shape())};
}

PreparedKernel prepare_twice(const KernelRequest& request, std::string&) {
  const std::int64_t n = request.outputs[0].shape.size();
  const bool wide = request.outputs[0].dtype == DType::float64;
  PreparedKernel kernel;
  kernel.run = [n, wide](const KernelArgs& a) {
    for (std::int64_t i = 0; i < n; ++i) {
      if (wide)
        a.out<double>(0)[i] = 2 * a.in<double>(0)[i];
      else
        a.out<float>(0)[i] = 2 * a.in<float>(0)[i];
    }
  };
  return kernel;
}

/// Prepared anew it computes something else, as a kernel would that depends on more than its
/// inputs.
PreparedKernel prepare_moody(const KernelRequest& request, std::string&) {
  static int prepared = 0;
  const std::int64_t n = request.outputs[0].shape.size();
  const auto factor = static_cast<float>(2 + 1e-7 * ++prepared);
  PreparedKernel kernel;
  kernel.run = [n, factor](const KernelArgs& a) {
    for (std::int64_t i = 0; i < n; ++i) a.out<float>(0)[i] = factor * a.in<float>(0)[i];
  };
  return kernel;
}

PreparedKernel prepare_square(const KernelRequest& request, std::string&) {
  const std::int64_t n = request.outputs[0].shape.size();
  PreparedKernel kernel;
  kernel.run = [n](const KernelArgs& a) {
    for (std::int64_t i = 0; i < n; ++i)
      a.out<double>(0)[i] = a.in<double>(0)[i] * a.in<double>(0)[i];
  };
  return kernel;
}

OpCase doubling(const char* name, decltype(OpDef::infer) infer, decltype(OpDef::grad) grad,
                decltype(KernelEntry::prepare) prepare = &prepare_twice) {
  register_op({name, infer, grad});
  backend("cpu").kernels().add(name, {"test", false, prepare});
  OpCase c;
  c.op = name;
  c.inputs = {{{3, 5}}};
  c.formula = [](const std::vector<Array>& in) {
    return std::vector<Array>{map(in[0], [](double x) { return 2 * x; })};
  };
  return c;
}

}  // namespace

TEST_CASE("the harness passes an op without mistake", "[conformance][cpu]") {
  OpCase c = doubling("test_right", &same, &twice);
  c.second_order = true;
  run_case(c);
}

TEST_CASE("the harness finds a wrong value", "[conformance][cpu][!shouldfail]") {
  OpCase c = doubling("test_wrong_value", &same, &twice);
  c.formula = [](const std::vector<Array>& in) {
    return std::vector<Array>{map(in[0], [](double x) { return 2.0001 * x; })};
  };
  run_case(c);
}

TEST_CASE("the harness finds a wrong dtype", "[conformance][cpu][!shouldfail]") {
  OpCase c = doubling("test_wrong_dtype", &same, &twice);
  c.output_dtypes = {DType::float64};
  c.gradient = c.plan = false;
  run_case(c);
}

TEST_CASE("the harness finds a wrong gradient", "[conformance][cpu][!shouldfail]") {
  run_case(doubling("test_wrong_gradient", &same, &thrice));
}

TEST_CASE("the harness finds a missing gradient", "[conformance][cpu][!shouldfail]") {
  run_case(doubling("test_no_gradient", &same, nullptr));
}

TEST_CASE("the harness finds a wrong second gradient", "[conformance][cpu][!shouldfail]") {
  OpCase c = doubling("test_second_gradient", &same, &forgets_x, &prepare_square);
  c.inputs[0].dtype = DType::float64;
  c.formula = {};
  c.plan = false;
  c.second_order = true;
  run_case(c);
}

TEST_CASE("the harness finds an inference that is wrong for None",
          "[conformance][cpu][!shouldfail]") {
  run_case(doubling("test_wrong_none", &one_row_more, &twice));
}

TEST_CASE("the harness finds a plan that differs from eager calls by one bit",
          "[conformance][cpu][!shouldfail]") {
  OpCase c = doubling("test_moody", &same, &twice, &prepare_moody);
  c.gradient = false;
  c.tolerance = 1e-3;
  run_case(c);
}

}  // namespace weft::testing
