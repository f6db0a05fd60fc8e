#include "backends/cpu/cpu_backend.hpp"

#include <sys/mman.h>
#include <weft/core/error.h>

#include <cstdlib>
#include <cstring>

namespace weft::cpu {
namespace {

constexpr std::size_t alignment = 256;

/// Blocks from this size on are mapped by themselves: once freed they are the system's again.
/// malloc keeps blocks of up to 32 MiB when such ones have been freed before, as those are that
/// weights are drawn in: a fifth of what training big_mlp takes.
constexpr std::size_t mapped_bytes = std::size_t{4} << 20;

void* map(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

class CpuBackend : public Backend {
 public:
  std::string device() const override { return "cpu"; }
  std::string description() const override { return "the processor"; }
  void* allocate(std::size_t bytes) override {
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    void* memory = bytes >= mapped_bytes
                       ? map(bytes)
                       : std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
    if (memory == nullptr) {
      throw OutOfMemory("cpu: could not allocate " + std::to_string(bytes) +
                        " bytes. Lower the batch size or the model's size.");
    }
    return memory;
  }
  void deallocate(void* memory, std::size_t bytes) noexcept override {
    if (bytes >= mapped_bytes)
      munmap(memory, bytes);
    else
      std::free(memory);
  }
  void copy_from_host(void* to, const void* host, std::size_t bytes) override {
    copy(to, host, bytes);
  }
  void copy_to_host(void* host, const void* from, std::size_t bytes) override {
    copy(host, from, bytes);
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    if (bytes != 0) std::memcpy(to, from, bytes);
  }
  void fill_zero(void* memory, std::size_t bytes) override {
    if (bytes != 0) std::memset(memory, 0, bytes);
  }
  void synchronize() override {}
  bool host_accessible() const override { return true; }
};

}  // namespace

std::shared_ptr<Backend> make_backend() { return std::make_shared<CpuBackend>(); }

}  // namespace weft::cpu
