// The pool behind parallel_for: every part runs once, whoever calls, and never on more threads than
// asked for.
#include <sys/wait.h>
#include <unistd.h>
#include <weft/core/settings.h>

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "backends/cpu/thread_pool.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/keep_settings.h"

using namespace weft;
using namespace weft::cpu;

namespace {

/// Sets the number of threads for the length of a test.
struct Threads {
  explicit Threads(int n) { set_num_threads(n); }
  test::KeepSettings keep;
};

/// How often each of n items is run by one parallel_for.
std::vector<int> counts(int n, int grain) {
  std::vector<int> seen(static_cast<std::size_t>(n), 0);
  parallel_for(n, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
  });
  return seen;
}

bool all_once(const std::vector<int>& seen) { return seen == std::vector<int>(seen.size(), 1); }

void wait_a_little() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }

}  // namespace

TEST_CASE("parallel_for runs each item once, hot and after a sleep", "[threads]") {
  for (const int threads : {1, 2, 3, 7}) {
    const Threads set(threads);
    for (int round = 0; round < 200; ++round) {
      CHECK(all_once(counts(1 + round * 37 % 1000, 1 + round % 5)));
      if (round % 50 == 0) wait_a_little();  // longer than workers spin
    }
  }
}

TEST_CASE("parallel_for has no more parts than threads or grains", "[threads]") {
  const Threads set(4);
  const auto parts = [](std::int64_t n, std::int64_t grain) {
    std::atomic<int> count{0};
    parallel_for(n, grain, [&](std::int64_t, std::int64_t) { ++count; });
    return count.load();
  };
  CHECK(parts(0, 1) == 0);
  CHECK(parts(1, 1) == 1);
  CHECK(parts(3, 1) == 3);
  CHECK(parts(100, 1) == 4);
  CHECK(parts(100, 40) == 2);
  CHECK(parts(100, 1000) == 1);
  CHECK(parts(100, 0) == 4);
}

TEST_CASE("parts run on several threads at once, at most as many as set", "[threads]") {
  const Threads set(3);
  // Each part waits for the others: with fewer threads at work this would never end.
  std::atomic<int> here{0};
  std::atomic<bool> all{true};
  parallel_parts(3, [&](int) {
    ++here;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (here < 3 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    if (here < 3) all = false;
  });
  CHECK(all);
  CHECK(cpu::detail::pool_size() >= 2);
  std::vector<std::thread::id> ids(1000);
  parallel_parts(1000,
                 [&](int i) { ids[static_cast<std::size_t>(i)] = std::this_thread::get_id(); });
  CHECK(std::set<std::thread::id>(ids.begin(), ids.end()).size() <=
        static_cast<std::size_t>(cpu::detail::pool_size()) + 1);
}

TEST_CASE("a loop inside a part runs there, in one part", "[threads]") {
  const Threads set(3);
  std::atomic<int> outer{0}, inner{0}, elsewhere{0}, usable{0};
  parallel_for(30, 1, [&](std::int64_t begin, std::int64_t end) {
    outer += static_cast<int>(end - begin);
    usable += usable_threads();
    const std::thread::id me = std::this_thread::get_id();
    parallel_for(10, 1, [&](std::int64_t b, std::int64_t e) {
      inner += static_cast<int>(e - b);
      if (std::this_thread::get_id() != me) ++elsewhere;
    });
    parallel_parts(4, [&](int) {
      if (std::this_thread::get_id() != me) ++elsewhere;
    });
  });
  CHECK(outer == 30);
  CHECK(inner == 30);
  CHECK(usable == 3);
  CHECK(elsewhere == 0);
  CHECK(usable_threads() == 3);
}

TEST_CASE("threads of the user call at once", "[threads]") {
  const Threads set(3);
  std::atomic<int> wrong{0};
  std::vector<std::thread> users;
  for (int u = 0; u < 4; ++u) {
    users.emplace_back([&] {
      for (int round = 0; round < 300; ++round)
        if (!all_once(counts(100 + round, 1))) ++wrong;
    });
  }
  for (std::thread& user : users) user.join();
  CHECK(wrong == 0);
}

TEST_CASE("an exception in a part arrives after the others are done", "[threads]") {
  for (const int threads : {1, 3}) {
    const Threads set(threads);
    for (int bad = 0; bad < 3; ++bad) {
      std::atomic<int> done{0};
      const std::string text = test::error_of<std::runtime_error>([&] {
        parallel_parts(3, [&](int i) {
          if (i == bad) throw std::runtime_error("part " + std::to_string(i));
          ++done;
        });
      });
      CHECK(text == "part " + std::to_string(bad));
      CHECK(done == 2);
      CHECK(all_once(counts(100, 1)));  // and the pool is usable
    }
    CHECK_THROWS_AS(parallel_parts(5, [](int) { throw std::runtime_error("all of them"); }),
                    std::runtime_error);
  }
}

TEST_CASE("the number of threads changes at any time", "[threads]") {
  const Threads set(1);
  for (const int threads : {1, 4, 2, 6, 1, 3}) {
    set_num_threads(threads);
    CHECK(usable_threads() == num_threads());
    CHECK(all_once(counts(500, 1)));
  }
  std::atomic<bool> stop{false};
  std::thread other([&] {
    for (int i = 0; !stop; ++i) set_num_threads(1 + i % 5);
  });
  int wrong = 0;
  for (int round = 0; round < 2000; ++round)
    if (!all_once(counts(64, 1))) ++wrong;
  stop = true;
  other.join();
  CHECK(wrong == 0);
}

TEST_CASE("sum_parts looks at the number of threads only where it may", "[threads]") {
  const Threads set(2);
  CHECK(sum_parts(1000, 10, 8) == 2);
  CHECK(sum_parts(15, 10, 8) == 1);
  CHECK(sum_parts(0, 10, 8) == 1);
  set_deterministic(true);
  for (const int threads : {1, 3, 16}) {
    set_num_threads(threads);
    CHECK(sum_parts(1000, 10, 8) == 8);
    CHECK(sum_parts(55, 10, 8) == 5);
    CHECK(sum_parts(5, 10, 8) == 1);
  }
}

#if !defined(__SANITIZE_THREAD__)  // which does not follow a fork of several threads
TEST_CASE("a child after fork has threads of its own", "[threads]") {
  const Threads set(3);
  REQUIRE(all_once(counts(100, 1)));
  const pid_t child = fork();
  if (child == 0) {
    const bool none_left = cpu::detail::pool_size() == 0;
    const bool right = all_once(counts(100, 1)) && all_once(counts(1000, 10));
    _exit(none_left && right && cpu::detail::pool_size() == 2 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(all_once(counts(100, 1)));
}
#endif
