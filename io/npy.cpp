#include <fmt/core.h>
#include <weft/io/npy.h>

#include "io/atomic_file.hpp"
#include "io/npy_format.hpp"

namespace weft {

Tensor load_npy(const std::string& path) {
  return io::to_tensor(io::parse_npy(io::read_file(path), path));
}

void save_npy(const std::string& path, const Tensor& tensor) {
  io::write_file_atomically(path, io::format_npy(io::to_host_array(tensor)));
}

std::vector<Named<Tensor>> load_npz(const std::string& path) {
  std::vector<Named<Tensor>> tensors;
  for (const io::NamedArray& one : io::read_npz(path))
    tensors.emplace_back(one.name, io::to_tensor(one.array));
  return tensors;
}

void save_npz(const std::string& path, const Tensors& tensors) {
  std::vector<io::NamedArray> arrays;
  if (tensors.is_dict()) {
    for (const std::string& key : tensors.keys())
      arrays.push_back({key, io::to_host_array(tensors[key])});
  } else {
    for (const Tensor& one : tensors.flat()) {
      arrays.push_back({fmt::format("arr_{}", arrays.size()), io::to_host_array(one)});
    }
  }
  io::write_npz(path, arrays);
}

}  // namespace weft
