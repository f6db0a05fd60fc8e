// Reductions. The shape becomes alternating groups of kept and reduced axes; the innermost group is
// either reduced, and a row becomes a number (eight partial results, added in fixed order), or
// kept, and rows are combined into a workspace row. Floating sums are kept in double.
#include <algorithm>
#include <limits>
#include <vector>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/shapes/reduce_groups.hpp"

namespace weft::cpu {
namespace {

/// Axes of one kind (all kept or all reduced), outermost first, and a walk over them.
struct Axes {
  int rank = 0;
  std::int64_t size[Shape::max_rank], stride[Shape::max_rank], count = 1;
  void add(std::int64_t n, std::int64_t step) {
    size[rank] = n;
    stride[rank++] = step;
    count *= n;
  }
  /// Calls f(offset) for every index, in row-major order.
  template <class F>
  void walk(F&& f) const {
    std::int64_t index[Shape::max_rank] = {}, offset = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      f(offset);
      for (int d = rank - 1; d >= 0; --d) {
        offset += stride[d];
        if (++index[d] < size[d]) break;
        offset -= stride[d] * size[d];
        index[d] = 0;
      }
    }
  }
};

struct Plan {
  Axes kept, reduced;          // without the innermost group
  std::int64_t inner = 1;      // its length
  bool inner_reduced = false;  // and kind
  std::int64_t divisor = 1;    // elements per result
};

Plan plan_of(const Shape& shape, const Config& attrs) {
  std::vector<ReduceGroup> groups = reduce_groups(shape, attrs);
  if (groups.empty()) groups.push_back({1, true});
  Plan plan;
  plan.divisor = reduced_count(shape, attrs);
  plan.inner = groups.back().size;
  plan.inner_reduced = groups.back().reduced;
  std::int64_t stride = shape.size();
  for (std::size_t i = 0; i + 1 < groups.size(); ++i) {
    stride = groups[i].size == 0 ? 0 : stride / groups[i].size;
    (groups[i].reduced ? plan.reduced : plan.kept).add(groups[i].size, stride);
  }
  return plan;
}

// Rows are read in pieces and become numbers of one of three types, in which everything is
// computed: floating ones double, integers 64 bits that wrap, as NumPy does. So a reduction is
// compiled three times, not for every dtype.
constexpr std::int64_t piece = 256;

template <class Acc, class T>
void load_piece(const void* x, std::int64_t first, std::int64_t n, Acc* to) {
  const T* from = static_cast<const T*>(x) + first;
  for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<Acc>(load(from[i]));
}
/// 1 where the element is not 0.
template <class T>
void load_truth(const void* x, std::int64_t first, std::int64_t n, std::uint64_t* to) {
  const T* from = static_cast<const T*>(x) + first;
  for (std::int64_t i = 0; i < n; ++i) to[i] = load(from[i]) != Compute<T>(0) ? 1 : 0;
}
template <class Acc, class T>
void store_piece(const Acc* from, std::int64_t n, void* y, std::int64_t first) {
  T* to = static_cast<T*>(y) + first;
  for (std::int64_t i = 0; i < n; ++i) to[i] = store<T>(from[i]);
}

struct Sum {
  template <class Acc>
  static constexpr Acc init() {
    return 0;
  }
  template <class Acc>
  static Acc combine(Acc a, Acc b) {
    return a + b;
  }
};

struct Prod {
  template <class Acc>
  static constexpr Acc init() {
    return 1;
  }
  template <class Acc>
  static Acc combine(Acc a, Acc b) {
    return a * b;
  }
};

struct Max {
  template <class Acc>
  static constexpr Acc init() {
    if constexpr (std::is_floating_point_v<Acc>)
      return -std::numeric_limits<Acc>::infinity();
    else
      return std::numeric_limits<Acc>::lowest();
  }
  template <class Acc>
  static Acc combine(Acc a, Acc b) {
    return b > a || b != b ? b : a;  // a NaN wins, and stays
  }
};

struct Min {
  template <class Acc>
  static constexpr Acc init() {
    if constexpr (std::is_floating_point_v<Acc>)
      return std::numeric_limits<Acc>::infinity();
    else
      return std::numeric_limits<Acc>::max();
  }
  template <class Acc>
  static Acc combine(Acc a, Acc b) {
    return b < a || b != b ? b : a;
  }
};

/// A reduction, ready to run but for its pointers.
template <class Acc>
struct Reduction {
  Plan plan;
  bool mean = false;
  void (*load)(const void* x, std::int64_t first, std::int64_t n, Acc* to) = nullptr;
  void (*store)(const Acc* from, std::int64_t n, void* y, std::int64_t first) = nullptr;

  void finish(Acc* results, std::int64_t n, void* y, std::int64_t first) const {
    for (std::int64_t i = 0; mean && i < n; ++i)
      results[i] = static_cast<Acc>(results[i] / static_cast<Acc>(plan.divisor));
    store(results, n, y, first);
  }
};

template <class Op, class Acc>
Acc reduce_row(const Reduction<Acc>& r, const void* x, std::int64_t first) {
  constexpr int lanes = 8;
  Acc part[lanes], elements[piece];
  std::fill_n(part, lanes, Op::template init<Acc>());
  for (std::int64_t at = 0; at < r.plan.inner; at += piece) {
    const std::int64_t n = std::min(piece, r.plan.inner - at);
    r.load(x, first + at, n, elements);
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
      for (int k = 0; k < lanes; ++k) part[k] = Op::combine(part[k], elements[i + k]);
    }
    for (int k = 0; i < n; ++i, ++k) part[k] = Op::combine(part[k], elements[i]);
  }
  for (int width = lanes / 2; width > 0; width /= 2) {
    for (int k = 0; k < width; ++k) part[k] = Op::combine(part[k], part[k + width]);
  }
  return part[0];
}

template <class Op, class Acc>
void reduce_rows(const Reduction<Acc>& r, const void* x, void* y) {
  std::int64_t number = 0;
  r.plan.kept.walk([&](std::int64_t start) {
    Acc acc = Op::template init<Acc>();
    r.plan.reduced.walk(
        [&](std::int64_t offset) { acc = Op::combine(acc, reduce_row<Op>(r, x, start + offset)); });
    r.finish(&acc, 1, y, number++);
  });
}

/// `acc`: memory for a row of results.
template <class Op, class Acc>
void reduce_columns(const Reduction<Acc>& r, const void* x, void* y, Acc* acc) {
  const std::int64_t inner = r.plan.inner;
  std::int64_t number = 0;
  r.plan.kept.walk([&](std::int64_t start) {
    std::fill_n(acc, inner, Op::template init<Acc>());
    r.plan.reduced.walk([&](std::int64_t offset) {
      Acc elements[piece];
      for (std::int64_t at = 0; at < inner; at += piece) {
        const std::int64_t n = std::min(piece, inner - at);
        r.load(x, start + offset + at, n, elements);
        for (std::int64_t j = 0; j < n; ++j) acc[at + j] = Op::combine(acc[at + j], elements[j]);
      }
    });
    r.finish(acc, inner, y, number);
    number += inner;
  });
}

template <class Op, class Acc>
PreparedKernel kernel(const Reduction<Acc>& r) {
  if (r.plan.inner_reduced) {
    return {.run = [r](const KernelArgs& a) { reduce_rows<Op>(r, a.inputs[0], a.outputs[0]); }};
  }
  return {.run =
              [r](const KernelArgs& a) {
                reduce_columns<Op>(r, a.inputs[0], a.outputs[0], static_cast<Acc*>(a.workspace));
              },
          .workspace_bytes = static_cast<std::size_t>(r.plan.inner) * sizeof(Acc)};
}

/// With `Acc` for the input's dtype, one of those that are loaded into it.
template <class Op, class Acc>
PreparedKernel prepare_in(const KernelRequest& r, bool mean, std::string& why_not) {
  constexpr bool floating = std::is_floating_point_v<Acc>;
  constexpr Types types = floating ? Types::floating : Types::any;
  Reduction<Acc> reduction{.plan = plan_of(r.inputs[0].shape, r.attrs), .mean = mean};
  dispatch<types>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    if constexpr (is_float<T> == floating) reduction.load = load_piece<Acc, T>;
    return PreparedKernel();
  });
  dispatch<types>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    if constexpr (is_float<T> == floating) reduction.store = store_piece<Acc, T>;
    return PreparedKernel();
  });
  return kernel<Op>(reduction);
}

/// Sums and products: of integers the low bits, whatever their sign.
template <class Op>
PreparedKernel prepare_sum(const KernelRequest& r, std::string& why_not) {
  return r.inputs[0].dtype.is_floating() ? prepare_in<Op, double>(r, false, why_not)
                                         : prepare_in<Op, std::uint64_t>(r, false, why_not);
}

PreparedKernel prepare_mean(const KernelRequest& r, std::string& why_not) {
  if (r.inputs[0].dtype.is_floating()) return prepare_in<Sum, double>(r, true, why_not);
  why_not = "not for dtype " + r.inputs[0].dtype.name();
  return {};
}

template <class Op>
PreparedKernel prepare_extreme(const KernelRequest& r, std::string& why_not) {
  const DType dtype = r.inputs[0].dtype;
  if (dtype.is_floating()) return prepare_in<Op, double>(r, false, why_not);
  return dtype == DType::uint64 ? prepare_in<Op, std::uint64_t>(r, false, why_not)
                                : prepare_in<Op, std::int64_t>(r, false, why_not);
}

/// any is the largest of the truths, all the smallest.
template <class Op>
PreparedKernel prepare_truth(const KernelRequest& r, std::string& why_not) {
  Reduction<std::uint64_t> reduction{.plan = plan_of(r.inputs[0].shape, r.attrs)};
  dispatch<Types::any>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    reduction.load = load_truth<T>;
    return PreparedKernel();
  });
  reduction.store = [](const std::uint64_t* from, std::int64_t n, void* y, std::int64_t first) {
    for (std::int64_t i = 0; i < n; ++i) static_cast<bool*>(y)[first + i] = from[i] != 0;
  };
  return kernel<Op>(reduction);
}

/// prod_grad(x, y, dy): dy times the product of the other elements, by a pass from the front and
/// one from the back, so that zeros are no matter.
template <class T>
void prod_grad(const Axes& kept, const Axes& reduced, const T* x, const T* dy, T* dx) {
  using C = Compute<T>;
  kept.walk([&](std::int64_t start) {
    C before = 1;
    reduced.walk([&](std::int64_t offset) {
      dx[start + offset] = store<T>(before);
      before *= load(x[start + offset]);
    });
    C after = load(*dy++);
    const std::int64_t last = reduced.count - 1;
    std::int64_t index[Shape::max_rank], offset = 0;
    for (int d = 0; d < reduced.rank; ++d) {
      index[d] = reduced.size[d] - 1;
      offset += index[d] * reduced.stride[d];
    }
    for (std::int64_t i = last; i >= 0; --i) {
      const C element = load(x[start + offset]);
      dx[start + offset] = store<T>(load(dx[start + offset]) * after);
      after *= element;
      for (int d = reduced.rank - 1; d >= 0; --d) {
        offset -= reduced.stride[d];
        if (--index[d] >= 0) break;
        offset += reduced.stride[d] * reduced.size[d];
        index[d] = reduced.size[d] - 1;
      }
    }
  });
}

PreparedKernel prepare_prod_grad(const KernelRequest& r, std::string& why_not) {
  const Shape& shape = r.inputs[0].shape;
  const std::vector<bool> is_reduced = reduced_axes(shape, r.attrs);
  Axes kept, reduced;
  std::int64_t stride = shape.size();
  for (int i = 0; i < shape.rank(); ++i) {
    stride = shape[i] == 0 ? 0 : stride / shape[i];
    (is_reduced[static_cast<std::size_t>(i)] ? reduced : kept).add(shape[i], stride);
  }
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [kept, reduced](const KernelArgs& a) {
      prod_grad(kept, reduced, a.in<T>(0), a.in<T>(2), a.out<T>(0));
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_reduce(KernelTable& table) {
  cpu::add_reference(table, "sum", cpu::prepare_sum<cpu::Sum>);
  cpu::add_reference(table, "mean", cpu::prepare_mean);
  cpu::add_reference(table, "prod", cpu::prepare_sum<cpu::Prod>);
  cpu::add_reference(table, "prod_grad", cpu::prepare_prod_grad);
  cpu::add_reference(table, "max", cpu::prepare_extreme<cpu::Max>);
  cpu::add_reference(table, "min", cpu::prepare_extreme<cpu::Min>);
  cpu::add_reference(table, "any", cpu::prepare_truth<cpu::Max>);
  cpu::add_reference(table, "all", cpu::prepare_truth<cpu::Min>);
}

}  // namespace weft::registration
