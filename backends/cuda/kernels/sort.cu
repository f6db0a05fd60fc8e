// argsort along the last axis, stable, and in_top_k. Rows that fit into shared memory are sorted
// there, several by a block where they are short, by K. Batcher's bitonic network; larger ones by
// their digits.
#include <algorithm>

#include "backends/cuda/radix_sort.hpp"

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
inline constexpr int key_bits = is_float<T> ? 8 * static_cast<int>(sizeof(Key<T>))
                                            : 8 * static_cast<int>(sizeof(T));

/// A number whose order is that of the element: NaN last, -0 like 0.
template <class T>
__device__ Key<T> key_of(T element) {
  constexpr int bits = key_bits<T>;
  constexpr Key<T> top = Key<T>(1) << (bits - 1);
  if constexpr (is_float<T>) {
    const Compute<T> x = load(element);
    if (x != x) return ~Key<T>(0);
    const auto b = __builtin_bit_cast(Key<T>, x == 0 ? Compute<T>(0) : x);
    return (b & top) != 0 ? static_cast<Key<T>>(~b) : static_cast<Key<T>>(b | top);
  } else {
    const Key<T> b = static_cast<UnsignedOf<sizeof(T)>>(element);
    return T(-1) < T(0) ? b ^ top : b;
  }
}

/// Rows of `size` elements, of whose order the first `count` places are wanted.
struct Rows {
  std::int64_t rows, size, count;
  bool descending;  ///< keys are turned round, so that NaN comes first
};

constexpr std::int64_t most_slots = 4096, least_slots = 512;
constexpr std::uint32_t no_place = 0xffffffffu;

std::int64_t power_of_two(std::int64_t least) {
  std::int64_t power = 1;
  while (power < least) power *= 2;
  return power;
}

/// Sorts each `row` of `slots` keys in shared memory; of equal keys the first place comes first.
template <class K>
__device__ void sort_slots(int slots, int row, K* keys, std::uint32_t* places) {
  const int thread = static_cast<int>(threadIdx.x), threads = static_cast<int>(blockDim.x);
  for (int sorted = 2; sorted <= row; sorted *= 2) {
    for (int distance = sorted / 2; distance > 0; distance /= 2) {
      __syncthreads();
      for (int pair = thread; pair < slots / 2; pair += threads) {
        const int a = 2 * pair - (pair & (distance - 1)), b = a + distance;
        const bool ascending = (a & (row - 1) & sorted) == 0;
        const K x = keys[a], y = keys[b];
        const std::uint32_t p = places[a], q = places[b];
        const bool in_order = x != y ? x < y : p <= q;
        if (in_order == ascending) continue;
        keys[a] = y;
        keys[b] = x;
        places[a] = q;
        places[b] = p;
      }
    }
  }
  __syncthreads();
}

/// `row` slots, a power of two, hold a row; a block has `slots` of them.
template <class T>
__global__ void slots_kernel(Rows r, int slots, int row, const T* x, std::int32_t* order) {
  auto* keys = dynamic_shared<Key<T>>();
  auto* places = reinterpret_cast<std::uint32_t*>(keys + slots);
  const std::int64_t rows_of_block = slots / row;
  for_each_row((r.rows + rows_of_block - 1) / rows_of_block, [&](std::int64_t group) {
    const std::int64_t first = group * rows_of_block;
    const std::int64_t end = math::min(first + rows_of_block, r.rows);
    __syncthreads();  // the rows before have been written
    for_each_in_block(slots, [&](std::int64_t i) {
      const std::int64_t own = first + i / row, place = i % row;
      const bool valid = own < end && place < r.size;
      Key<T> key = ~Key<T>(0);
      if (valid) key = key_of(x[own * r.size + place]);
      keys[i] = valid && r.descending ? static_cast<Key<T>>(~key) : key;
      places[i] = valid ? static_cast<std::uint32_t>(place) : no_place;
    });
    sort_slots(slots, row, keys, places);
    for_each_in_block((end - first) * r.count, [&](std::int64_t i) {
      order[first * r.count + i] =
          static_cast<std::int32_t>(places[i / r.count * row + i % r.count]);
    });
  });
}

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

/// Long rows, as many at a time as the workspace is for.
template <class T>
class LongRows {
 public:
  explicit LongRows(const Rows& rows) : rows_(rows) {
    constexpr std::int64_t elements = std::int64_t{1} << 22;
    at_once_ = std::clamp<std::int64_t>(elements / std::max<std::int64_t>(rows.size, 1), 1,
                                        std::max<std::int64_t>(rows.rows, 1));
  }
  std::size_t workspace_bytes() const {
    WorkspaceParts parts(nullptr);
    parts.take<Key<T>>(at_once_ * rows_.size);
    return parts.bytes() + sort_workspace<Key<T>>(shape(at_once_));
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
      const auto sorted = sort_keys(shape(some.rows), keys, rest, a.stream);
      launch(order_kernel<std::uint32_t>, shape_for(some.rows * some.count), a.stream, some,
             sorted.places, a.out<std::int32_t>(0) + first * some.count);
    }
  }

 private:
  SortShape shape(std::int64_t rows) const { return {rows, rows_.size, key_bits<T>}; }
  Rows rows_;
  std::int64_t at_once_;
};

template <class T>
void sort_short_rows(const Rows& r, const KernelArgs& a) {
  const std::int64_t row = power_of_two(r.size), slots = std::max(row, least_slots);
  const std::int64_t groups = (r.rows + slots / row - 1) / (slots / row);
  launch(slots_kernel<T>,
         {.blocks = shape_for_rows(groups, slots).blocks,
          .threads = static_cast<unsigned>(std::min<std::int64_t>(slots / 2, 512)),
          .shared_bytes = static_cast<std::size_t>(slots) * (sizeof(Key<T>) + sizeof(no_place))},
         a.stream, r, static_cast<int>(slots), static_cast<int>(row), a.in<T>(0),
         a.out<std::int32_t>(0));
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t size = r.inputs[0].shape[-1], count = r.outputs[0].shape[-1];
  const Rows rows{count == 0 ? 0 : r.inputs[0].shape.size() / size, size, count,
                  r.attrs.get<bool>("descending", false)};
  return dispatch<Types::any>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    if (size <= most_slots)
      return PreparedKernel{.run = [rows](const KernelArgs& a) { sort_short_rows<T>(rows, a); }};
    const LongRows<T> sort(rows);
    return PreparedKernel{.run = [sort](const KernelArgs& a) { sort.run(a); },
                          .workspace_bytes = sort.workspace_bytes()};
  });
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
