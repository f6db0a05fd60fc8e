// take: blocks picked by index; take_grad: blocks added up at their indices.
#include "backends/cuda/place_sum.hpp"
#include "backends/refusal_texts.hpp"

namespace weft::cuda {
namespace {

/// `count` indices into `size` places of blocks of `inner` elements, `outer` times.
struct Blocks {
  std::int64_t outer, size, inner, count;
  DType index_type;
  std::string layer;  // of an Embedding, whose ids do not count from the end

  Blocks(const Shape& from, const TensorSpec& indices, const Config& attrs)
      : count(indices.shape.size()),
        index_type(indices.dtype),
        layer(attrs.get<std::string>("layer", "")) {
    const auto axis = attrs.get<std::int64_t>("axis");
    const AxisView v(from, axis);
    outer = v.outer;
    size = v.size;
    inner = v.inner;
  }
  /// Where nothing is taken, no index is looked at.
  Indices indices() const {
    return {nullptr, index_type.code(), outer > 0 ? count : 0, size, layer.empty()};
  }
  PlaceSumShape place_sum() const { return {outer, size, inner, count, false}; }
  std::shared_ptr<const int> refusal() const {
    return register_refusal([*this](std::int64_t position, std::int64_t index) {
      return take_refusal(layer, size, index_type, position, index);
    });
  }
};

struct TakeGeometry {
  std::int64_t total, size, columns, count;
  IndexDivisor by_columns, by_count;

  TakeGeometry(const Blocks& b, int n)
      : total(b.outer * b.count * (b.inner / n)),
        size(b.size),
        columns(b.inner / n),
        count(b.count),
        by_columns(columns),
        by_count(count) {}
};

/// V is what is moved at once: an element or a vector of them.
template <class V>
__global__ void take_kernel(TakeGeometry g, Indices indices, IndexCheck notes, const V* x, V* y) {
  for_each_index(math::max(g.total, indices.count), [&](std::int64_t e) {
    if (e < indices.count) indices.check(e, notes);
    if (e >= g.total) return;
    std::int64_t column = 0, i = 0;
    const std::int64_t o = g.by_count.divide(g.by_columns.divide(e, column), i);
    const std::int64_t place = indices.place(i);
    V taken = {};
    if (place >= 0) taken = load_vector<V>(x + (o * g.size + place) * g.columns + column);
    store_vector(y + e, taken);
  });
}

template <class V>
void take(const Blocks& b, int n, const Indices& indices, const IndexCheck& notes,
          const KernelArgs& a) {
  const TakeGeometry g(b, n);
  launch(take_kernel<V>, shape_for(std::max(g.total, indices.count)), a.stream, g, indices, notes,
         a.in<V>(0), a.out<V>(0));
}

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  const Blocks blocks(r.inputs[0].shape, r.inputs[1], r.attrs);
  return dispatch_size(r.outputs[0].dtype, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [blocks, place = blocks.refusal()](const KernelArgs& a) {
      Indices indices = blocks.indices();
      indices.data = a.inputs[1];
      const IndexCheck notes{stream_of(a.stream).refusals, *place};
      using V = Vector<T>;
      if (blocks.inner % V::size == 0 && is_aligned<V>(a.inputs[0]) && is_aligned<V>(a.outputs[0]))
        take<V>(blocks, V::size, indices, notes, a);
      else
        take<Vector<T, 1>>(blocks, 1, indices, notes, a);
    }};
  });
}

template <class T>
PreparedKernel gradient(const Blocks& b) {
  const PlaceSum<T> sum(b.place_sum());
  return {.run =
              [sum, indices = b.indices(), place = b.refusal()](const KernelArgs& a) {
                Indices there = indices;
                there.data = a.inputs[1];
                sum.run(there, {stream_of(a.stream).refusals, *place}, a.in<T>(0), a.out<T>(0),
                        a.workspace, a.stream);
              },
          .workspace_bytes = sum.workspace_bytes()};
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const Blocks blocks(r.outputs[0].shape, r.inputs[1], r.attrs);
  const DType dtype = r.outputs[0].dtype;
  if (blocks.place_sum().too_many(why_not)) return {};
  // Integers wrap around: their sums have the same bits with a sign and without.
  if (dtype.is_integer())
    return dispatch_size(dtype, [&]<class T>(Type<T>) { return gradient<T>(blocks); });
  return dispatch<Types::floating>(dtype, why_not,
                                   [&]<class T>(Type<T>) { return gradient<T>(blocks); });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_take(KernelTable& table) {
  cuda::add_kernel(table, "take", cuda::prepare);
  cuda::add_kernel(table, "take_grad", cuda::prepare_grad);
}

}  // namespace weft::registration
