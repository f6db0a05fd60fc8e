// The CPU's kernel of a pointwise functor: loops for the types that are computed with, chosen once
// when the kernel is prepared. Those of float come from outside, compiled for the instruction set
// in use; everything that does not depend on the functor is in runner.cpp, so that sixty functors
// compile in reasonable time.
#pragma once
#include <weft/core/functors/functor.h>

#include <new>
#include <string>
#include <type_traits>

#include "backends/cpu/isa.hpp"
#include "backends/cpu/kernels/pointwise/float_pointwise.hpp"
#include "backends/cpu/kernels/pointwise/runner.hpp"
#include "backends/cpu/simd/pointwise_loops.hpp"

namespace weft::cpu {

/// The loops that are not in `main`; empty when the functor has none for the type.
template <class F>
BlockLoops find_loops(DType compute, const BlockLoops& main) {
  using baseline::loops_of;
  using functors::Kind;
  if constexpr (F::kind == Kind::select) {
    switch (compute.itemsize()) {
      case 1:
        return loops_of<F, std::uint8_t>();
      case 2:
        return loops_of<F, std::uint16_t>();
      case 4:
        return main;
      case 8:
        return loops_of<F, std::uint64_t>();
      default:
        return {};
    }
  } else if constexpr (F::kind == Kind::logical) {
    return compute == DType::boolean ? main : BlockLoops();
  } else {
    if (compute == DType::float32) return main;
    if (compute == DType::float64) return loops_of<F, double>();
    if constexpr (F::kind != Kind::floating) {
      if (compute == DType::int32) return loops_of<F, std::int32_t>();
      if (compute == DType::int64) return loops_of<F, std::int64_t>();
      if (compute == DType::uint8) return loops_of<F, std::uint8_t>();
      if (compute == DType::uint64) return loops_of<F, std::uint64_t>();
      if constexpr (F::accepts_bool) {
        if (compute == DType::boolean) return loops_of<F, bool>();
      }
    }
    return {};
  }
}

template <class F>
void make_functor(const Config& attrs, void* memory) {
  static_assert(sizeof(F) <= sizeof(FunctorStorage) && alignof(F) <= alignof(FunctorStorage) &&
                std::is_trivially_copyable_v<F>);
  auto* f = new (memory) F;
  f->configure(attrs);
}

/// `Main` gives the loops of the main type for the instruction set in use.
template <class F, const BlockLoops* (*Main)()>
PreparedKernel prepare_pointwise(const KernelRequest& request, std::string& why_not) {
  constexpr bool selects = F::kind == functors::Kind::select;
  Pointwise kernel;
  kernel.operands = F::arity;
  kernel.geometry = make_geometry(request.outputs[0].shape, request.inputs);
  kernel.storage = request.inputs[F::arity - 1].dtype;
  const DType compute = selects ? kernel.storage : compute_dtype(kernel.storage);
  kernel.converts = !(compute == kernel.storage);
  kernel.converts_output = kernel.converts && F::kind != functors::Kind::comparison;
  for (std::size_t i = 0; i < request.inputs.size(); ++i)
    kernel.in_bytes[i] = request.inputs[i].dtype.itemsize();
  kernel.out_bytes = request.outputs[0].dtype.itemsize();
  kernel.grain = F::kind == functors::Kind::floating ? grain_of_functions : grain_of_arithmetic;
  if (!choose_loop(kernel, find_loops<F>(compute, *Main()))) {
    why_not = "no loop for " + kernel.storage.name();
    return {};
  }
  make_functor<F>(request.attrs, &kernel.functor);
  return {.run = [kernel](const KernelArgs& args) { run(kernel, args); }};
}

/// One entry: there is no slower one to compare with, and what it computes the tests compare with
/// formulas. `Main` gives the loops of the main type for the instruction set in use.
template <class F, const BlockLoops* (*Main)()>
void register_pointwise(KernelTable& table) {
  table.add(F::name, {"loops", false, &prepare_pointwise<F, Main>});
  add_float_pointwise({F::name, F::arity, Main(), &make_functor<F>});
}

}  // namespace weft::cpu
