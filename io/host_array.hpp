// An array in host memory: how file formats and tensors exchange values.
#pragma once
#include <weft/core/tensor.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace weft::io {

/// Dense, row-major, in this machine's byte order.
struct HostArray {
  DType dtype;
  Shape shape;
  std::vector<std::byte> bytes;
};

/// shape.size() * itemsize of dimensions read from a file. Throws FileError, `what` first, for
/// negative dimensions, more than 8 of them, and sizes beyond 2^63: what a file says is checked
/// before it is believed.
std::size_t checked_bytes(const std::vector<std::uint64_t>& dims, std::size_t itemsize,
                          std::string_view what);
/// The same dimensions as a Shape; throws FileError beyond 8.
Shape checked_shape(const std::vector<std::uint64_t>& dims, std::string_view what);

/// Copies into a new tensor on the CPU.
Tensor to_tensor(const HostArray& array);
/// Copies out of a tensor on any device; throws GraphError while tracing.
HostArray to_host_array(const Tensor& tensor);

}  // namespace weft::io
