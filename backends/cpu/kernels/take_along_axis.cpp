// take_along_axis and its gradient: one index per element.
#include <weft/core/error.h>

#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/refusal_texts.hpp"

namespace weft::cpu {
namespace {

struct Places {
  AxisView x, indices;
  DType index_type;
  Places(const Shape& shape, const TensorSpec& i, const Config& attrs)
      : x(shape, attrs.get<std::int64_t>("axis")),
        indices(i.shape, attrs.get<std::int64_t>("axis")),
        index_type(i.dtype) {}
  /// Calls f(place in x, place in indices) for each index.
  template <class F>
  void each(const void* data, F&& f) const {
    std::int64_t at = 0;
    for (std::int64_t o = 0; o < indices.outer; ++o) {
      for (std::int64_t i = 0; i < indices.size; ++i) {
        for (std::int64_t k = 0; k < indices.inner; ++k, ++at) {
          const std::int64_t index = load_index(data, index_type, at);
          if (index < -x.size || index >= x.size)
            throw Error(take_along_axis_refusal(x.size, at, index));
          f((o * x.size + (index < 0 ? index + x.size : index)) * x.inner + k, at);
        }
      }
    }
  }
};

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  const Places places(r.inputs[0].shape, r.inputs[1], r.attrs);
  return dispatch_size(r.outputs[0].dtype, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [places](const KernelArgs& a) {
      const T* x = a.in<T>(0);
      T* y = a.out<T>(0);
      places.each(a.inputs[1], [&](std::int64_t from, std::int64_t to) { y[to] = x[from]; });
    }};
  });
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const Places places(r.outputs[0].shape, r.inputs[1], r.attrs);
  const std::int64_t count = r.outputs[0].shape.size();
  return dispatch<Types::numbers>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [places, count](const KernelArgs& a) {
      const T* g = a.in<T>(0);
      T* dx = a.out<T>(0);
      std::fill_n(dx, count, store<T>(0));
      places.each(a.inputs[1], [&](std::int64_t to, std::int64_t from) {
        dx[to] = store<T>(load(dx[to]) + load(g[from]));
      });
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_take_along_axis(KernelTable& table) {
  cpu::add_reference(table, "take_along_axis", cpu::prepare);
  cpu::add_reference(table, "take_along_axis_grad", cpu::prepare_grad);
}

}  // namespace weft::registration
