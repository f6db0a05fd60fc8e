#include "backends/cuda/placed_copy.hpp"

#include <cstring>

#include "backends/cuda/kernel.hpp"
#include "backends/cuda/units.hpp"

namespace weft::cuda {
namespace {

struct Placement {
  int rank = 0;
  std::int64_t count = 1;
  PlacedCopy::Axis axes[Shape::max_rank];
  std::int64_t strides[Shape::max_rank];  // of the input
  IndexDivisor sizes[Shape::max_rank];    // of the output

  explicit Placement(const PlacedCopy& c) : rank(c.rank) {
    std::int64_t stride = 1;
    for (int i = rank - 1; i >= 0; --i) {
      axes[i] = c.axes[i];
      strides[i] = stride;
      sizes[i] = IndexDivisor(axes[i].out);
      stride *= axes[i].in;
      count *= axes[i].out;
    }
  }

  /// Where output element n is read, or -1.
  WEFT_HD std::int64_t source(std::int64_t n) const {
    std::int64_t from = 0;
    for (int i = rank - 1; i >= 0; --i) {
      std::int64_t index = n;
      if (i > 0) n = sizes[i].divide(n, index);
      index -= axes[i].start;
      if (axes[i].step != 1) {
        if (index % axes[i].step != 0) return -1;
        index /= axes[i].step;
      }
      if (index < 0 || index >= axes[i].in) return -1;
      from += index * strides[i];
    }
    return from;
  }
};

constexpr int each = 4;  // elements that a thread has on their way at a time

template <class T>
__global__ void placed_kernel(Placement p, T fill, const T* from, T* to, const unsigned* refused) {
  if (is_refused(refused)) return;
  const std::int64_t threads = blockDim.x;
  for (std::int64_t first = blockIdx.x * threads * each + threadIdx.x; first < p.count;
       first += gridDim.x * threads * each) {
    T values[each] = {fill, fill, fill, fill};
    for (int u = 0; u < each; ++u) {
      if (first + u * threads >= p.count) continue;
      const std::int64_t source = p.source(first + u * threads);
      if (source >= 0) values[u] = load_vector<T>(from + source);
    }
    for (int u = 0; u < each; ++u) {
      if (first + u * threads < p.count) store_vector(to + first + u * threads, values[u]);
    }
  }
}

/// Drops axes of size 1 and merges those that are filled with the axis before them.
PlacedCopy simplified(const PlacedCopy& c) {
  PlacedCopy s;
  for (int i = 0; i < c.rank; ++i) {
    const PlacedCopy::Axis& a = c.axes[i];
    const bool whole = a.in == a.out && a.start == 0 && a.step == 1;
    if (whole && a.in == 1) continue;
    if (whole && s.rank > 0 && s.axes[s.rank - 1].step == 1) {
      PlacedCopy::Axis& last = s.axes[s.rank - 1];
      last = {last.in * a.in, last.out * a.in, last.start * a.in, 1};
    } else {
      s.add(a);
    }
  }
  if (s.rank == 0) s.add({1, 1, 0, 1});
  return s;
}

/// Takes elements together while they lie together: their number.
std::size_t widen(PlacedCopy& c, std::size_t itemsize) {
  PlacedCopy::Axis& last = c.axes[c.rank - 1];
  std::size_t together = 1;
  while (together * itemsize < most_unit_bytes && last.step == 1 && last.in % 2 == 0 &&
         last.out % 2 == 0 && last.start % 2 == 0) {
    last = {last.in / 2, last.out / 2, last.start / 2, 1};
    together *= 2;
  }
  return together;
}

}  // namespace

PreparedKernel prepare_placed_copy(const PlacedCopy& copy, std::size_t itemsize, const void* fill) {
  PlacedCopy narrow = simplified(copy), wide = narrow;
  const std::size_t bytes = widen(wide, itemsize) * itemsize;
  SixteenBytes filled;
  for (std::size_t at = 0; at < sizeof filled; at += itemsize)
    std::memcpy(reinterpret_cast<std::byte*>(&filled) + at, fill, itemsize);
  const auto run = [narrow = Placement(narrow), wide = Placement(wide), filled, itemsize,
                    bytes](const KernelArgs& a) {
    const bool fits = unit_at(a.inputs[0]) >= bytes && unit_at(a.outputs[0]) >= bytes;
    const Placement& p = fits ? wide : narrow;
    with_unit(fits ? bytes : itemsize, [&]<class T>(Type<T>) {
      T number;
      std::memcpy(&number, &filled, sizeof number);
      launch(placed_kernel<T>, shape_for(p.count, each), a.stream, p, number, a.in<T>(0),
             a.out<T>(0), a.refused);
    });
  };
  return {.run = run, .honours_refusals = true};
}

}  // namespace weft::cuda
