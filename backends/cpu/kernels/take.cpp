// take: blocks picked by index; take_grad: blocks added up at their indices, in the order of the
// indices.
#include <weft/core/error.h>

#include <cstring>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/refusal_texts.hpp"

namespace weft::cpu {
namespace {

struct Rows {
  std::int64_t outer, size, inner,
      count;  // `count` indices into `size` places, blocks of `inner` elements
  DType index_type;
  std::string layer;  // of an Embedding, whose ids do not count from the end
  Rows(const Shape& from, const TensorSpec& indices, const Config& attrs)
      : count(indices.shape.size()),
        index_type(indices.dtype),
        layer(attrs.get<std::string>("layer", "")) {
    const auto axis = attrs.get<std::int64_t>("axis");
    const AxisView v(from, axis);
    outer = v.outer;
    size = v.size;
    inner = v.inner;
  }
  std::int64_t place(const void* indices, std::int64_t i) const {
    const std::int64_t index = load_index(indices, index_type, i);
    if (index < (layer.empty() ? -size : 0) || index >= size)
      throw Error(take_refusal(layer, size, index_type, i, index));
    return index < 0 ? index + size : index;
  }
};

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  const Rows rows(r.inputs[0].shape, r.inputs[1], r.attrs);
  const std::size_t itemsize = r.outputs[0].dtype.itemsize();
  return {
      .run = [rows, bytes = static_cast<std::size_t>(rows.inner) * itemsize](const KernelArgs& a) {
        std::byte* y = a.out<std::byte>(0);
        for (std::int64_t o = 0; o < rows.outer; ++o) {
          const std::byte* x = a.in<std::byte>(0) + static_cast<std::size_t>(o * rows.size) * bytes;
          for (std::int64_t i = 0; i < rows.count; ++i, y += bytes) {
            const auto place = static_cast<std::size_t>(rows.place(a.inputs[1], i));
            if (bytes > 0) std::memcpy(y, x + place * bytes, bytes);
          }
        }
      }};
}

template <class T>
void scatter_add(const Rows& rows, const T* g, const void* indices, T* dx) {
  const std::int64_t all = rows.outer * rows.size * rows.inner;
  if (all > 0) std::memset(static_cast<void*>(dx), 0, static_cast<std::size_t>(all) * sizeof(T));
  for (std::int64_t o = 0; o < rows.outer; ++o) {
    T* block = dx + o * rows.size * rows.inner;
    for (std::int64_t i = 0; i < rows.count; ++i, g += rows.inner) {
      T* to = block + rows.place(indices, i) * rows.inner;
      for (std::int64_t k = 0; k < rows.inner; ++k) to[k] = store<T>(load(to[k]) + load(g[k]));
    }
  }
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const Rows rows(r.outputs[0].shape, r.inputs[1], r.attrs);
  return dispatch<Types::numbers>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [rows](const KernelArgs& a) {
      scatter_add(rows, a.in<T>(0), a.inputs[1], a.out<T>(0));
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_take(KernelTable& table) {
  cpu::add_only(table, "take", cpu::prepare);
  cpu::add_only(table, "take_grad", cpu::prepare_grad);
}

}  // namespace weft::registration
