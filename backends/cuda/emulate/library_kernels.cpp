// The emulation has no cuDNN and no cuBLASLt: products and convolutions run through the plain
// kernels.
#include <weft/core/backend.h>

namespace weft::registration {
void all_cuda_library_kernels(KernelTable&) {}
}  // namespace weft::registration
