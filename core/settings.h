// Settings of the whole process: default dtype, epsilon, precision, determinism, threads.
#pragma once
#include <weft/core/dtype.h>

#include <string>
#include <string_view>

namespace weft {

/// The dtype of weights and inputs that name none: float32 at start-up.
DType floatx();
/// Expected: float16, bfloat16, float32 or float64; throws DtypeError.
void set_floatx(DType dtype);

/// The small number that Keras adds against division by zero: 1e-7 at start-up.
double epsilon();
/// Expected: a positive number; throws Error.
void set_epsilon(double value);

/// What products of float32 matrices may be computed in: "highest" (float32, at start-up), "high"
/// (TF32 on a GPU), "medium" (bfloat16 products). Throws Error on another name. On a CPU "medium"
/// holds for matmul and convolution in plans, with sums in float32, where the processor has
/// AVX512_BF16 or AMX; elsewhere it changes nothing, and a warning says so once.
void set_float32_matmul_precision(std::string_view precision);
std::string get_float32_matmul_precision();

/// When true, results do not depend on the number of threads; what cannot keep that throws by name.
/// False at start-up: then the same number of threads gives the same bits.
void set_deterministic(bool on);
bool deterministic();

/// The CPU backend's threads. At start-up WEFT_NUM_THREADS, else all CPUs that the process may run
/// on, by affinity and cgroup quota. Expected: 1 to 1024; throws Error on another
/// number.
void set_num_threads(int threads);
/// The number in use, at least 1.
int num_threads();

/// For finding where numbers go wrong: every op of a plan is looked at, and the first NaN or
/// infinity throws Error naming the op and the layer. Slow. WEFT_CHECK_NUMERICS=1 does the same.
void set_check_numerics(bool on);
bool check_numerics();

}  // namespace weft
