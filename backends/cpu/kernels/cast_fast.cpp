// cast between the types that models cast between, through the loops of the instruction set in use:
// pixels to float32, labels, masks, the two-byte types.
#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/cast.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

constexpr std::int64_t grain = 32768;  // elements

CastLoop find_loop(DType from, DType to) {
  const CastLoops& loops = cast_loops();
  if (to == DType::float32) {
    switch (from.code()) {
      case DType::float16:
        return loops.float16_to_float;
      case DType::bfloat16:
        return loops.bfloat16_to_float;
      case DType::uint8:
      case DType::boolean:
        return loops.uint8_to_float;
      case DType::int32:
        return loops.int32_to_float;
      case DType::int64:
        return loops.int64_to_float;
      case DType::float64:
        return loops.double_to_float;
      default:
        return nullptr;
    }
  }
  if (!(from == DType::float32)) return nullptr;
  switch (to.code()) {
    case DType::float16:
      return loops.float_to_float16;
    case DType::bfloat16:
      return loops.float_to_bfloat16;
    case DType::boolean:
      return loops.float_to_bool;
    case DType::int32:
      return loops.float_to_int32;
    case DType::float64:
      return loops.float_to_double;
    default:
      return nullptr;
  }
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const DType from = r.inputs[0].dtype, to = r.outputs[0].dtype;
  const CastLoop loop = find_loop(from, to);
  if (loop == nullptr) {
    why_not = "no loop from " + from.name() + " to " + to.name();
    return {};
  }
  return {.run = [loop, count = static_cast<std::int64_t>(r.outputs[0].shape.size()),
                  read = from.itemsize(), write = to.itemsize()](const KernelArgs& a) {
    parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) {
      const auto first = static_cast<std::size_t>(begin);
      loop(a.in<std::byte>(0) + first * read, a.out<std::byte>(0) + first * write, end - begin);
    });
  }};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_cast_fast(KernelTable& table) { table.add("cast", {"loops", false, cpu::prepare}); }
}  // namespace weft::registration
