#include "backends/cpu/openmp.hpp"

#include <dlfcn.h>

namespace weft::cpu {
namespace {

/// Looked up by name, because nothing else needs OpenMP.
struct OpenMp {
  int (*max_threads)() = nullptr;
  void (*set_threads)(int) = nullptr;

  OpenMp() {
    void* library = RTLD_DEFAULT;
    // Not visible to all where weft itself was loaded by dlopen.
    if (dlsym(library, "omp_set_num_threads") == nullptr)
      library = dlopen("libgomp.so.1", RTLD_LAZY | RTLD_NOLOAD);
    const auto get = reinterpret_cast<int (*)()>(dlsym(library, "omp_get_max_threads"));
    const auto set = reinterpret_cast<void (*)(int)>(dlsym(library, "omp_set_num_threads"));
    if (get == nullptr || set == nullptr) return;
    max_threads = get;
    set_threads = set;
  }
};

const OpenMp& openmp() {
  static const OpenMp functions;
  return functions;
}

}  // namespace

OneOpenmpThread::OneOpenmpThread() {
  const OpenMp& o = openmp();
  if (o.max_threads == nullptr) return;
  before_ = o.max_threads();
  if (before_ != 1) o.set_threads(1);
}

OneOpenmpThread::~OneOpenmpThread() {
  if (before_ != 1) openmp().set_threads(before_);
}

}  // namespace weft::cpu
