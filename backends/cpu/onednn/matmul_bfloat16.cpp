// matmul of bfloat16 with sums in float32, where the processor has such products: what
// set_float32_matmul_precision("medium") makes of float32 products. oneDNN runs on one thread; the
// rows are split over ours.
#include <string>

#include "backends/cpu/bfloat16.hpp"
#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/onednn/call.hpp"
#include "backends/cpu/onednn/types.hpp"
#include "backends/cpu/onednn/versions.hpp"
#include "backends/cpu/openmp.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "backends/shapes/gemm_shape.hpp"

namespace weft::cpu {
namespace {

using onednn::Call;
using onednn::Desc;
using Type = dnnl::memory::data_type;

constexpr std::size_t alignment = 256;

/// The product of some rows: its primitive, by their number.
struct Rows {
  dnnl::primitive primitive;
  Desc a, b, c, bias, scratch;
};

/// A state: one call per part.
struct Running {
  std::vector<Call> parts;
};

class Product {
 public:
  Product(const KernelRequest& r, int parts)
      : s_(r), epilogue_(r), result_(onednn::type_of(r.outputs[0].dtype)), parts_(parts) {}
  /// Empty, or why oneDNN is not for it.
  std::string create();
  std::size_t workspace_bytes() const { return static_cast<std::size_t>(parts_) * part_bytes_; }
  void run(const KernelArgs& args);

 private:
  std::int64_t begin(int part) const { return s_.m * part / parts_; }
  std::int64_t rows(int part) const { return begin(part + 1) - begin(part); }
  const Rows& of(int part) const { return sizes_[rows(part) == s_.m / parts_ ? 0 : 1]; }
  Rows make(std::int64_t rows) const;
  std::unique_ptr<Running> new_state() const;

  GemmShape s_;
  GemmEpilogue epilogue_;
  Type result_;
  int parts_;
  std::vector<Rows> sizes_;  // parts of the smallest size, and those with a row more
  std::size_t part_bytes_ = 0;
  onednn::States<Running> states_;
};

dnnl::algorithm algorithm_of(EpilogueActivation activation) {
  switch (activation) {
    case EpilogueActivation::sigmoid:
      return dnnl::algorithm::eltwise_logistic;
    case EpilogueActivation::tanh:
      return dnnl::algorithm::eltwise_tanh;
    default:
      return dnnl::algorithm::eltwise_relu;
  }
}

Rows Product::make(std::int64_t rows) const {
  const Desc a({rows, s_.k}, Type::bf16,
               s_.transpose_a ? onednn::Dims{1, s_.m} : onednn::Dims{s_.k, 1});
  const Desc b({s_.k, s_.n}, Type::bf16,
               s_.transpose_b ? onednn::Dims{1, s_.k} : onednn::Dims{s_.n, 1});
  const Desc c({rows, s_.n}, result_, onednn::Dims{s_.n, 1});
  const Desc bias = epilogue_.bias ? Desc({1, s_.n}, result_, onednn::Dims{s_.n, 1}) : Desc();
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (epilogue_.activation != EpilogueActivation::none) {
    dnnl::post_ops ops;
    onednn::append_activation(ops, algorithm_of(epilogue_.activation));
    attr.set_post_ops(ops);
  }
  const dnnl::matmul::primitive_desc desc =
      onednn::describe_matmul(a, b, bias, c, attr, onednn::engine());
  if (!desc) throw dnnl::error(dnnl_unimplemented, "no implementation");
  const std::string name = desc.impl_info_str();
  if (name.substr(0, 3) == "ref") throw Error(name);
  return {dnnl::primitive(desc.get()), a, b, c, bias, desc.scratchpad_desc()};
}

std::string Product::create() {
  const OneOpenmpThread one;
  try {
    sizes_.push_back(make(s_.m / parts_));
    if (s_.m % parts_ != 0) sizes_.push_back(make(s_.m / parts_ + 1));
  } catch (const dnnl::error& e) {
    return std::string("oneDNN has nothing for it: ") + e.what();
  } catch (const Error& e) {
    return std::string("oneDNN has only its reference: ") + e.what();
  }
  for (const Rows& z : sizes_)
    part_bytes_ =
        std::max(part_bytes_, (z.scratch.get_size() + alignment - 1) / alignment * alignment);
  states_.add(new_state());
  return {};
}

std::unique_ptr<Running> Product::new_state() const {
  auto state = std::make_unique<Running>();
  for (int i = 0; i < parts_; ++i) {
    const Rows& z = of(i);
    Call::Arguments arguments = {{DNNL_ARG_SRC, z.a},
                                 {DNNL_ARG_WEIGHTS, z.b},
                                 {DNNL_ARG_DST, z.c},
                                 {DNNL_ARG_SCRATCHPAD, z.scratch}};
    if (epilogue_.bias) arguments.emplace_back(DNNL_ARG_BIAS, z.bias);
    state->parts.emplace_back(z.primitive, arguments);
  }
  return state;
}

void Product::run(const KernelArgs& args) {
  const auto state = states_.take([this] { return new_state(); });
  const auto item = static_cast<std::int64_t>(onednn::bytes_of(result_));
  s_.batches([&](std::int64_t a, std::int64_t b, std::int64_t c) {
    for (int i = 0; i < parts_; ++i) {
      Call& call = state->parts[static_cast<std::size_t>(i)];
      const std::int64_t first = begin(i);
      call.bind(0, args.in<char>(0) + 2 * (a + (s_.transpose_a ? first : first * s_.k)));
      call.bind(1, args.in<char>(1) + 2 * b);
      call.bind(2, args.out<char>(0) + item * (c + first * s_.n));
      call.bind(3, static_cast<char*>(args.workspace) + static_cast<std::size_t>(i) * part_bytes_);
      if (epilogue_.bias) call.bind(4, args.in<void>(2));
    }
    parallel_parts(parts_, [&](int i) { state->parts[static_cast<std::size_t>(i)].execute(); });
  });
}

/// A thread is worth a million multiplications of bfloat16.
int parts_of(const GemmShape& s) {
  const double most = static_cast<double>(s.m * s.n) * static_cast<double>(s.k) / 1e6;
  return static_cast<int>(std::clamp(std::min(most, static_cast<double>(s.m)), 1.0,
                                     static_cast<double>(num_threads())));
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const GemmShape s(r);
  if (!(r.inputs[0].dtype == DType::bfloat16) || !onednn::is_product(r)) {
    why_not = "only bfloat16";
    return {};
  }
  if (!has_bfloat16_products()) {
    why_not = "the processor has no products of bfloat16";
    return {};
  }
  if (s.m == 0 || s.n == 0 || s.k == 0) {
    why_not = "nothing to compute";
    return {};
  }
  const auto product = std::make_shared<Product>(r, parts_of(s));
  why_not = product->create();
  if (!why_not.empty()) return {};
  return {.run = [product](const KernelArgs& args) { product->run(args); },
          .workspace_bytes = product->workspace_bytes()};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void onednn_matmul_bfloat16(KernelTable& table) {
  table.add("matmul", {.name = "onednn_bfloat16", .prepare = cpu::prepare});
}
}  // namespace weft::registration
