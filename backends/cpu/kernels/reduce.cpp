// Reductions. The shape becomes alternating groups of kept and reduced axes; the innermost group is
// either reduced, and a row becomes a number (eight partial results, added in fixed order), or
// kept, and rows are combined into a workspace row. Floating sums are kept in double.
#include <algorithm>
#include <limits>
#include <vector>

#include "backends/cpu/kernels/dispatch.hpp"

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

std::vector<bool> reduced_axes(const Shape& shape, const Config& attrs) {
  std::vector<bool> out(static_cast<std::size_t>(shape.rank()), true);
  if (!attrs.contains("axis") || attrs["axis"].is_null()) return out;
  std::fill(out.begin(), out.end(), false);
  for (std::int64_t axis : attrs.get<std::vector<std::int64_t>>("axis")) {
    out[static_cast<std::size_t>(axis < 0 ? axis + shape.rank() : axis)] = true;
  }
  return out;
}

Plan plan_of(const Shape& shape, const Config& attrs) {
  const std::vector<bool> reduced = reduced_axes(shape, attrs);
  struct Group {
    std::int64_t size;
    bool reduced;
  };
  std::vector<Group> groups;
  Plan plan;
  for (int i = 0; i < shape.rank(); ++i) {
    const std::int64_t n = shape[i];
    const bool r = reduced[static_cast<std::size_t>(i)];
    if (r) plan.divisor *= n;
    if (n == 1) continue;
    if (!groups.empty() && groups.back().reduced == r) {
      groups.back().size *= n;
    } else {
      groups.push_back({n, r});
    }
  }
  if (groups.empty()) groups.push_back({1, true});
  plan.inner = groups.back().size;
  plan.inner_reduced = groups.back().reduced;
  std::int64_t stride = shape.size();
  for (std::size_t i = 0; i + 1 < groups.size(); ++i) {
    stride = groups[i].size == 0 ? 0 : stride / groups[i].size;
    (groups[i].reduced ? plan.reduced : plan.kept).add(groups[i].size, stride);
  }
  return plan;
}

// What a reduction is: load an element, combine two results, finish one. `Acc` is the type of
// partial results.
template <class T>
using SumAcc =
    std::conditional_t<is_float<T>, double,
                       std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;
template <class T>
using SumOut = std::conditional_t<
    std::is_same_v<T, bool> || std::is_same_v<T, std::int8_t> || std::is_same_v<T, std::int16_t>,
    std::int32_t,
    std::conditional_t<std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::uint16_t>,
                       std::uint32_t, T>>;

template <class T>
struct Sum {
  using Acc = SumAcc<T>;
  using Out = SumOut<T>;
  static constexpr Acc init = 0;
  static Acc element(T x) { return static_cast<Acc>(load(x)); }
  static Acc combine(Acc a, Acc b) {
    if constexpr (std::is_same_v<Acc, std::int64_t>) {  // wraps, as NumPy does, without undefined
                                                        // behaviour
      return static_cast<Acc>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    } else {
      return a + b;
    }
  }
  static Out finish(Acc a, std::int64_t) { return store<Out>(a); }
};

template <class T>
struct Mean : Sum<T> {
  using Out = T;
  static Out finish(typename Sum<T>::Acc a, std::int64_t n) {
    return store<T>(a / static_cast<double>(n));
  }
};

template <class T>
struct Prod {
  using Acc = SumAcc<T>;
  using Out = SumOut<T>;
  static constexpr Acc init = 1;
  static Acc element(T x) { return static_cast<Acc>(load(x)); }
  static Acc combine(Acc a, Acc b) {
    if constexpr (std::is_same_v<Acc, std::int64_t>) {
      return static_cast<Acc>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
    } else {
      return a * b;
    }
  }
  static Out finish(Acc a, std::int64_t) { return store<Out>(a); }
};

template <class C>
constexpr C lowest() {
  if constexpr (std::is_floating_point_v<C>)
    return -std::numeric_limits<C>::infinity();
  else
    return std::numeric_limits<C>::lowest();
}
template <class C>
constexpr C highest() {
  if constexpr (std::is_floating_point_v<C>)
    return std::numeric_limits<C>::infinity();
  else
    return std::numeric_limits<C>::max();
}

template <class T>
struct Max {
  using Acc = Compute<T>;
  using Out = T;
  static constexpr Acc init = lowest<Acc>();
  static Acc element(T x) { return load(x); }
  static Acc combine(Acc a, Acc b) { return b > a || b != b ? b : a; }  // a NaN wins, and stays
  static Out finish(Acc a, std::int64_t) { return store<T>(a); }
};

template <class T>
struct Min {
  using Acc = Compute<T>;
  using Out = T;
  static constexpr Acc init = highest<Acc>();
  static Acc element(T x) { return load(x); }
  static Acc combine(Acc a, Acc b) { return b < a || b != b ? b : a; }
  static Out finish(Acc a, std::int64_t) { return store<T>(a); }
};

template <class T>
struct Any {
  using Acc = bool;
  using Out = bool;
  static constexpr Acc init = false;
  static Acc element(T x) { return load(x) != Compute<T>(0); }
  static Acc combine(Acc a, Acc b) { return a | b; }
  static Out finish(Acc a, std::int64_t) { return a; }
};

template <class T>
struct All : Any<T> {
  static constexpr bool init = true;
  static bool combine(bool a, bool b) { return a & b; }
};

template <class Op, class T>
typename Op::Acc reduce_row(const T* x, std::int64_t n) {
  using Acc = typename Op::Acc;
  constexpr int lanes = 8;
  Acc part[lanes];
  std::fill_n(part, lanes, Op::init);
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int k = 0; k < lanes; ++k) part[k] = Op::combine(part[k], Op::element(x[i + k]));
  }
  for (int k = 0; i < n; ++i, ++k) part[k] = Op::combine(part[k], Op::element(x[i]));
  for (int width = lanes / 2; width > 0; width /= 2) {
    for (int k = 0; k < width; ++k) part[k] = Op::combine(part[k], part[k + width]);
  }
  return part[0];
}

template <class Op, class T>
void reduce_rows(const Plan& p, const T* x, typename Op::Out* y) {
  p.kept.walk([&](std::int64_t start) {
    typename Op::Acc acc = Op::init;
    p.reduced.walk([&](std::int64_t offset) {
      acc = Op::combine(acc, reduce_row<Op>(x + start + offset, p.inner));
    });
    *y++ = Op::finish(acc, p.divisor);
  });
}

template <class Op, class T>
void reduce_columns(const Plan& p, const T* x, typename Op::Out* y, typename Op::Acc* acc) {
  p.kept.walk([&](std::int64_t start) {
    std::fill_n(acc, p.inner, Op::init);
    p.reduced.walk([&](std::int64_t offset) {
      const T* row = x + start + offset;
      for (std::int64_t j = 0; j < p.inner; ++j) acc[j] = Op::combine(acc[j], Op::element(row[j]));
    });
    for (std::int64_t j = 0; j < p.inner; ++j) y[j] = Op::finish(acc[j], p.divisor);
    y += p.inner;
  });
}

template <template <class> class Op, Types types>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const Plan plan = plan_of(r.inputs[0].shape, r.attrs);
  return dispatch<types>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    using Acc = typename Op<T>::Acc;
    using Out = typename Op<T>::Out;
    if (plan.inner_reduced) {
      return PreparedKernel{.run = [plan](const KernelArgs& a) {
        reduce_rows<Op<T>>(plan, a.in<T>(0), a.out<Out>(0));
      }};
    }
    return PreparedKernel{.run =
                              [plan](const KernelArgs& a) {
                                reduce_columns<Op<T>>(plan, a.in<T>(0), a.out<Out>(0),
                                                      static_cast<Acc*>(a.workspace));
                              },
                          .workspace_bytes = static_cast<std::size_t>(plan.inner) * sizeof(Acc)};
  });
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
  using cpu::Types;
  cpu::add_reference(table, "sum", cpu::prepare<cpu::Sum, Types::any>);
  cpu::add_reference(table, "mean", cpu::prepare<cpu::Mean, Types::floating>);
  cpu::add_reference(table, "prod", cpu::prepare<cpu::Prod, Types::any>);
  cpu::add_reference(table, "prod_grad", cpu::prepare_prod_grad);
  cpu::add_reference(table, "max", cpu::prepare<cpu::Max, Types::any>);
  cpu::add_reference(table, "min", cpu::prepare<cpu::Min, Types::any>);
  cpu::add_reference(table, "any", cpu::prepare<cpu::Any, Types::any>);
  cpu::add_reference(table, "all", cpu::prepare<cpu::All, Types::any>);
}

}  // namespace weft::registration
