// concatenate: per outer index, one block of each input after the other.
#include <cstring>
#include <vector>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  const Shape& to = r.outputs[0].shape;
  const auto axis = r.attrs.get<std::int64_t>("axis");
  const auto itemsize = static_cast<std::int64_t>(r.outputs[0].dtype.itemsize());
  std::vector<std::size_t> blocks;
  for (const TensorSpec& in : r.inputs) {
    const AxisView view(in.shape, axis);
    blocks.push_back(static_cast<std::size_t>(view.size * view.inner * itemsize));
  }
  const std::int64_t outer = AxisView(to, axis).outer;
  return {.run = [outer, blocks](const KernelArgs& a) {
    std::byte* y = a.out<std::byte>(0);
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (blocks[i] == 0) continue;
        std::memcpy(y,
                    a.in<std::byte>(static_cast<int>(i)) + static_cast<std::size_t>(o) * blocks[i],
                    blocks[i]);
        y += blocks[i];
      }
    }
  }};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_concatenate(KernelTable& table) { cpu::add_only(table, "concatenate", cpu::prepare); }
}  // namespace weft::registration
