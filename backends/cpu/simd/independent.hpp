// WEFT_INDEPENDENT before a loop: its iterations do not depend on each other, and an output may be
// the very memory of an input. Without it the compiler's test for overlap would send every in-place
// call to the scalar loop.
#pragma once

#if defined(__clang__)
#define WEFT_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define WEFT_INDEPENDENT _Pragma("GCC ivdep")
#else
#define WEFT_INDEPENDENT
#endif
