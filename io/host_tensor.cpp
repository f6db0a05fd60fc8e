// The way between arrays of files and tensors.
#include <weft/core/backend.h>
#include <weft/core/error.h>

#include <cstring>

#include "core/access.hpp"
#include "io/host_array.hpp"

namespace weft::io {

Tensor to_tensor(const HostArray& array) {
  Tensor tensor = detail::empty(array.shape, array.dtype, backend("cpu"));
  if (!array.bytes.empty())
    std::memcpy(detail::impl(tensor).mutable_data(), array.bytes.data(), array.bytes.size());
  return tensor;
}

HostArray to_host_array(const Tensor& tensor) {
  if (!tensor) {
    throw GraphError(
        "Writing a tensor to a file: it is a null Tensor. Expected: a tensor with values");
  }
  if (!detail::is_concrete(tensor)) {
    throw GraphError(
        "to_host_array: this tensor has no values to write to a file. Expected: a concrete tensor. "
        "Received: a tensor of a "
        "graph or trace that is being built");
  }
  const Tensor host = tensor.to("cpu");
  HostArray array{host.dtype(), host.shape(), {}};
  const std::size_t bytes = static_cast<std::size_t>(array.shape.size()) * array.dtype.itemsize();
  array.bytes.resize(bytes);
  synchronize();
  if (bytes > 0) std::memcpy(array.bytes.data(), detail::impl(host).data(), bytes);
  return array;
}

}  // namespace weft::io
