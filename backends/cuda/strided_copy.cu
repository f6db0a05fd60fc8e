// One kernel for copies that write along memory: a thread reads and writes up to sixteen bytes at
// once. One for those that read across it (transposes): tiles through shared memory, so that both
// sides are whole lines.
#include "backends/cuda/strided_copy.hpp"

#include <optional>

#include "backends/cuda/kernel.hpp"
#include "backends/cuda/units.hpp"

namespace weft::cuda {
namespace {

/// Where an element of the space of some axes is read and written.
struct CopyAxes {
  int rank = 0;
  std::int64_t count = 1, from_start = 0, to_start = 0;
  StridedCopy::Axis axes[StridedCopy::max_rank];
  IndexDivisor sizes[StridedCopy::max_rank];

  CopyAxes() = default;
  explicit CopyAxes(const StridedCopy& c)
      : count(c.count()), from_start(c.from_start), to_start(c.to_start) {
    for (int i = 0; i < c.rank; ++i) add(c.axes[i]);
  }
  void add(const StridedCopy::Axis& axis) {
    axes[rank] = axis;
    sizes[rank++] = IndexDivisor(axis.size);
  }

  /// Of element `n`, in row-major order.
  WEFT_HD void place(std::int64_t n, std::int64_t& from, std::int64_t& to) const {
    from = from_start;
    to = to_start;
    for (int i = rank - 1; i >= 0; --i) {
      std::int64_t index = n;
      if (i > 0) n = sizes[i].divide(n, index);
      from += index * axes[i].from;
      to += index * axes[i].to;
    }
  }
};

/// The whole copy, `From` and `To` in bytes: where the second is larger, an element is written
/// several times.
struct Lines {
  std::size_t from_bytes = 1, to_bytes = 1;
  CopyAxes axes;
};

constexpr int tile = 32, tile_rows = 8;  // a block is one row of threads for each eighth of a tile

/// Planes of p.size x q.size elements: p is read along memory, q is written along it.
struct Tiles {
  std::size_t bytes = 1;
  CopyAxes planes;
  StridedCopy::Axis p = {}, q = {};
  std::int64_t count = 0;
  IndexDivisor of_p, of_q;
};

/// Both kinds; without tiles, the lines.
struct Plan {
  Lines lines;
  std::optional<Tiles> tiles;
};

template <class To, class From>
__device__ __forceinline__ To spread(const From& x) {
  if constexpr (sizeof(To) == sizeof(From)) {
    return x;
  } else {
    To to;
    for (int i = 0; i < To::size; ++i) to.at[i] = x;
    return to;
  }
}

constexpr int each = 4;  // elements that a thread has on their way at a time

template <class From, class To>
__global__ void lines_kernel(CopyAxes c, const From* from, To* to, const unsigned* refused) {
  if (is_refused(refused)) return;
  const std::int64_t threads = blockDim.x;
  for (std::int64_t first = blockIdx.x * threads * each + threadIdx.x; first < c.count;
       first += gridDim.x * threads * each) {
    std::int64_t places[each] = {};
    From values[each] = {};
    for (int u = 0; u < each; ++u) {
      if (first + u * threads >= c.count) continue;
      std::int64_t place = 0;
      c.place(first + u * threads, place, places[u]);
      values[u] = load_vector<From>(from + place);
    }
    for (int u = 0; u < each; ++u) {
      if (first + u * threads < c.count) store_vector(to + places[u], spread<To>(values[u]));
    }
  }
}

template <class T>
__global__ void tiles_kernel(Tiles c, const T* from, T* to, const unsigned* refused) {
  WEFT_SHARED(T, elements, tile * (tile + 1));  // a column more: no two rows begin in one bank
  if (is_refused(refused)) return;
  const int lane = static_cast<int>(threadIdx.x) % tile, row = static_cast<int>(threadIdx.x) / tile;
  for (std::int64_t n = blockIdx.x; n < c.count; n += gridDim.x) {
    std::int64_t p = 0, q = 0, read = 0, write = 0;
    c.planes.place(c.of_p.divide(c.of_q.divide(n, q), p), read, write);
    p *= tile;
    q *= tile;
    read += p + q * c.q.from;
    write += p * c.p.to + q;
    for (int k = row; k < tile; k += tile_rows) {
      if (q + k < c.q.size && p + lane < c.p.size)
        elements[k * (tile + 1) + lane] = load_vector<T>(from + read + k * c.q.from + lane);
    }
    __syncthreads();
    for (int k = row; k < tile; k += tile_rows) {
      if (p + k < c.p.size && q + lane < c.q.size)
        store_vector(to + write + k * c.p.to + lane, elements[lane * (tile + 1) + k]);
    }
    __syncthreads();
  }
}

bool even(std::int64_t n) { return n % 2 == 0; }

/// Two elements taken as one, or none where they do not lie so.
bool halve(StridedCopy& c) {
  StridedCopy::Axis& last = c.axes[c.rank - 1];
  if (!even(last.size) || !even(c.from_start) || !even(c.to_start)) return false;
  for (int i = 0; i + 1 < c.rank; ++i) {
    if (!even(c.axes[i].from) || !even(c.axes[i].to)) return false;
  }
  for (int i = 0; i + 1 < c.rank; ++i) {
    c.axes[i].from /= 2;
    c.axes[i].to /= 2;
  }
  last.size /= 2;
  c.from_start /= 2;
  c.to_start /= 2;
  return true;
}

/// The same on the writing side alone, where the last axis repeats one element.
bool halve_written(StridedCopy& c) {
  StridedCopy::Axis& last = c.axes[c.rank - 1];
  bool can = even(last.size) && even(c.to_start);
  for (int i = 0; i + 1 < c.rank; ++i) can = can && even(c.axes[i].to);
  if (!can) return false;
  for (int i = 0; i + 1 < c.rank; ++i) c.axes[i].to /= 2;
  last.size /= 2;
  c.to_start /= 2;
  return true;
}

std::optional<Tiles> tiles_of(const StridedCopy& c, std::size_t bytes) {
  constexpr std::int64_t least = 8;  // narrower planes would leave most of a tile empty
  const StridedCopy::Axis& q = c.axes[c.rank - 1];
  if (q.to != 1 || q.from == 0 || q.from == 1 || q.size < least) return std::nullopt;
  int p = -1;
  for (int i = 0; i + 1 < c.rank; ++i) {
    if (c.axes[i].from == 1 && c.axes[i].size >= least) p = i;
  }
  if (p < 0) return std::nullopt;
  Tiles t;
  t.bytes = bytes;
  t.p = c.axes[p];
  t.q = q;
  t.planes.from_start = c.from_start;
  t.planes.to_start = c.to_start;
  std::int64_t planes = 1;
  for (int i = 0; i + 1 < c.rank; ++i) {
    if (i == p) continue;
    t.planes.add(c.axes[i]);
    planes *= c.axes[i].size;
  }
  const std::int64_t along_p = (t.p.size + tile - 1) / tile, along_q = (q.size + tile - 1) / tile;
  t.of_p = IndexDivisor(along_p);
  t.of_q = IndexDivisor(along_q);
  t.count = planes * along_p * along_q;
  return t;
}

/// `wide`: elements are taken together as far as they lie together.
Plan plan_of(StridedCopy c, std::size_t itemsize, bool wide) {
  c = c.simplified();
  Plan plan;
  std::size_t from_bytes = itemsize, to_bytes = itemsize;
  const StridedCopy::Axis last = c.axes[c.rank - 1];
  if (wide && last.to == 1 && last.from == 1) {
    while (to_bytes < most_unit_bytes && halve(c)) to_bytes *= 2;
    from_bytes = to_bytes;
    c = c.simplified();
  } else if (wide && last.to == 1 && last.from == 0) {
    StridedCopy written = c;
    std::size_t bytes = itemsize;
    while (bytes < most_unit_bytes && halve_written(written)) bytes *= 2;
    if (bytes == most_unit_bytes) {
      c = written;
      to_bytes = bytes;
    }
  }
  plan.lines = {from_bytes, to_bytes, CopyAxes(c)};
  if (from_bytes == to_bytes) plan.tiles = tiles_of(c, to_bytes);
  return plan;
}

template <class From, class To>
void launch_lines(const CopyAxes& c, const KernelArgs& a) {
  launch(lines_kernel<From, To>, shape_for(c.count, each), a.stream, c, a.in<From>(0), a.out<To>(0),
         a.refused);
}

void run(const Plan& plan, const KernelArgs& a) {
  if (plan.tiles) {
    constexpr std::int64_t most = multiprocessors * 32;
    const Tiles& t = *plan.tiles;
    const LaunchShape shape{.blocks = static_cast<unsigned>(t.count < most ? t.count : most),
                            .threads = tile * tile_rows};
    with_unit(t.bytes, [&]<class T>(Type<T>) {
      launch(tiles_kernel<T>, shape, a.stream, t, a.in<T>(0), a.out<T>(0), a.refused);
    });
    return;
  }
  with_unit(plan.lines.from_bytes, [&]<class T>(Type<T>) {
    if (plan.lines.from_bytes == plan.lines.to_bytes) {
      launch_lines<T, T>(plan.lines.axes, a);
    } else if constexpr (sizeof(T) < most_unit_bytes) {
      launch_lines<T, Vector<T>>(plan.lines.axes, a);
    }
  });
}

}  // namespace

PreparedKernel prepare_strided_copy(const StridedCopy& copy, DType dtype) {
  const Plan wide = plan_of(copy, dtype.itemsize(), true),
             narrow = plan_of(copy, dtype.itemsize(), false);
  const bool nothing = copy.count() == 0;
  return {.run =
              [wide, narrow, nothing](const KernelArgs& a) {
                if (nothing) return;
                const bool fits = unit_at(a.inputs[0]) >= wide.lines.from_bytes &&
                                  unit_at(a.outputs[0]) >= wide.lines.to_bytes;
                run(fits ? wide : narrow, a);
              },
          .honours_refusals = true};
}

}  // namespace weft::cuda
