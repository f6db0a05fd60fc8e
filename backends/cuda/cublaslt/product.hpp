// Products of matrices by cuBLASLt: described once, run often.
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "backends/cuda/cublaslt/descriptors.hpp"
#include "backends/cuda/cublaslt/handle.hpp"

namespace weft::cuda::cublaslt {

/// Where the matrices of one run begin.
struct Addresses {
  const void* a = nullptr;
  const void* b = nullptr;
  void* d = nullptr;
  const void* bias = nullptr;  ///< null: none is added
};

/// The algorithm that cuBLASLt chose for a product on one device, and the descriptors that it
/// takes. It does not change, and may be run by several threads.
class Product {
 public:
  /// That of a description on the current device; cuBLASLt is asked only once. Not in a capture,
  /// unless the product is there already.
  static std::shared_ptr<const Product> find(const Description& description);
  Product(const Description& description, Handle& handle);

  /// Empty, or why cuBLASLt cannot run it.
  const std::string& why_not() const { return why_not_; }
  /// 256-byte aligned.
  std::size_t workspace_bytes() const { return workspace_bytes_; }
  /// Whether it adds the bias of `at` itself, to the bits that a product without one would have.
  bool adds_bias(const Addresses& at) const;
  /// Whether it has an algorithm for these addresses; run() throws where it has none.
  bool can_run(const Addresses& at) const { return for_any_ || (are_wide(at) && for_wide_); }
  /// Puts it on the stream. What is in D is read only where beta is not 0. A bias is given only
  /// where adds_bias() is true. Returns whether it was added: cuBLASLt may refuse when it comes to
  /// it, and is then not asked again.
  bool run(const Addresses& at, double alpha, double beta, void* workspace,
           cudaStream_t stream) const;

 private:
  struct Algorithm {
    cublasLtMatmulAlgo_t configuration;
    std::size_t workspace_bytes;
  };
  struct Choice {
    const Operation& operation;
    const Algorithm& algorithm;
  };
  std::optional<Algorithm> ask(Alignment alignment);
  /// The same algorithm with a bias behind it.
  std::optional<Algorithm> with_bias(const Algorithm& without);
  Choice choose(const Addresses& at) const;
  static bool are_wide(const Addresses& at);

  Description description_;
  Handle& handle_;
  std::string why_not_;
  // Null and empty where why_not_ is not.
  std::unique_ptr<Layouts> layouts_;
  Operation plain_, biased_;
  std::optional<Algorithm> for_wide_, for_any_, for_bias_;  // by the alignment of the addresses
  std::size_t workspace_bytes_ = 0;
  mutable std::atomic<bool> refuses_bias_{false};
};

}  // namespace weft::cuda::cublaslt
