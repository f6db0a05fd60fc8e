// What differs between oneDNN 2 and oneDNN 3, in one place: 3.0 did away with operation descriptors
// and with the scale of a post-op.
#pragma once
#include <oneapi/dnnl/dnnl.hpp>

namespace weft::cpu::onednn {

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;

/// A convolution as oneDNN describes it; `bias` is empty when there is none.
struct ConvDesc {
  Desc src, weights, bias, dst;
  Dims strides, dilates, before, behind;
};

using ForwardDesc = dnnl::convolution_forward::primitive_desc;
using BackwardDataDesc = dnnl::convolution_backward_data::primitive_desc;
using BackwardWeightsDesc = dnnl::convolution_backward_weights::primitive_desc;

// Each returns an empty descriptor or throws dnnl::error where oneDNN has no implementation.

inline ForwardDesc describe_forward(const ConvDesc& c, dnnl::prop_kind kind,
                                    const dnnl::primitive_attr& attr, const dnnl::engine& engine) {
  constexpr auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  if (c.bias.is_zero())
    return {engine,    kind,      algorithm, c.src,    c.weights, c.dst,
            c.strides, c.dilates, c.before,  c.behind, attr,      true};
  return {engine,    kind,      algorithm, c.src,    c.weights, c.bias, c.dst,
          c.strides, c.dilates, c.before,  c.behind, attr,      true};
#else
  return {
      {kind, algorithm, c.src, c.weights, c.bias, c.dst, c.strides, c.dilates, c.before, c.behind},
      attr,
      engine,
      true};
#endif
}

inline BackwardDataDesc describe_backward_data(const ConvDesc& c, const dnnl::primitive_attr& attr,
                                               const dnnl::engine& engine,
                                               const ForwardDesc& hint) {
  constexpr auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  return {engine,    algorithm, c.src,    c.weights, c.dst, c.strides,
          c.dilates, c.before,  c.behind, hint,      attr,  true};
#else
  return {{algorithm, c.src, c.weights, c.dst, c.strides, c.dilates, c.before, c.behind},
          attr,
          engine,
          hint,
          true};
#endif
}

inline BackwardWeightsDesc describe_backward_weights(const ConvDesc& c,
                                                     const dnnl::primitive_attr& attr,
                                                     const dnnl::engine& engine,
                                                     const ForwardDesc& hint) {
  constexpr auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  return {engine,    algorithm, c.src,    c.weights, c.dst, c.strides,
          c.dilates, c.before,  c.behind, hint,      attr,  true};
#else
  return {{algorithm, c.src, c.weights, c.dst, c.strides, c.dilates, c.before, c.behind},
          attr,
          engine,
          hint,
          true};
#endif
}

/// `bias` is empty when there is none.
inline dnnl::matmul::primitive_desc describe_matmul(const Desc& a, const Desc& b, const Desc& bias,
                                                    const Desc& c, const dnnl::primitive_attr& attr,
                                                    const dnnl::engine& engine) {
#if DNNL_VERSION_MAJOR >= 3
  if (bias.is_zero()) return {engine, a, b, c, attr, true};
  return {engine, a, b, bias, c, attr, true};
#else
  return {bias.is_zero() ? dnnl::matmul::desc(a, b, c) : dnnl::matmul::desc(a, b, bias, c), attr,
          engine, true};
#endif
}

inline void append_activation(dnnl::post_ops& ops, dnnl::algorithm activation) {
#if DNNL_VERSION_MAJOR >= 3
  ops.append_eltwise(activation, 0.0f, 0.0f);
#else
  ops.append_eltwise(1.0f, activation, 0.0f, 0.0f);
#endif
}

}  // namespace weft::cpu::onednn
