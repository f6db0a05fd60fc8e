// concatenate: per outer index, one run of each input after the other.
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/units.hpp"

namespace weft::cuda {
namespace {

/// Inputs that lie side by side in the output; all sizes in units.
struct Parts {
  static constexpr int most = 64;
  int count = 0;
  const void* from[most];
  std::int64_t end[most];           // of the part in the rows of these parts
  std::int64_t row = 0, first = 0;  // of the output's rows, and where in them the parts begin
  std::int64_t elements = 0;        // outer * end[count - 1]
  IndexDivisor width;               // end[count - 1]

  /// The part that column c lies in.
  WEFT_HD int part(std::int64_t c) const {
    int low = 0, high = count - 1;
    while (low < high) {
      const int middle = (low + high) / 2;
      if (c < end[middle])
        high = middle;
      else
        low = middle + 1;
    }
    return low;
  }
};

constexpr int each = 4;  // elements that a thread has on their way at a time

template <class T>
__global__ void concatenate_kernel(Parts p, T* to, const unsigned* refused) {
  if (is_refused(refused)) return;
  const std::int64_t threads = blockDim.x;
  for (std::int64_t first = blockIdx.x * threads * each + threadIdx.x; first < p.elements;
       first += gridDim.x * threads * each) {
    std::int64_t places[each] = {};
    T values[each] = {};
    for (int u = 0; u < each; ++u) {
      if (first + u * threads >= p.elements) continue;
      std::int64_t column = 0;
      const std::int64_t row = p.width.divide(first + u * threads, column);
      const int part = p.part(column);
      const std::int64_t begin = part == 0 ? 0 : p.end[part - 1];
      places[u] = row * p.row + p.first + column;
      values[u] = load_vector<T>(static_cast<const T*>(p.from[part]) + row * (p.end[part] - begin) +
                                 column - begin);
    }
    for (int u = 0; u < each; ++u) {
      if (first + u * threads < p.elements) store_vector(to + places[u], values[u]);
    }
  }
}

/// Bytes of each input's run, and how often they follow one another.
struct Runs {
  std::int64_t outer = 1, row_bytes = 0;
  std::vector<std::int64_t> bytes;

  std::size_t unit(const KernelArgs& a) const {
    std::size_t unit = unit_at(a.outputs[0]);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] == 0) continue;
      unit = std::min(unit, unit_at(a.inputs[i]));
      while (bytes[i] % static_cast<std::int64_t>(unit) != 0) unit /= 2;
    }
    return unit;
  }

  void run(const KernelArgs& a) const {
    const std::size_t size = unit(a);
    const auto unit_bytes = static_cast<std::int64_t>(size);
    Parts p;
    p.row = row_bytes / unit_bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] > 0) {
        p.from[p.count] = a.inputs[i];
        p.end[p.count] = (p.count > 0 ? p.end[p.count - 1] : 0) + bytes[i] / unit_bytes;
        ++p.count;
      }
      if (p.count == 0 || (p.count < Parts::most && i + 1 < bytes.size())) continue;
      const std::int64_t width = p.end[p.count - 1];
      p.width = IndexDivisor(width);
      p.elements = outer * width;
      with_unit(size, [&]<class T>(Type<T>) {
        launch(concatenate_kernel<T>, shape_for(p.elements, each), a.stream, p, a.out<T>(0),
               a.refused);
      });
      p.first += width;
      p.count = 0;
    }
  }
};

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  const Shape& to = r.outputs[0].shape;
  const auto axis = r.attrs.get<std::int64_t>("axis");
  Runs runs;
  runs.outer = AxisView(to, axis).outer;
  for (const TensorSpec& in : r.inputs) {
    const AxisView view(in.shape, axis);
    runs.bytes.push_back(view.size * view.inner *
                         static_cast<std::int64_t>(r.outputs[0].dtype.itemsize()));
    runs.row_bytes += runs.bytes.back();
  }
  return {.run = [runs](const KernelArgs& a) { runs.run(a); }, .honours_refusals = true};
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_concatenate(KernelTable& table) { cuda::add_kernel(table, "concatenate", cuda::prepare); }
}  // namespace weft::registration
