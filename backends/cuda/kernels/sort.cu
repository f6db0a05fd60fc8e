// argsort along the last axis, stable, and in_top_k.
#include <algorithm>

#include "backends/cuda/list_sort.hpp"

namespace weft::cuda {
namespace {

template <std::size_t size>
using UnsignedOf = std::conditional_t<
    size == 1, std::uint8_t,
    std::conditional_t<size == 2, std::uint16_t,
                       std::conditional_t<size == 4, std::uint32_t, std::uint64_t>>>;

/// What elements of T are sorted as.
template <class T>
using Key = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
template <class T>
inline constexpr int key_bits = std::is_same_v<T, bool> ? 1 : 8 * static_cast<int>(sizeof(T));

/// A number whose order is that of the element: NaN last, -0 like 0.
template <class T>
__device__ Key<T> key_of(T element) {
  using Bits = UnsignedOf<sizeof(T)>;
  constexpr Bits top = static_cast<Bits>(Bits(1) << (8 * sizeof(T) - 1));
  if constexpr (is_float<T>) {
    const Compute<T> x = load(element);
    if (x != x) return static_cast<Bits>(~Bits(0));
    const auto b = __builtin_bit_cast(Bits, x == 0 ? T{} : element);
    return (b & top) != 0 ? static_cast<Bits>(~b) : static_cast<Bits>(b | top);
  } else {
    const auto b = static_cast<Bits>(element);
    return T(-1) < T(0) ? static_cast<Bits>(b ^ top) : b;
  }
}

/// Rows of `size` elements, of whose order the first `count` places are wanted.
struct Rows {
  std::int64_t rows, size, count;
  bool descending;  ///< keys are turned round, so that NaN comes first
};

template <class T>
__global__ void keys_kernel(std::int64_t n, bool descending, const T* x, Key<T>* keys) {
  for_each_index(n, [&](std::int64_t i) {
    const Key<T> key = key_of(x[i]);
    keys[i] = descending ? static_cast<Key<T>>(~key) : key;
  });
}

template <class Place>
__global__ void order_kernel(Rows r, const Place* places, std::int32_t* order) {
  for_each_index(r.rows * r.count, [&](std::int64_t i) {
    order[i] = static_cast<std::int32_t>(places[i / r.count * r.size + i % r.count]);
  });
}

/// Sorts rows, as many at a time as the workspace is for.
template <class T>
class RowSort {
 public:
  explicit RowSort(const Rows& rows)
      : rows_(rows), at_once_(rows_at_once(rows)), sort_({at_once_, rows.size, key_bits<T>}) {}
  std::size_t workspace_bytes() const {
    WorkspaceParts parts(nullptr);
    parts.take<Key<T>>(at_once_ * rows_.size);
    return parts.bytes() + sort_.workspace_bytes();
  }
  void run(const KernelArgs& a) const {
    WorkspaceParts parts(a.workspace);
    auto* keys = parts.take<Key<T>>(at_once_ * rows_.size);
    void* rest = static_cast<std::byte*>(a.workspace) + parts.bytes();
    for (std::int64_t first = 0; first < rows_.rows; first += at_once_) {
      Rows some = rows_;
      some.rows = std::min(at_once_, rows_.rows - first);
      const std::int64_t n = some.rows * some.size;
      launch(keys_kernel<T>, shape_for(n), a.stream, n, some.descending,
             a.in<T>(0) + first * some.size, keys);
      const auto sorted = sort_.run(keys, some.rows, rest, a.stream);
      launch(order_kernel<std::uint32_t>, shape_for(some.rows * some.count), a.stream, some,
             sorted.places, a.out<std::int32_t>(0) + first * some.count);
    }
  }

 private:
  static std::int64_t rows_at_once(const Rows& rows) {
    constexpr std::int64_t elements = std::int64_t{1} << 21;
    return std::clamp<std::int64_t>(elements / std::max<std::int64_t>(rows.size, 1), 1,
                                    std::max<std::int64_t>(rows.rows, 1));
  }
  Rows rows_;
  std::int64_t at_once_;
  ListSort<Key<T>> sort_;
};

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t size = r.inputs[0].shape[-1], count = r.outputs[0].shape[-1];
  if (size > most_sorted) {
    why_not = "only for rows of fewer than 2^31 elements";
    return {};
  }
  const Rows rows{count == 0 ? 0 : r.inputs[0].shape.size() / size, size, count,
                  r.attrs.get<bool>("descending", false)};
  return dispatch<Types::any>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    const RowSort<T> sort(rows);
    return PreparedKernel{.run = [sort](const KernelArgs& a) { sort.run(a); },
                          .workspace_bytes = sort.workspace_bytes()};
  });
}

std::int64_t power_of_two(std::int64_t least) {
  std::int64_t power = 1;
  while (power < least) power *= 2;
  return power;
}

template <class C>
__device__ bool is_finite(C x) {
  if constexpr (std::is_floating_point_v<C>)
    return math::abs(x) < math::inf_of(x);
  else
    return true;
}

/// `width` lanes to a row: whether all its numbers are finite and fewer than k are larger than the
/// target's.
template <class T>
__global__ void top_kernel(std::int64_t rows, std::int64_t classes, std::int64_t k, int width,
                           const void* targets, DType::Code target_type, const T* x, bool* in) {
  const std::int64_t rows_of_block = blockDim.x / static_cast<unsigned>(width);
  const int own = static_cast<int>(threadIdx.x) & (width - 1);
  for (std::int64_t first = blockIdx.x * rows_of_block; first < rows;
       first += gridDim.x * rows_of_block) {
    const std::int64_t row = first + threadIdx.x / static_cast<unsigned>(width);
    const std::int64_t target = row < rows ? load_index(targets, target_type, row) : -1;
    const bool valid = target >= 0 && target < classes;  // all lanes of a warp come along
    const T* from = x + (valid ? row * classes : 0);
    long long larger = 0;
    int finite = 1;
    for (std::int64_t c = own; valid && c < classes; c += width) {
      if (!is_finite(load(from[c]))) finite = 0;
      larger += load(from[c]) > load(from[target]) ? 1 : 0;
    }
    for (int lanes = width / 2; lanes > 0; lanes /= 2) {
      larger += __shfl_xor_sync(all_lanes, larger, lanes);
      finite &= __shfl_xor_sync(all_lanes, finite, lanes);
    }
    if (own == 0 && row < rows) in[row] = valid && finite != 0 && larger < k;
  }
}

PreparedKernel prepare_in_top_k(const KernelRequest& r, std::string& why_not) {
  const std::int64_t rows = r.inputs[1].shape[0], classes = r.inputs[1].shape[1];
  const auto k = r.attrs.get<std::int64_t>("k");
  const auto width = static_cast<int>(std::min<std::int64_t>(power_of_two(classes), warp_size));
  return dispatch<Types::numbers>(
      r.inputs[1].dtype, why_not, [&, type = r.inputs[0].dtype.code()]<class T>(Type<T>) {
        return PreparedKernel{.run = [=](const KernelArgs& a) {
          launch(top_kernel<T>, shape_for(rows * width), a.stream, rows, classes, k, width,
                 a.inputs[0], type, a.in<T>(1), a.out<bool>(0));
        }};
      });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_sort(KernelTable& table) {
  cuda::add_kernel(table, "argsort", cuda::prepare);
  cuda::add_kernel(table, "in_top_k", cuda::prepare_in_top_k);
}

}  // namespace weft::registration
