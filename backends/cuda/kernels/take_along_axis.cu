// take_along_axis and its gradient: one index per element.
#include "backends/cuda/place_sum.hpp"
#include "backends/refusal_texts.hpp"

namespace weft::cuda {
namespace {

/// [outer, size, inner] with indices [outer, count, inner].
struct Lines {
  std::int64_t outer, size, inner, count;
  DType::Code index_type;

  Lines(const Shape& x, const TensorSpec& indices, const Config& attrs)
      : index_type(indices.dtype.code()) {
    const auto axis = attrs.get<std::int64_t>("axis");
    const AxisView of_x(x, axis), of_indices(indices.shape, axis);
    outer = of_indices.outer;
    inner = of_indices.inner;
    size = of_x.size;
    count = of_indices.size;
  }
  Indices indices() const { return {nullptr, index_type, outer * count * inner, size, true}; }
  PlaceSumShape place_sum() const { return {outer, size, inner, count, true}; }
  std::shared_ptr<const int> refusal() const {
    return register_refusal([places = size](std::int64_t position, std::int64_t index) {
      return take_along_axis_refusal(places, position, index);
    });
  }
};

struct LineGeometry {
  std::int64_t size, inner;
  IndexDivisor by_inner, by_count;
  explicit LineGeometry(const Lines& l)
      : size(l.size), inner(l.inner), by_inner(l.inner), by_count(l.count) {}
};

template <class T>
__global__ void take_kernel(LineGeometry v, Indices indices, IndexCheck notes, const T* x, T* y) {
  for_each_index(indices.count, [&](std::int64_t e) {
    indices.check(e, notes);
    std::int64_t k = 0, i = 0;
    const std::int64_t o = v.by_count.divide(v.by_inner.divide(e, k), i);
    const std::int64_t place = indices.place(e);
    y[e] = place < 0 ? T(0) : x[(o * v.size + place) * v.inner + k];
  });
}

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  const Lines lines(r.inputs[0].shape, r.inputs[1], r.attrs);
  return dispatch_size(r.outputs[0].dtype, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [lines, place = lines.refusal()](const KernelArgs& a) {
      Indices indices = lines.indices();
      indices.data = a.inputs[1];
      launch(take_kernel<T>, shape_for(indices.count), a.stream, LineGeometry(lines), indices,
             IndexCheck{stream_of(a.stream).refusals, *place}, a.in<T>(0), a.out<T>(0));
    }};
  });
}

template <class T>
PreparedKernel gradient(const Lines& l) {
  const PlaceSum<T> sum(l.place_sum());
  return {.run =
              [sum, indices = l.indices(), place = l.refusal()](const KernelArgs& a) {
                Indices there = indices;
                there.data = a.inputs[1];
                sum.run(there, {stream_of(a.stream).refusals, *place}, a.in<T>(0), a.out<T>(0),
                        a.workspace, a.stream);
              },
          .workspace_bytes = sum.workspace_bytes()};
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const Lines lines(r.outputs[0].shape, r.inputs[1], r.attrs);
  const DType dtype = r.outputs[0].dtype;
  if (lines.place_sum().too_many(why_not)) return {};
  if (dtype.is_integer())  // see take
    return dispatch_size(dtype, [&]<class T>(Type<T>) { return gradient<T>(lines); });
  return dispatch<Types::floating>(dtype, why_not,
                                   [&]<class T>(Type<T>) { return gradient<T>(lines); });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_take_along_axis(KernelTable& table) {
  cuda::add_kernel(table, "take_along_axis", cuda::prepare);
  cuda::add_kernel(table, "take_along_axis_grad", cuda::prepare_grad);
}

}  // namespace weft::registration
