#include "backends/cpu/cpu_backend.hpp"

#include <weft/core/error.h>

#include <cstdlib>
#include <cstring>

namespace weft::cpu {
namespace {

constexpr std::size_t alignment = 256;

class CpuBackend : public Backend {
 public:
  std::string device() const override { return "cpu"; }
  void* allocate(std::size_t bytes) override {
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
    if (memory == nullptr) {
      throw OutOfMemory("cpu: could not allocate " + std::to_string(bytes) +
                        " bytes. Lower the batch size or the model's size.");
    }
    return memory;
  }
  void deallocate(void* memory, std::size_t) noexcept override { std::free(memory); }
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
