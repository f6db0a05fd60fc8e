// upsample: a strided copy that repeats; its gradient: the sum of each block, a thread to 16 bytes
// of channels.
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/strided_copy.hpp"
#include "backends/shapes/moves.hpp"

namespace weft::cuda {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  return prepare_strided_copy(upsample_copy(r.inputs[0].shape, r.outputs[0].shape),
                              r.outputs[0].dtype);
}

/// Up to three spatial axes of dx, and the blocks of dy that they are the sums of.
struct Blocks {
  static constexpr int most = 3;
  std::int64_t count = 1, channels = 1;  // of dx without its channels; channels
  int size[most] = {1, 1, 1};
  std::int64_t stride[most] = {0, 0, 0};        // of dy, from one element to the next
  std::int64_t block_stride[most] = {0, 0, 0};  // from one block to the next
  std::int64_t image = 0;                       // from one image of dy to the next
  IndexDivisor in_axis[most];

  Blocks(const Shape& large, const Shape& small) : count(small[0]), channels(small[-1]) {
    const int rank = small.rank() - 2;
    std::int64_t step = channels;
    for (int i = rank - 1; i >= 0; --i) {
      const int axis = most - rank + i;
      const std::int64_t n = small[i + 1];
      size[axis] = n == 0 ? 1 : static_cast<int>(large[i + 1] / n);
      stride[axis] = step;
      block_stride[axis] = step * size[axis];
      in_axis[axis] = IndexDivisor(n);
      count *= n;
      step *= large[i + 1];
    }
    for (int axis = 0; axis < most - rank; ++axis) in_axis[axis] = IndexDivisor(1);
    image = step;
  }
  /// Where the block of element n begins.
  WEFT_HD std::int64_t begin(std::int64_t n) const {
    std::int64_t at = 0;
    for (int axis = most - 1; axis >= 0; --axis) {
      std::int64_t index = 0;
      n = in_axis[axis].divide(n, index);
      at += index * block_stride[axis];
    }
    return at + n * image;
  }
};

/// `vectors`: of N channels in an element of dx.
template <class T, int N>
__global__ void sum_blocks_kernel(Blocks b, IndexDivisor vectors, std::int64_t elements,
                                  const T* dy, T* dx) {
  for_each_index(elements, [&](std::int64_t element) {
    std::int64_t channel = 0;
    const std::int64_t begin = b.begin(vectors.divide(element, channel)) + channel * N;
    Compute<T> sums[N] = {};
    for (int i = 0; i < b.size[0]; ++i) {
      for (int j = 0; j < b.size[1]; ++j) {
        const T* from = dy + begin + i * b.stride[0] + j * b.stride[1];
        for (int k = 0; k < b.size[2]; ++k, from += b.stride[2]) {
          const auto v = load_vector<Vector<T, N>>(from);
          for (int c = 0; c < N; ++c) sums[c] += load(v.at[c]);
        }
      }
    }
    Vector<T, N> out;
    for (int c = 0; c < N; ++c) out.at[c] = store<T>(sums[c]);
    store_vector(dx + element * N, out);
  });
}

template <class T, int N>
void sum_blocks(const Blocks& b, const KernelArgs& a) {
  const std::int64_t vectors = b.channels / N, elements = b.count * vectors;
  launch(sum_blocks_kernel<T, N>, shape_for(elements), a.stream, b, IndexDivisor(vectors), elements,
         a.in<T>(0), a.out<T>(0));
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const Blocks b(r.inputs[0].shape, r.outputs[0].shape);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [b](const KernelArgs& a) {
      constexpr int together = Vector<T>::size;
      if (b.channels % together == 0 && is_aligned<Vector<T>>(a.inputs[0]) &&
          is_aligned<Vector<T>>(a.outputs[0]))
        sum_blocks<T, together>(b, a);
      else
        sum_blocks<T, 1>(b, a);
    }};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_upsample(KernelTable& table) {
  cuda::add_kernel(table, "upsample", cuda::prepare);
  cuda::add_kernel(table, "upsample_grad", cuda::prepare_grad);
}

}  // namespace weft::registration
