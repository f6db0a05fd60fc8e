// MemoryPool: what it asks of the device, and what it gives out again.
#include <cstring>
#include <limits>
#include <random>
#include <thread>

#include "backends/cuda/emulate/host_api.hpp"
#include "backends/cuda/memory_pool.hpp"
#include "tests/harness/catch.h"

using namespace weft::cuda;

namespace {

constexpr std::size_t kib = 1024, mib = 1024 * kib;

struct Case {
  explicit Case(emulate::HostOptions options = {}) {
    options.record_calls = true;
    api = std::make_shared<emulate::HostApi>(options);
    pool = std::make_unique<MemoryPool>(api);
  }
  /// The device's calls since the last look.
  std::vector<std::string> calls() {
    std::vector<std::string> all = api->calls();
    api->clear_calls();
    return all;
  }
  std::shared_ptr<emulate::HostApi> api;
  std::unique_ptr<MemoryPool> pool;
};

using Calls = std::vector<std::string>;

}  // namespace

TEST_CASE("memory pool: what a block really has", "[cuda_host]") {
  CHECK(MemoryPool::rounded(0) == 512);
  CHECK(MemoryPool::rounded(1) == 512);
  CHECK(MemoryPool::rounded(512) == 512);
  CHECK(MemoryPool::rounded(513) == kib);
  CHECK(MemoryPool::rounded(mib - 1) == mib);
  CHECK(MemoryPool::rounded(mib) == 2 * mib);
  CHECK(MemoryPool::rounded(2 * mib) == 2 * mib);
  CHECK(MemoryPool::rounded(2 * mib + 1) == 4 * mib);
}

TEST_CASE("memory pool: a block that was given back is used again", "[cuda_host]") {
  Case c;
  void* first = c.pool->allocate(1000);
  CHECK(reinterpret_cast<std::uintptr_t>(first) % 256 == 0);
  CHECK(c.calls() == Calls{"allocate"});
  CHECK(c.pool->kept_bytes() == 0);
  c.pool->deallocate(first);
  CHECK(c.pool->kept_bytes() == kib);
  CHECK(c.pool->allocate(513) == first);
  CHECK(c.pool->kept_bytes() == 0);
  CHECK(c.calls().empty());
  void* second = c.pool->allocate(1000);
  CHECK(second != first);
  CHECK(c.calls() == Calls{"allocate"});
  c.pool->deallocate(first);
  c.pool->deallocate(second);
  c.pool->trim();
  CHECK(c.calls() == Calls{"free", "free"});
  CHECK(c.pool->kept_bytes() == 0);
  CHECK(c.api->live_objects() == 0);
}

TEST_CASE("memory pool: the smallest block that fits, at most an eighth too large", "[cuda_host]") {
  Case c;
  void* eight = c.pool->allocate(8 * kib);
  void* nine = c.pool->allocate(9 * kib);
  void* ten = c.pool->allocate(10 * kib);
  for (void* p : {ten, nine, eight}) c.pool->deallocate(p);
  c.calls();
  CHECK(c.pool->allocate(8 * kib) == eight);
  CHECK(c.pool->allocate(8 * kib) == nine);
  CHECK(c.calls().empty());
  CHECK(c.pool->allocate(8 * kib) != ten);  // a fourth too large
  CHECK(c.calls() == Calls{"allocate"});
  CHECK(c.pool->allocate(9 * kib + 512) == ten);
  c.pool->deallocate(nine);
  CHECK(c.pool->allocate(8 * kib + 1) == nine);  // as large as it was, not as it was asked for
}

TEST_CASE("memory pool: what it keeps goes back when there is no memory", "[cuda_host]") {
  Case c({.memory_bytes = 64 * kib});
  void* large = c.pool->allocate(40 * kib);
  c.pool->deallocate(large);
  c.calls();
  void* other = c.pool->allocate(60 * kib);
  CHECK(other != nullptr);
  CHECK(c.calls() == Calls{"allocate", "free", "allocate"});
  CHECK(c.pool->kept_bytes() == 0);
  CHECK(c.pool->allocate(8 * kib) == nullptr);
  CHECK(c.calls() == Calls{"allocate"});  // nothing to give back: asked once
  void* small = c.pool->allocate(4 * kib);
  CHECK(small != nullptr);
  c.pool->deallocate(small);
  CHECK(c.pool->allocate(8 * kib) == nullptr);
  CHECK(c.pool->kept_bytes() == 0);
  CHECK(c.pool->allocate(4 * kib) != nullptr);
  CHECK(c.api->used_bytes() == 64 * kib);
}

TEST_CASE("memory pool: absurd sizes and addresses", "[cuda_host]") {
  Case c;
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  CHECK(c.pool->allocate(most) == nullptr);
  CHECK(c.pool->allocate(most - 4 * mib) == nullptr);
  int here = 0;
  c.pool->deallocate(nullptr);
  c.pool->deallocate(&here);
  CHECK(c.pool->kept_bytes() == 0);
  void* p = c.pool->allocate(0);
  CHECK(p != nullptr);
  c.pool->deallocate(p);
  c.pool->deallocate(p);  // once is enough
  CHECK(c.pool->kept_bytes() == 512);
  CHECK(c.api->mistakes().empty());
}

TEST_CASE("memory pool: with it goes all that it has given out", "[cuda_host]") {
  Case c;
  c.pool->deallocate(c.pool->allocate(100));
  CHECK(c.pool->allocate(10000) != nullptr);
  c.pool.reset();
  CHECK(c.api->live_objects() == 0);
  CHECK(c.api->used_bytes() == 0);
}

TEST_CASE("memory pool: several threads never get the same block", "[cuda_host]") {
  Case c({.memory_bytes = 8 * mib});
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 generator(t);
      std::vector<std::pair<unsigned char*, std::size_t>> held;
      for (int i = 0; i < 2000; ++i) {
        const std::size_t bytes = 1 + generator() % (64 * kib);
        if (auto* p = static_cast<unsigned char*>(c.pool->allocate(bytes)); p != nullptr) {
          p[0] = p[bytes - 1] = static_cast<unsigned char>(t);
          held.emplace_back(p, bytes);
        }
        if (held.size() > 20 || (!held.empty() && generator() % 3 == 0)) {
          const auto [p, size] = held.front();
          held.erase(held.begin());
          if (p[0] != t || p[size - 1] != t) ++wrong[t];
          c.pool->deallocate(p);
        }
        if (i % 500 == 0) c.pool->trim();
      }
      for (const auto& [p, size] : held) c.pool->deallocate(p);
    });
  }
  for (std::thread& t : threads) t.join();
  CHECK(wrong == std::vector<int>(4, 0));
  c.pool->trim();
  CHECK(c.api->live_objects() == 0);
  CHECK(c.api->mistakes().empty());
}
