// matmul by cuBLASLt.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "backends/cuda/cublaslt/batches.hpp"
#include "backends/cuda/cublaslt/product.hpp"
#include "backends/cuda/epilogue.hpp"
#include "backends/cuda/planning.hpp"
#include "backends/cuda/stream.hpp"

namespace weft::cuda::cublaslt {
namespace {

using kernels::EpilogueActivation;
using kernels::GemmEpilogue;
using kernels::GemmShape;

bool takes(const KernelRequest& r, std::string& why_not) {
  const DType in = r.inputs[0].dtype, out = r.outputs[0].dtype;
  if (in.is_floating() && (in == out || (in == DType::bfloat16 && out == DType::float32)))
    return true;
  why_not = "not for operands of " + in.name() + " with a result of " + out.name();
  return false;
}

/// The op's bits are those of a product, an addition and an activation one after the other. So of
/// what comes behind the sums only the bias is cuBLASLt's, and only where the sums have the
/// result's precision; the rest is done to the result, by a kernel of our own.
bool may_add_bias(DType result) { return result.itemsize() > 2; }

class Matmul {
 public:
  explicit Matmul(const KernelRequest& r)
      : shape_(r), epilogue_(r), operands_(r.inputs[0].dtype), result_(r.outputs[0].dtype) {}

  /// Empty, or why not.
  std::string prepare();
  std::size_t workspace_bytes() const { return workspace_bytes_; }
  void run(const KernelArgs& args) const;

 private:
  struct Call {
    std::shared_ptr<const Product> product;
    std::int64_t a, b, d, rows;  ///< where it begins, in bytes; rows of D
  };
  Description describe(const BatchGroup& group) const;
  void run(const Call& call, const KernelArgs& args) const;

  GemmShape shape_;
  GemmEpilogue epilogue_;
  DType operands_, result_;
  std::vector<Call> calls_;
  std::size_t workspace_bytes_ = 0;
};

Description Matmul::describe(const BatchGroup& group) const {
  Description d;
  d.operands = operands_;
  d.result = result_;
  d.m = shape_.m;
  d.n = shape_.n;
  d.k = shape_.k;
  d.transpose_a = shape_.transpose_a;
  d.transpose_b = shape_.transpose_b;
  d.lead_a = shape_.transpose_a ? shape_.m : shape_.k;
  d.lead_b = shape_.transpose_b ? shape_.k : shape_.n;
  d.lead_d = shape_.n;
  d.batch = group.count;
  d.step_a = group.step_a;
  d.step_b = group.step_b;
  d.step_d = group.count == 1 ? 0 : shape_.m * shape_.n;
  d.bias = epilogue_.bias && may_add_bias(result_);
  d.follow_settings();
  return d;
}

std::string Matmul::prepare() {
  if (shape_.m == 0 || shape_.n == 0 || shape_.k == 0 || shape_.batch_count() == 0)
    return "nothing to multiply";
  const auto in = static_cast<std::int64_t>(operands_.itemsize()),
             out = static_cast<std::int64_t>(result_.itemsize());
  for (const BatchGroup& group : group_batches(shape_)) {
    auto product = Product::find(describe(group));
    if (!product->why_not().empty()) return product->why_not();
    workspace_bytes_ = std::max(workspace_bytes_, product->workspace_bytes());
    calls_.push_back(
        {std::move(product), group.a * in, group.b * in, group.d * out, group.count * shape_.m});
  }
  return {};
}

void Matmul::run(const KernelArgs& args) const {
  for (const Call& call : calls_) run(call, args);
}

void Matmul::run(const Call& call, const KernelArgs& args) const {
  const void* bias = epilogue_.bias ? args.in<void>(2) : nullptr;
  Addresses at{.a = args.in<char>(0) + call.a,
               .b = args.in<char>(1) + call.b,
               .d = args.out<char>(0) + call.d,
               .bias = bias};
  if (!call.product->adds_bias(at)) at.bias = nullptr;
  if (call.product->run(at, 1, 0, args.workspace,
                        static_cast<cudaStream_t>(stream_of(args.stream).handle())))
    bias = nullptr;
  if (bias != nullptr || epilogue_.activation != EpilogueActivation::none)
    finish_product(result_, epilogue_.activation, bias, call.rows, shape_.n, at.d, args.stream);
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  if (!takes(r, why_not)) return {};
  if (preparing_backend().only_plans())
    return {.run = refuse_to_run, .workspace_bytes = at_most(workspace_limit(planned_major))};
  const auto matmul = std::make_shared<Matmul>(r);
  why_not = matmul->prepare();
  if (!why_not.empty()) return {};
  return {.run = [matmul](const KernelArgs& args) { matmul->run(args); },
          .workspace_bytes = matmul->workspace_bytes()};
}

}  // namespace
}  // namespace weft::cuda::cublaslt

namespace weft::registration {

void cublaslt_matmul(KernelTable& table) {
  table.add("matmul", {.name = "cublaslt", .prepare = cuda::cublaslt::prepare});
}

}  // namespace weft::registration
