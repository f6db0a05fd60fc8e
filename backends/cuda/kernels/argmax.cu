// argmax, argmin: the first winner; a NaN wins over any number. Where lines lie side by side and
// are many, a thread goes along each; else a block, and long lines are cut into parts whose winners
// play again.
#include <algorithm>

#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

template <bool largest, class C>
__device__ bool beats(C a, C b) {
  if (b != b) return false;
  if (a != a) return true;
  return largest ? a > b : a < b;
}

/// A candidate; `place` is none before the first.
template <class C>
struct Candidate {
  static constexpr std::int32_t none = 0x7fffffff;
  C value = C(0);
  std::int32_t place = none;

  template <bool largest>
  __device__ void play(C other, std::int32_t other_place) {
    if (other_place == none) return;
    const bool lost = place == none || beats<largest>(other, value) ||
                      (!beats<largest>(value, other) && other_place < place);
    if (!lost) return;
    value = other;
    place = other_place;
  }
};

/// The winner of the block in its first warp.
template <bool largest, class C>
__device__ Candidate<C> block_winner(Candidate<C> own) {
  WEFT_SHARED(C, values, warp_size);
  WEFT_SHARED(std::int32_t, places, warp_size);
  const auto warp_winner = [](Candidate<C> c) {
    for (int lanes = warp_size / 2; lanes > 0; lanes /= 2) {
      const C value = static_cast<C>(__shfl_xor_sync(all_lanes, c.value, lanes));
      c.template play<largest>(value, __shfl_xor_sync(all_lanes, c.place, lanes));
    }
    return c;
  };
  const unsigned lane = threadIdx.x % warp_size, warp = threadIdx.x / warp_size;
  own = warp_winner(own);
  __syncthreads();  // what a call before this one left has been read
  if (lane == 0) {
    values[warp] = own.value;
    places[warp] = own.place;
  }
  __syncthreads();
  Candidate<C> winner;
  if (lane < blockDim.x / warp_size) winner = {values[lane], places[lane]};
  return warp_winner(winner);
}

/// `count` lines of `size` elements, `inner` apart, in parts of `part` elements.
struct Lines {
  std::int64_t count, size, inner, part, parts;
  WEFT_HD std::int64_t begin(std::int64_t line) const {
    return line / inner * inner * size + line % inner;
  }
};

template <bool largest, class T>
__global__ void thread_kernel(Lines v, const T* x, std::int32_t* y) {
  for_each_index(v.count, [&](std::int64_t line) {
    const T* from = x + v.begin(line);
    Candidate<Compute<T>> best;
    for (std::int64_t i = 0; i < v.size; ++i)
      best.template play<largest>(load(from[i * v.inner]), static_cast<std::int32_t>(i));
    y[line] = best.place;
  });
}

/// The winner of each part: of the whole line where there is one part.
template <bool largest, class T>
__global__ void parts_kernel(Lines v, const T* x, std::int32_t* y) {
  for_each_row(v.count * v.parts, [&](std::int64_t job) {
    const T* from = x + v.begin(job / v.parts);
    const std::int64_t first = job % v.parts * v.part;
    Candidate<Compute<T>> best;
    for_each_in_block(math::min(v.part, v.size - first), [&](std::int64_t i) {
      best.template play<largest>(load(from[(first + i) * v.inner]),
                                  static_cast<std::int32_t>(first + i));
    });
    best = block_winner<largest>(best);
    if (threadIdx.x == 0) y[job] = best.place;
  });
}

/// The winner of the winners of a line's parts.
template <bool largest, class T>
__global__ void winners_kernel(Lines v, const T* x, const std::int32_t* winners, std::int32_t* y) {
  for_each_row(v.count, [&](std::int64_t line) {
    const T* from = x + v.begin(line);
    Candidate<Compute<T>> best;
    for_each_in_block(v.parts, [&](std::int64_t i) {
      const std::int32_t place = winners[line * v.parts + i];
      best.template play<largest>(load(from[place * v.inner]), place);
    });
    best = block_winner<largest>(best);
    if (threadIdx.x == 0) y[line] = best.place;
  });
}

Lines lines_of(const KernelRequest& r) {
  const Shape& shape = r.inputs[0].shape;
  Lines v{1, shape.size(), 1, 0, 1};
  if (r.attrs.contains("axis") && !r.attrs["axis"].is_null()) {
    const std::int64_t axis = r.attrs.get<std::vector<std::int64_t>>("axis").at(0);
    const AxisView view(shape, axis);
    v = {view.outer * view.inner, view.size, view.inner, 0, 1};
  }
  // Enough parts to fill a large GPU, none of less than some thousand elements.
  constexpr std::int64_t blocks = multiprocessors * 8, least = 4096;
  const std::int64_t wanted = (blocks + v.count - 1) / std::max<std::int64_t>(v.count, 1);
  v.part = std::max(least, (v.size + wanted - 1) / std::max<std::int64_t>(wanted, 1));
  v.parts = std::max<std::int64_t>((v.size + v.part - 1) / v.part, 1);
  return v;
}

template <bool largest, class T>
void run(const Lines& v, const KernelArgs& a) {
  constexpr std::int64_t many_lines = 4096, short_line = 32, shortest_line = 8;
  const T* x = a.in<T>(0);
  auto* y = a.out<std::int32_t>(0);
  const bool many = v.count >= many_lines && (v.inner > 1 || v.size <= short_line);
  if (many || v.size <= shortest_line) {
    launch(thread_kernel<largest, T>, shape_for(v.count), a.stream, v, x, y);
  } else if (v.parts == 1) {
    launch(parts_kernel<largest, T>, shape_for_rows(v.count, v.size), a.stream, v, x, y);
  } else {
    auto* winners = static_cast<std::int32_t*>(a.workspace);
    launch(parts_kernel<largest, T>, shape_for_rows(v.count * v.parts, v.part), a.stream, v, x,
           winners);
    launch(winners_kernel<largest, T>, shape_for_rows(v.count, v.parts), a.stream, v, x, winners,
           y);
  }
}

template <bool largest>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::any>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    const Lines v = lines_of(r);
    const std::int64_t winners = v.parts > 1 ? v.count * v.parts : 0;
    return PreparedKernel{
        .run = [v](const KernelArgs& a) { run<largest, T>(v, a); },
        .workspace_bytes = static_cast<std::size_t>(winners) * sizeof(std::int32_t)};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_argmax(KernelTable& table) {
  cuda::add_kernel(table, "argmax", cuda::prepare<true>);
  cuda::add_kernel(table, "argmin", cuda::prepare<false>);
}

}  // namespace weft::registration
