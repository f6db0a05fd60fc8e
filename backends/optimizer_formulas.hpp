// One element of a step of an optimizer (core/ops/optimizer_updates.cpp has the formulas), for host
// and device. Each operation is rounded as the ops of core/ops/pointwise would in the same dtype:
// the results are theirs to the bit.
#pragma once
#include <weft/core/config.h>
#include <weft/core/functors/math.h>

#include "backends/element.hpp"

namespace weft::kernels {

/// What storing a number as T makes of it.
template <class T>
WEFT_HD Compute<T> rounded(Compute<T> x) {
  return load(store<T>(x));
}

/// An element of a variable, of its gradient and of its slots.
template <class C>
struct OptimizerElement {
  C w, g, slot[3];
};

template <bool with_momentum>
struct SgdFormula {
  static constexpr int slots = with_momentum ? 1 : 0;
  double momentum = 0;
  bool nesterov = false;

  explicit SgdFormula(const Config& attrs)
      : momentum(attrs.get<double>("momentum")), nesterov(attrs.get<bool>("nesterov")) {}

  template <class T, class C = Compute<T>>
  WEFT_HD void step(C rate, OptimizerElement<C>& x) const {
    const auto r = [](C y) { return rounded<T>(y); };
    const C change = r(x.g * rate);
    if constexpr (with_momentum) {
      const C m = r(static_cast<C>(momentum));
      const C v = x.slot[0] = r(r(x.slot[0] * m) - change);
      x.w = r(x.w + (nesterov ? r(r(v * m) - change) : v));
    } else {
      x.w = r(x.w - change);
    }
  }
};

/// Slots: velocity; momentum; average gradient.
template <bool with_momentum, bool centered>
struct RmspropFormula {
  static constexpr int slots = 1 + (with_momentum ? 1 : 0) + (centered ? 1 : 0);
  double rho = 0, momentum = 0, epsilon = 0;

  explicit RmspropFormula(const Config& attrs)
      : rho(attrs.get<double>("rho")),
        momentum(attrs.get<double>("momentum")),
        epsilon(attrs.get<double>("epsilon")) {}

  template <class T, class C = Compute<T>>
  WEFT_HD void step(C rate, OptimizerElement<C>& x) const {
    const auto r = [](C y) { return rounded<T>(y); };
    const C keep = r(static_cast<C>(rho)), add = r(static_cast<C>(1.0 - rho));
    const C velocity = x.slot[0] = r(r(keep * x.slot[0]) + r(add * r(x.g * x.g)));
    C denominator = velocity;
    if constexpr (centered) {
      C& average = x.slot[slots - 1];
      average = r(r(keep * average) + r(add * x.g));
      denominator = r(denominator - r(average * average));
    }
    const C root = r(math::sqrt(r(denominator + r(static_cast<C>(epsilon)))));
    C increment = r(r(rate * x.g) / root);
    if constexpr (with_momentum)
      x.slot[1] = increment = r(r(r(static_cast<C>(momentum)) * x.slot[1]) + increment);
    x.w = r(x.w - increment);
  }
};

/// Slots: momentum, velocity, velocity_hat.
template <bool amsgrad>
struct AdamFormula {
  static constexpr int slots = amsgrad ? 3 : 2;
  double beta_1 = 0, beta_2 = 0, epsilon = 0;

  explicit AdamFormula(const Config& attrs)
      : beta_1(attrs.get<double>("beta_1")),
        beta_2(attrs.get<double>("beta_2")),
        epsilon(attrs.get<double>("epsilon")) {}

  template <class T, class C = Compute<T>>
  WEFT_HD void step(C alpha, OptimizerElement<C>& x) const {
    const auto r = [](C y) { return rounded<T>(y); };
    const auto blend = [&](C old, C fresh, double beta) {
      return r(old + r(r(fresh - old) * r(static_cast<C>(1.0 - beta))));
    };
    const C m = x.slot[0] = blend(x.slot[0], x.g, beta_1);
    C v = x.slot[1] = blend(x.slot[1], r(x.g * x.g), beta_2);
    if constexpr (amsgrad) v = x.slot[2] = math::max(x.slot[2], v);
    const C below = r(r(math::sqrt(v)) + r(static_cast<C>(epsilon)));
    x.w = r(x.w - r(r(m * alpha) / below));
  }
};

/// Calls f(formula) with the one of an op's attributes.
template <class F>
auto with_sgd_formula(const Config& attrs, F&& f) {
  if (attrs.get<double>("momentum") != 0) return f(SgdFormula<true>(attrs));
  return f(SgdFormula<false>(attrs));
}
template <class F>
auto with_rmsprop_formula(const Config& attrs, F&& f) {
  const bool momentum = attrs.get<double>("momentum") > 0, centered = attrs.get<bool>("centered");
  if (momentum && centered) return f(RmspropFormula<true, true>(attrs));
  if (momentum) return f(RmspropFormula<true, false>(attrs));
  if (centered) return f(RmspropFormula<false, true>(attrs));
  return f(RmspropFormula<false, false>(attrs));
}
template <class F>
auto with_adam_formula(const Config& attrs, F&& f) {
  if (attrs.get<bool>("amsgrad")) return f(AdamFormula<true>(attrs));
  return f(AdamFormula<false>(attrs));
}

}  // namespace weft::kernels
