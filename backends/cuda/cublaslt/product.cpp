#include "backends/cuda/cublaslt/product.hpp"

#include <weft/core/error.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <unordered_map>

namespace weft::cuda::cublaslt {
namespace {

struct Key {
  const Handle* handle;
  Description description;
  friend bool operator==(const Key&, const Key&) = default;
};

struct Hash {
  std::size_t operator()(const Key& key) const {
    const Description& d = key.description;
    std::size_t h = std::hash<const void*>()(key.handle);
    const std::int64_t flags = (d.transpose_a ? 1 : 0) | (d.transpose_b ? 2 : 0) |
                               (d.bias ? 4 : 0) | (d.tf32 ? 8 : 0) | (d.sums_in_result ? 16 : 0) |
                               d.operands.code() << 8 | d.result.code() << 16;
    for (const std::int64_t v : {d.m, d.n, d.k, d.lead_a, d.lead_b, d.lead_d, d.batch, d.step_a,
                                 d.step_b, d.step_d, flags})
      h ^= static_cast<std::size_t>(v) + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
    return h;
  }
};

/// Dense sizes are numbers of 32 bits within cuBLASLt.
bool is_too_large(const Description& d) {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  return std::max({d.m, d.n, d.k, d.batch, d.lead_a, d.lead_b, d.lead_d}) > most;
}

bool is_wide(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address) % widest_access == 0;
}

}  // namespace

bool Product::are_wide(const Addresses& at) {
  return is_wide(at.a) && is_wide(at.b) && is_wide(at.d);
}

std::shared_ptr<const Product> Product::find(const Description& description) {
  static std::mutex mutex;
  static auto* products = new std::unordered_map<Key, std::shared_ptr<const Product>, Hash>;
  constexpr std::size_t capacity = 4096;  // some megabytes
  Handle& handle = Handle::of_current_device();
  const std::lock_guard lock(mutex);
  const Key key{&handle, description};
  if (const auto found = products->find(key); found != products->end()) return found->second;
  if (products->size() >= capacity) products->clear();
  return products->emplace(key, std::make_shared<Product>(description, handle)).first->second;
}

Product::Product(const Description& description, Handle& handle)
    : description_(description), handle_(handle) {
  if (is_too_large(description_)) {
    why_not_ = "a size of 2^31 or more";
    return;
  }
  const std::lock_guard lock(handle_.mutex());
  layouts_ = std::make_unique<Layouts>(description_);
  plain_ = make_operation(description_, false);
  for_wide_ = ask({widest_access, widest_access});
  if (!for_wide_) {
    why_not_ = "cuBLASLt has no algorithm for " + description_.text();
    return;
  }
  for_any_ = ask(element_alignment(description_));
  if (description_.bias) {
    biased_ = make_operation(description_, true);
    for_bias_ = with_bias(*for_wide_);
  }
  for (const auto* algorithm : {&for_wide_, &for_any_, &for_bias_}) {
    if (*algorithm) workspace_bytes_ = std::max(workspace_bytes_, (*algorithm)->workspace_bytes);
  }
}

std::optional<Product::Algorithm> Product::ask(Alignment alignment) {
  const Preference preference = make_preference(description_, handle_.workspace_limit(), alignment);
  cublasLtMatmulHeuristicResult_t found = {};
  int count = 0;
  const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
      handle_.get(), plain_.get(), layouts_->first.get(), layouts_->second.get(),
      layouts_->result.get(), layouts_->result.get(), preference.get(), 1, &found, &count);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return {};
  check(status, "cublasLtMatmulAlgoGetHeuristic", description_.text());
  if (count == 0 || found.state != CUBLAS_STATUS_SUCCESS) return {};
  return Algorithm{found.algo, found.workspaceSize};
}

// Asked anew, cuBLASLt might choose another one, whose sums have other bits: a plan, which has bias
// and product in one, would not give what they give one after the other.
std::optional<Product::Algorithm> Product::with_bias(const Algorithm& without) {
  cublasLtMatmulHeuristicResult_t result = {};
  const cublasStatus_t status = cublasLtMatmulAlgoCheck(
      handle_.get(), biased_.get(), layouts_->first.get(), layouts_->second.get(),
      layouts_->result.get(), layouts_->result.get(), &without.configuration, &result);
  // Any answer but yes is a no: the product runs without.
  if (status != CUBLAS_STATUS_SUCCESS || result.state != CUBLAS_STATUS_SUCCESS ||
      result.workspaceSize > handle_.workspace_limit())
    return {};
  return Algorithm{without.configuration, result.workspaceSize};
}

bool Product::adds_bias(const Addresses& at) const {
  return at.bias != nullptr && for_bias_ && !refuses_bias_ && are_wide(at) && is_wide(at.bias);
}

Product::Choice Product::choose(const Addresses& at) const {
  if (at.bias != nullptr) {
    if (!adds_bias(at)) throw DeviceError("cuda: no bias is added to " + description_.text());
    return {biased_, *for_bias_};
  }
  if (are_wide(at) && for_wide_) return {plain_, *for_wide_};
  if (!for_any_) {
    throw DeviceError("cuda: cuBLASLt has no algorithm for " + description_.text() +
                      " at these addresses. Expected: multiples of 16 bytes.");
  }
  return {plain_, *for_any_};
}

bool Product::run(const Addresses& at, double alpha, double beta, void* workspace,
                  cudaStream_t stream) const {
  const bool wide_scale = scale_type_of(description_.operands) == CUDA_R_64F;
  const float alpha32 = static_cast<float>(alpha), beta32 = static_cast<float>(beta);
  const void* const a = wide_scale ? static_cast<const void*>(&alpha) : &alpha32;
  const void* const b = wide_scale ? static_cast<const void*>(&beta) : &beta32;
  const std::lock_guard lock(handle_.mutex());
  const auto multiply = [&](const Choice& choice) {
    return cublasLtMatmul(handle_.get(), choice.operation.get(), a, at.b, layouts_->first.get(),
                          at.a, layouts_->second.get(), b, at.d, layouts_->result.get(), at.d,
                          layouts_->result.get(), &choice.algorithm.configuration, workspace,
                          choice.algorithm.workspace_bytes, stream);
  };
  if (at.bias != nullptr) {
    const Choice choice = choose(at);
    check(cublasLtMatmulDescSetAttribute(choice.operation.get(), CUBLASLT_MATMUL_DESC_BIAS_POINTER,
                                         &at.bias, sizeof(at.bias)),
          "cublasLtMatmulDescSetAttribute", description_.text());
    if (multiply(choice) == CUBLAS_STATUS_SUCCESS) return true;
    refuses_bias_ = true;
  }
  Addresses without = at;
  without.bias = nullptr;
  check(multiply(choose(without)), "cublasLtMatmul", description_.text());
  return false;
}

}  // namespace weft::cuda::cublaslt
