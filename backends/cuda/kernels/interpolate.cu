// interpolate and its gradient along one axis: each line of the result is a sum of few lines. A
// first kernel puts the weights into the workspace; then a thread makes up to 16 bytes of the
// result. The gradient gathers: for an input line, all output lines that it is in.
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/workspace.hpp"
#include "backends/shapes/interpolate_weights.hpp"

namespace weft::cuda {
namespace {

/// For each line of the scaled side 2 * radius weights, of lines first[line], first[line] + 1, ...
/// of the other side.
template <class C>
struct Table {
  std::int64_t lines;
  int width;
  C* weights;
  std::int64_t* first;

  Table(const InterpolateWeights& w, WorkspaceParts& parts)
      : lines(w.size * w.scale),
        width(static_cast<int>(2 * w.radius())),
        weights(parts.take<C>(lines * width)),
        first(parts.take<std::int64_t>(lines)) {}
};

template <class C>
__global__ void weights_kernel(InterpolateWeights w, Table<C> table) {
  for_each_index(table.lines, [&](std::int64_t o) {
    const std::int64_t first = w.first(o), end = w.end(o);
    double sum = 0;
    for (std::int64_t j = first; j < end; ++j) sum += w.weight(o, j);
    for (int k = 0; k < table.width; ++k) {
      const std::int64_t j = first + k;
      table.weights[o * table.width + k] = static_cast<C>(j < end ? w.weight(o, j) / sum : 0.0);
    }
    table.first[o] = first;
  });
}

/// The result, [outer, lines, inner]; inner in vectors of N.
struct Result {
  std::int64_t count, inner;
  IndexDivisor of_inner, of_lines;
  Result(std::int64_t outer, std::int64_t lines, std::int64_t inner_vectors)
      : count(outer * lines * inner_vectors),
        inner(inner_vectors),
        of_inner(inner_vectors),
        of_lines(lines) {}
};

/// sums += weight * the vector at `from`.
template <class T, int N>
__device__ __forceinline__ void add_line(Compute<T> (&sums)[N], Compute<T> weight, const T* from) {
  const auto v = load_vector<Vector<T, N>>(from);
  for (int c = 0; c < N; ++c) sums[c] += weight * load(v.at[c]);
}

template <class T, int N>
__device__ __forceinline__ void store_sums(const Compute<T> (&sums)[N], T* to) {
  Vector<T, N> out;
  for (int c = 0; c < N; ++c) out.at[c] = store<T>(sums[c]);
  store_vector(to, out);
}

template <class T, int N>
__global__ void interpolate_kernel(InterpolateWeights w, Table<Compute<T>> table, Result r,
                                   const T* x, T* y) {
  const std::int64_t step = r.inner * N;
  for_each_index(r.count, [&](std::int64_t n) {
    std::int64_t i = 0, line = 0;
    const std::int64_t outer = r.of_lines.divide(r.of_inner.divide(n, i), line);
    const std::int64_t first = table.first[line];
    const T* from = x + (outer * w.size + first) * step + i * N;
    const Compute<T>* weights = table.weights + line * table.width;
    Compute<T> sums[N] = {};
    for (int k = 0; k < table.width && first + k < w.size; ++k)
      add_line<T, N>(sums, weights[k], from + k * step);
    store_sums<T, N>(sums, y + n * N);
  });
}

template <class T, int N>
__global__ void interpolate_grad_kernel(InterpolateWeights w, Table<Compute<T>> table, Result r,
                                        const T* dy, T* dx) {
  const std::int64_t step = r.inner * N, radius = w.radius();
  for_each_index(r.count, [&](std::int64_t n) {
    std::int64_t i = 0, line = 0;
    const std::int64_t outer = r.of_lines.divide(r.of_inner.divide(n, i), line);
    // Output lines whose place is within the radius of this line, and one more on each side.
    std::int64_t o = w.scale * (line - radius) + w.scale / 2 - 1,
                 end = w.scale * (line + radius) + w.scale / 2 + 2;
    if (o < 0) o = 0;
    if (end > table.lines) end = table.lines;
    const T* from = dy + outer * table.lines * step + i * N;
    Compute<T> sums[N] = {};
    for (; o < end; ++o) {
      const std::int64_t k = line - table.first[o];
      if (k >= 0 && k < table.width)
        add_line<T, N>(sums, table.weights[o * table.width + k], from + o * step);
    }
    store_sums<T, N>(sums, dx + n * N);
  });
}

struct Axis {
  InterpolateWeights weights;
  std::int64_t outer, inner;
};

template <class T, int N, bool gradient>
void run(const Axis& axis, const KernelArgs& a) {
  WorkspaceParts parts(a.workspace);
  const InterpolateWeights& w = axis.weights;
  const Table<Compute<T>> table(w, parts);
  const Result result(axis.outer, gradient ? w.size : table.lines, axis.inner / N);
  if (result.count == 0) return;
  launch(weights_kernel<Compute<T>>, shape_for(table.lines), a.stream, w, table);
  launch(gradient ? interpolate_grad_kernel<T, N> : interpolate_kernel<T, N>,
         shape_for(result.count), a.stream, w, table, result, a.in<T>(0), a.out<T>(0));
}

template <bool gradient>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const Shape& small = gradient ? r.outputs[0].shape : r.inputs[0].shape;
  const auto given = r.attrs.get<std::int64_t>("axis");
  const AxisView v(small, given);
  const Axis axis{interpolate_weights(r.attrs, v.size), v.outer, v.inner};
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    WorkspaceParts parts(nullptr);
    const Table<Compute<T>> counted(axis.weights, parts);
    return PreparedKernel{.run =
                              [axis](const KernelArgs& a) {
                                constexpr int together = Vector<T>::size;
                                if (axis.inner % together == 0 &&
                                    is_aligned<Vector<T>>(a.inputs[0]) &&
                                    is_aligned<Vector<T>>(a.outputs[0]))
                                  run<T, together, gradient>(axis, a);
                                else
                                  run<T, 1, gradient>(axis, a);
                              },
                          .workspace_bytes = parts.bytes()};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_interpolate(KernelTable& table) {
  cuda::add_kernel(table, "interpolate", cuda::prepare<false>);
  cuda::add_kernel(table, "interpolate_grad", cuda::prepare<true>);
}

}  // namespace weft::registration
