// The element types of weft and of oneDNN.
#pragma once
#include <weft/core/backend.h>
#include <oneapi/dnnl/dnnl.hpp>

namespace weft::cpu::onednn {

/// Whether it is a product of float32, or of bfloat16 with a result in bfloat16 or float32.
inline bool is_product(const KernelRequest& r) {
  const DType in = r.inputs[0].dtype, out = r.outputs[0].dtype;
  return (in == out && in == DType::float32) ||
         (in == DType::bfloat16 && (out == in || out == DType::float32));
}

inline dnnl::memory::data_type type_of(DType dtype) {
  return dtype == DType::bfloat16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
}

inline std::size_t bytes_of(dnnl::memory::data_type type) {
  return type == dnnl::memory::data_type::bf16 ? 2 : 4;
}

}  // namespace weft::cpu::onednn
