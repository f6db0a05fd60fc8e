// Slices added up at the places that indices name, what the gradients of take and take_along_axis
// are: always in the order of the indices. A few indices are read by every element of the result.
// More of them are sorted: then what goes to one place lies side by side, in tiles of equal size,
// however often a place is named; sums that go on across tiles are put together at the end.
#pragma once
#include <algorithm>

#include "backends/cuda/place_sum_kernels.hpp"
#include "backends/cuda/workspace.hpp"

namespace weft::cuda {

/// The kernels for one shape and dtype, ready to be launched again and again.
template <class T>
class PlaceSum {
 public:
  explicit PlaceSum(const PlaceSumShape& shape)
      : shape_(shape), sort_({shape.lists(), shape.few() ? 0 : shape.count, bits_of(shape.size)}) {}

  std::size_t workspace_bytes() const {
    WorkspaceParts parts(nullptr);
    const Arrays arrays(*this, parts);
    return shape_.few() ? 0 : parts.bytes();
  }

  void run(const Indices& indices, const IndexCheck& notes, const T* slices, T* y, void* workspace,
           void* stream) const {
    constexpr int n = 16 / static_cast<int>(sizeof(T));
    // Indices of their own leave no vectors to be moved, and integers are rare.
    if constexpr (is_float<T>) {
      if (!shape_.own_indices && shape_.inner % n == 0 && is_aligned<Vector<T>>(slices) &&
          is_aligned<Vector<T>>(y))
        return run_with<n>(indices, notes, slices, y, workspace, stream);
    }
    run_with<1>(indices, notes, slices, y, workspace, stream);
  }

 private:
  struct Arrays {
    std::uint32_t* keys;
    std::byte* sort;
    Compute<T>*carried, *begun;
    Arrays(const PlaceSum& of, WorkspaceParts& parts)
        : keys(parts.take<std::uint32_t>(of.shape_.lists() * of.shape_.count)),
          sort(parts.take<std::byte>(static_cast<std::int64_t>(of.sort_.workspace_bytes()))),
          carried(parts.take<Compute<T>>(of.partial_count())),
          begun(parts.take<Compute<T>>(of.partial_count())) {}
  };

  std::int64_t partial_count() const { return shape_.outer * shape_.tiles() * shape_.inner; }

  template <int N>
  void run_with(const Indices& indices, const IndexCheck& notes, const T* slices, T* y,
                void* workspace, void* stream) const {
    using namespace place_sum;
    const Geometry v(shape_, N);
    const std::int64_t results = v.outer * v.size * v.columns;
    if (shape_.few() || results == 0) {
      launch(direct_kernel<T, N>, shape_for(std::max(results, indices.count)), stream, v, indices,
             notes, slices, y);
      return;
    }
    WorkspaceParts parts(workspace);
    const Arrays arrays(*this, parts);
    launch(keys_kernel<std::uint32_t>, shape_for(indices.count), stream, shape_, indices, notes,
           arrays.keys);
    const auto sorted = sort_.run(arrays.keys, shape_.lists(), arrays.sort, stream);
    const Partials<T, N> partials{reinterpret_cast<Accumulator<T, N>*>(arrays.carried),
                                  reinterpret_cast<Accumulator<T, N>*>(arrays.begun)};
    const Stream& s = stream_of(stream);
    s.api->fill_zero(y, static_cast<std::size_t>(results) * N * sizeof(T), s.handle());
    launch(tiles_kernel<T, N>, shape_for(v.outer * v.tiles * v.columns), stream, v, sorted, slices,
           partials, y);
    launch(join_kernel<T, N>, join_shape(v), stream, v, sorted.keys, partials, y);
  }

  static LaunchShape join_shape(const place_sum::Geometry& v) {
    const std::int64_t jobs = v.outer * (v.own_indices ? v.columns : 1) * v.tiles;
    return {.blocks = shape_for_rows(jobs, place_sum::joining_threads).blocks,
            .threads = place_sum::joining_threads};
  }

  PlaceSumShape shape_;
  ListSort<std::uint32_t> sort_;
};

}  // namespace weft::cuda
