// weft's dtypes as cuDNN's.
#pragma once
#include <cudnn.h>
#include <weft/core/dtype.h>

namespace weft::cuda::cudnn {

/// Of a floating dtype.
inline cudnnDataType_t type_of(DType dtype) {
  switch (dtype.code()) {
    case DType::float16:
      return CUDNN_DATA_HALF;
    case DType::bfloat16:
      return CUDNN_DATA_BFLOAT16;
    case DType::float64:
      return CUDNN_DATA_DOUBLE;
    default:
      return CUDNN_DATA_FLOAT;
  }
}

}  // namespace weft::cuda::cudnn
