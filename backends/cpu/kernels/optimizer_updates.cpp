// The optimizer ops. The references round after each operation, as the ops one by one would in the
// same dtype; float32 runs through the loops of the instruction set in use, all variables as one
// range that threads share.
#include <vector>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/optimizers.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "backends/optimizer_formulas.hpp"
#include "core/ops/optimizer_updates.hpp"

namespace weft::cpu {
namespace {

constexpr std::int64_t grain = 8192;  // elements; five arrays of float are read and written

/// Where each variable begins in the range of all elements.
struct Layout {
  std::size_t n = 0;                // variables
  std::vector<std::int64_t> begin;  // n + 1

  Layout(const KernelRequest& r, std::size_t slots) : n((r.inputs.size() - 1) / (slots + 2)) {
    begin.push_back(0);
    for (std::size_t i = 0; i < n; ++i)
      begin.push_back(begin.back() + r.inputs[1 + i].shape.size());
  }

  /// Calls f(variable, first, last) for the parts of [from, to), elements counted within each.
  template <class F>
  void each(std::int64_t from, std::int64_t to, F&& f) const {
    for (std::size_t i = 0; i < n && begin[i] < to; ++i) {
      const std::int64_t first = std::max(from, begin[i]), last = std::min(to, begin[i + 1]);
      if (first < last) f(i, first - begin[i], last - begin[i]);
    }
  }
};

/// The arrays of variable i from element `first` on.
OptimizerArrays arrays_at(const KernelArgs& a, std::size_t n, std::size_t slots, std::size_t i,
                          std::int64_t first) {
  const auto in = [&](std::size_t list) {
    return a.in<float>(static_cast<int>(1 + list * n + i)) + first;
  };
  const auto out = [&](std::size_t list) {
    return a.out<float>(static_cast<int>(list * n + i)) + first;
  };
  OptimizerArrays p{in(0), in(1), nullptr, nullptr, nullptr, out(0), nullptr, nullptr, nullptr};
  if (slots > 0) p.a = in(2), p.to_a = out(1);
  if (slots > 1) p.b = in(3), p.to_b = out(2);
  if (slots > 2) p.c = in(4), p.to_c = out(3);
  return p;
}

/// A kernel for float32 of numbers that are known but for the rate, which `numbers` puts in.
template <class Numbers>
PreparedKernel fast(const KernelRequest& r, std::size_t slots, Numbers numbers,
                    float Numbers::*rate,
                    void (*loop)(const Numbers&, const OptimizerArrays&, Index), bool third_is_b) {
  return {.run = [layout = Layout(r, slots), slots, numbers, rate, loop,
                  third_is_b](const KernelArgs& a) {
    Numbers now = numbers;
    now.*rate = *a.in<float>(0);
    parallel_for(layout.begin.back(), grain, [&](std::int64_t from, std::int64_t to) {
      layout.each(from, to, [&](std::size_t i, std::int64_t first, std::int64_t last) {
        OptimizerArrays p = arrays_at(a, layout.n, slots, i, first);
        if (third_is_b) p.c = p.b, p.to_c = p.to_b;
        loop(now, p, last - first);
      });
    });
  }};
}

float number(const Config& attrs, const char* key) {
  return static_cast<float>(attrs.get<double>(key));
}

PreparedKernel prepare_sgd(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  const SgdNumbers k{0, number(r.attrs, "momentum"), r.attrs.get<bool>("nesterov")};
  const std::size_t slots = weft::detail::sgd_slots(r.attrs);
  const OptimizerLoops& loops = optimizer_loops();
  return fast(r, slots, k, &SgdNumbers::rate, slots == 0 ? loops.sgd : loops.sgd_momentum, false);
}

PreparedKernel prepare_rmsprop(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  const double rho = r.attrs.get<double>("rho");
  const bool momentum = r.attrs.get<double>("momentum") > 0,
             centered = r.attrs.get<bool>("centered");
  const RmspropNumbers k{0, static_cast<float>(rho), static_cast<float>(1.0 - rho),
                         number(r.attrs, "epsilon"), number(r.attrs, "momentum")};
  return fast(r, weft::detail::rmsprop_slots(r.attrs), k, &RmspropNumbers::rate,
              optimizer_loops().rmsprop[(momentum ? 1 : 0) + (centered ? 2 : 0)],
              centered && !momentum);
}

PreparedKernel prepare_adam(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  const AdamNumbers k{0, static_cast<float>(1.0 - r.attrs.get<double>("beta_1")),
                      static_cast<float>(1.0 - r.attrs.get<double>("beta_2")),
                      number(r.attrs, "epsilon")};
  return fast(r, weft::detail::adam_slots(r.attrs), k, &AdamNumbers::alpha,
              optimizer_loops().adam[r.attrs.get<bool>("amsgrad") ? 1 : 0], false);
}

// References.

/// Elements [0, size) of variable i out of n.
template <class T, class Formula>
void step_by_step(const Formula& formula, const KernelArgs& a, int n, int i, std::int64_t size) {
  const Compute<T> rate = load(*a.in<T>(0));
  for (std::int64_t e = 0; e < size; ++e) {
    const auto in = [&](int list) { return load(a.in<T>(1 + list * n + i)[e]); };
    OptimizerElement<Compute<T>> x{in(0), in(1), {}};
    for (int s = 0; s < Formula::slots; ++s) x.slot[s] = in(2 + s);
    formula.template step<T>(rate, x);
    a.out<T>(i)[e] = store<T>(x.w);
    for (int s = 0; s < Formula::slots; ++s) a.out<T>((1 + s) * n + i)[e] = store<T>(x.slot[s]);
  }
}

template <class Formula>
PreparedKernel reference(const KernelRequest& r, std::string& why_not, const Formula& formula) {
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [layout = Layout(r, Formula::slots), formula](const KernelArgs& a) {
          layout.each(0, layout.begin.back(), [&](std::size_t i, std::int64_t, std::int64_t size) {
            step_by_step<T>(formula, a, static_cast<int>(layout.n), static_cast<int>(i), size);
          });
        }};
  });
}

PreparedKernel reference_sgd(const KernelRequest& r, std::string& why_not) {
  return with_sgd_formula(r.attrs, [&](const auto& f) { return reference(r, why_not, f); });
}
PreparedKernel reference_rmsprop(const KernelRequest& r, std::string& why_not) {
  return with_rmsprop_formula(r.attrs, [&](const auto& f) { return reference(r, why_not, f); });
}
PreparedKernel reference_adam(const KernelRequest& r, std::string& why_not) {
  return with_adam_formula(r.attrs, [&](const auto& f) { return reference(r, why_not, f); });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_optimizer_updates(KernelTable& table) {
  table.add("sgd_update", {"fused", false, cpu::prepare_sgd});
  table.add("rmsprop_update", {"fused", false, cpu::prepare_rmsprop});
  table.add("adam_update", {"fused", false, cpu::prepare_adam});
  cpu::add_reference(table, "sgd_update", cpu::reference_sgd);
  cpu::add_reference(table, "rmsprop_update", cpu::reference_rmsprop);
  cpu::add_reference(table, "adam_update", cpu::reference_adam);
}

}  // namespace weft::registration
