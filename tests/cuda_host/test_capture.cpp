// Recording and replaying on an emulated device, and what spoils a recording.
#include <weft/core/error.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/cuda_host/backend_case.h"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using namespace weft::cuda;
using test::EmulatedBackend;
using test::error_of;
using test::Numbers;
using test::Training;

namespace {

using Calls = std::vector<std::string>;

/// What is done while a step is recorded spoils it: nothing is recorded, and all else goes on.
template <class F>
void check_spoilt(const char* what, F during) {
  INFO(what);
  const EmulatedBackend b;
  Training training(*b);
  const std::size_t objects = b.api->live_objects();
  CHECK(b->capture([&] {
    training.step();
    during(*b, training);
    training.step();
  }) == nullptr);
  b->pool().trim();
  CHECK(b.api->live_objects() == objects);
  CHECK(training.weights() == Training::expected(0));  // nothing ran
  training.step();
  CHECK(training.weights() == Training::expected(1));
  const auto recording = b->capture([&] { training.step(); });
  REQUIRE(recording != nullptr);
  b->replay(recording.get());
  CHECK(training.weights() == Training::expected(2));
}

void in_another_thread(const std::function<void()>& f) { std::thread(f).join(); }

}  // namespace

TEST_CASE("capture: what is recorded runs when it is replayed, as often as that", "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    const EmulatedBackend b({.lazy = lazy});
    REQUIRE(b->can_capture());
    Training training(*b);
    training.step();
    auto recording = b->capture([&] { training.step(); });
    REQUIRE(recording != nullptr);
    CHECK(training.weights() == Training::expected(1));
    const auto before = b.api->counts();
    for (int i = 0; i < 5; ++i) b->replay(recording.get());
    CHECK(b.api->counts().allocations == before.allocations);
    CHECK(b.api->counts().waits == before.waits);
    CHECK(training.weights() == Training::expected(6));
    training.step();  // and between replays
    b->replay(recording.get());
    CHECK(training.weights() == Training::expected(8));
    const std::size_t objects = b.api->live_objects();
    recording = nullptr;
    CHECK(b.api->live_objects() == objects - 1);
  }
}

TEST_CASE("capture: the calls that it makes", "[cuda_host]") {
  const EmulatedBackend b({.record_calls = true});
  Training training(*b);
  b.api->clear_calls();
  const auto recording = b->capture([&] { training.step(); });
  CHECK(b.api->calls() == Calls{"set_device", "create_stream", "begin_capture", "set_device",
                                "launch", "launch", "end_capture", "destroy_stream"});
  b.api->clear_calls();
  b->replay(recording.get());
  CHECK(b.api->calls() == Calls{"set_device", "launch_graph"});
}

TEST_CASE("capture: WEFT_CUDA_GRAPH=0 runs step by step, to the same bits", "[cuda_host]") {
  setenv("WEFT_CUDA_GRAPH", "0", 1);
  const EmulatedBackend without;
  setenv("WEFT_CUDA_GRAPH", "1", 1);
  const EmulatedBackend with;
  unsetenv("WEFT_CUDA_GRAPH");
  CHECK_FALSE(without->can_capture());
  CHECK(with->can_capture());
  without.api->options().record_calls = with.api->options().record_calls = true;
  CHECK(test::train(*without) == test::train(*with));
  const Calls a = without.api->calls(), b = with.api->calls();
  CHECK(std::count(a.begin(), a.end(), "launch_graph") == 0);
  CHECK(std::count(b.begin(), b.end(), "launch_graph") == test::steps_of_train - 2);
}

TEST_CASE("capture: what spoils it, in the thread that captures", "[cuda_host]") {
  check_spoilt("a wait", [](CudaBackend& b, Training&) { b.synchronize(); });
  check_spoilt("a read", [](CudaBackend&, Training& t) { t.weights(); });
  check_spoilt("a read of no bytes",
               [](CudaBackend& b, Training&) { b.copy_to_host(nullptr, nullptr, 0); });
  check_spoilt("memory", [](CudaBackend& b, Training&) { b.allocate(100); });
  check_spoilt("memory that the pool has", [](CudaBackend& b, Training& t) {
    in_another_thread([&] { b.deallocate(b.allocate(t.x.bytes()), t.x.bytes()); });
    b.allocate(t.x.bytes());
  });
  check_spoilt("a copy from the host", [](CudaBackend& b, Training& t) {
    const std::vector<float> x(Training::size, 9);
    b.copy_from_host(t.x.data(), x.data(), t.x.bytes());
  });
  check_spoilt("a feed", [](CudaBackend& b, Training&) { b.make_feed(100); });
  check_spoilt("a wait by the way of the device", [](CudaBackend& b, Training&) {
    StreamHandle other = b.api().create_stream();
    std::string text = error_of<DeviceError>([&] { b.api().synchronize(other); });
    CHECK(text == "emulated device: synchronize in a thread that captures");
    b.api().destroy_stream(other);
  });
  check_spoilt("another capture of the stream", [](CudaBackend& b, Training&) {
    b.api().begin_capture(stream_of(b.stream()).handle());
  });
  check_spoilt("a wait for what is not in it", [](CudaBackend& b, Training&) {
    EventHandle event = b.api().create_event();
    b.api().record(event, stream_of(b.stream()).own);
    const std::string text =
        error_of<DeviceError>([&] { b.api().wait(stream_of(b.stream()).handle(), event); });
    CHECK(text.find("a wait across the border of a capture") != std::string::npos);
    b.api().destroy_event(event);
  });
}

TEST_CASE("capture: copies on the device, zeros, commits and pinned memory are recorded",
          "[cuda_host]") {
  const EmulatedBackend b;
  const Numbers x(*b, {1, 2, 3}), y(*b, {0, 0, 0}), z(*b, {4, 5, 6});
  auto* pinned = static_cast<float*>(b.api->allocate_pinned(12));
  pinned[0] = 7;
  const auto recording = b->capture([&] {
    b->copy(y.data(), x.data(), 12);
    b->fill_zero(x.data(), 4);
    b->commit(z.data(), x.data(), 8);
    b->api().copy_to_device(x.data() + 2, pinned, 4, stream_of(b->stream()).handle());
  });
  REQUIRE(recording != nullptr);
  CHECK(y.read() == std::vector<float>{0, 0, 0});
  pinned[0] = 8;  // read at the replay
  b->replay(recording.get());
  CHECK(y.read() == std::vector<float>{1, 2, 3});
  CHECK(x.read() == std::vector<float>{0, 2, 8});
  CHECK(z.read() == std::vector<float>{0, 2, 6});
  b.api->free_pinned(pinned);
}

TEST_CASE("capture: other threads go on meanwhile, and are no part of it", "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    const EmulatedBackend b({.lazy = lazy});
    Training training(*b), other(*b);
    const auto recording = b->capture([&] {
      training.step();
      in_another_thread([&] {
        other.step();  // on the common stream
        b->deallocate(b->allocate(100000), 100000);
        b->copy_from_host(other.t.data(), std::vector<float>(Training::size, 3).data(),
                          other.t.bytes());
        CHECK(other.weights() == Training::expected(1));
        b->pool().trim();
      });
    });
    REQUIRE(recording != nullptr);
    CHECK(training.weights() == Training::expected(0));
    b->replay(recording.get());
    CHECK(training.weights() == Training::expected(1));
    CHECK(other.weights() == Training::expected(1));
    CHECK(b.api->mistakes().empty());
  }
}

TEST_CASE("capture: two threads at once", "[cuda_host]") {
  const EmulatedBackend b;
  Training one(*b), two(*b);
  const auto work = [&](Training& training) {
    for (int i = 0; i < 10; ++i) {
      const auto recording = b->capture([&] { training.step(); });
      if (recording != nullptr) b->replay(recording.get());
    }
  };
  std::thread thread([&] { work(one); });
  work(two);
  thread.join();
  CHECK(one.weights() == Training::expected(10));
  CHECK(two.weights() == Training::expected(10));
}

TEST_CASE("capture: a device that this thread does not capture runs at once", "[cuda_host]") {
  const auto api = std::make_shared<emulate::HostApi>(emulate::HostOptions{.devices = 2});
  CudaBackend first(api, 0), second(api, 1);
  Training one(first), two(second);
  const auto recording = first.capture([&] {
    one.step();
    two.step();
    one.step();
  });
  REQUIRE(recording != nullptr);
  CHECK(two.weights() == Training::expected(1));
  CHECK(one.weights() == Training::expected(0));
  first.replay(recording.get());
  CHECK(one.weights() == Training::expected(2));
  CHECK(two.weights() == Training::expected(1));
}

TEST_CASE("capture: what the recorded function throws comes out, and the stream is usable",
          "[cuda_host]") {
  const EmulatedBackend b;
  Training training(*b);
  const std::size_t objects = b.api->live_objects();
  const auto fail = [&](const auto& error) {
    return [&training, &error] {
      training.step();
      throw error;
    };
  };
  CHECK_THROWS_AS(b->capture(fail(std::runtime_error("no"))), std::runtime_error);
  CHECK(error_of<ShapeError>([&] { b->capture(fail(ShapeError("a shape"))); }) == "a shape");
  b.api->options().fail_at = 7;  // end_capture: what was thrown is what comes out
  CHECK_THROWS_AS(b->capture(fail(std::runtime_error("no"))), std::runtime_error);
  b.api->options().fail_at = 0;
  CHECK(b->capture(fail(DeviceError("cannot be recorded"))) == nullptr);
  CHECK(b.api->live_objects() == objects);
  CHECK(training.weights() == Training::expected(0));
  training.step();
  CHECK(training.weights() == Training::expected(1));
}

TEST_CASE("capture: a replay whose data is refused", "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    const EmulatedBackend b({.lazy = lazy});
    Training training(*b);
    const auto recording = b->capture([&] { training.step(); });
    b->replay(recording.get());
    std::vector<float> x = training.x.read();
    const float right = std::exchange(x[9], 5000.0F);
    b->copy_from_host(training.x.data(), x.data(), training.x.bytes());
    b->replay(recording.get());
    b->replay(recording.get());
    CHECK(error_of<Error>([&] { b->synchronize(); }) == "element 9 is too large: 5000");
    CHECK(training.weights() == Training::expected(1));
    x[9] = right;
    b->copy_from_host(training.x.data(), x.data(), training.x.bytes());
    b->replay(recording.get());
    CHECK(training.weights() == Training::expected(2));
  }
}

TEST_CASE("capture: memory cannot be given back by the thread that captures", "[cuda_host]") {
  const EmulatedBackend b;
  Training training(*b);
  b->deallocate(b->allocate(100000), 100000);
  CHECK(b->capture([&] {
    training.step();
    b->pool().trim();
  }) == nullptr);
  CHECK_FALSE(b.api->mistakes().empty());
}
