// CudaBackend on an emulated device: copies, refusals, memory that ends, devices that do not fit.
#include <weft/core/error.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "tests/cuda_host/backend_case.h"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using namespace weft::cuda;
using Catch::Matchers::Contains;
using test::EmulatedBackend;
using test::error_of;
using test::Numbers;
using test::Training;

namespace {

const std::vector<float> three = {1, 2, 3};

void refuse_one(Training& training, float value) {
  std::vector<float> x = training.x.read();
  x[3] = value;
  training.backend.copy_from_host(training.x.data(), x.data(), training.x.bytes());
}

}  // namespace

TEST_CASE("backend: its names", "[cuda_host]") {
  const EmulatedBackend b({.memory_bytes = std::size_t{3} << 30});
  CHECK(b->device() == "cuda:0");
  CHECK(b->description() == "emulated on this machine, compute capability 9.0, 3.0 GiB");
  CHECK_FALSE(b->host_accessible());
}

TEST_CASE("backend: devices that do not fit", "[cuda_host]") {
  const auto make = [](const emulate::HostOptions& options, int device) {
    const auto api = std::make_shared<emulate::HostApi>(options);
    std::string text = error_of<DeviceError>([&] { const CudaBackend made(api, device); });
    CHECK(api->live_objects() == 0);
    return text;
  };
  CHECK(make({.major = 7, .minor = 5}, 0) ==
        "cuda:0: emulated on this machine is too old. Expected: compute capability 8.0 or newer. "
        "Received: 7.5.");
  CHECK(make({.major = 8, .minor = 0}, 0) == "(nothing was thrown)");
  CHECK(make({.devices = 2}, 1) == "(nothing was thrown)");
  CHECK_THAT(make({.devices = 2}, 2), Contains("there is no device 2"));
  CHECK_THAT(make({}, -1), Contains("there is no device -1"));
}

TEST_CASE("backend: a device without memory for its own needs", "[cuda_host]") {
  const auto api = std::make_shared<emulate::HostApi>(emulate::HostOptions{.memory_bytes = 4096});
  CudaBackend made(api, 0);
  for (int i = 0; i < 2; ++i) {
    CHECK_THAT(error_of<OutOfMemory>([&] { made.open(); }),
               Contains("cuda:0: there is not even memory to begin with."));
    CHECK(api->live_objects() == 0);
  }
}

TEST_CASE("backend: a device that nobody uses has nothing on it", "[cuda_host]") {
  const auto api = std::make_shared<emulate::HostApi>(emulate::HostOptions{});
  {
    CudaBackend made(api, 0);
    CHECK(made.description() != "");
    CHECK(api->live_objects() == 0);
    CHECK(made.refused() != nullptr);  // a use
    CHECK(api->live_objects() > 0);
  }
  CHECK(api->live_objects() == 0);
}

TEST_CASE("backend: copies both ways, on the device, and zeros", "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    const EmulatedBackend b({.lazy = lazy});
    const Numbers x(*b, three), y(*b, {7, 8, 9});
    CHECK(x.read() == three);
    {
      std::vector<float> brief = {4, 5, 6};
      b->copy_from_host(x.data(), brief.data(), x.bytes());
      brief = {0, 0, 0};  // at once another's
    }
    b->copy(y.data(), x.data(), y.bytes());
    b->fill_zero(x.data() + 1, 4);
    CHECK(x.read() == std::vector<float>{4, 0, 6});
    CHECK(y.read() == std::vector<float>{4, 5, 6});
    b->commit(y.data(), x.data(), y.bytes());  // 12 bytes: one by one
    b->commit(y.data() + 1, x.data() + 2, 4);
    CHECK(y.read() == std::vector<float>{4, 6, 6});
    const Numbers large(*b, std::vector<float>(64, 5)), other(*b, std::vector<float>(64, 6));
    b->commit(large.data(), other.data(), large.bytes());  // 256 bytes: sixteen at once
    CHECK(large.read() == std::vector<float>(64, 6));
  }
}

TEST_CASE("backend: nothing is done for no bytes", "[cuda_host]") {
  const EmulatedBackend b;
  const std::size_t before = b.api->counts().calls;
  b->copy_from_host(nullptr, nullptr, 0);
  b->copy(nullptr, nullptr, 0);
  b->commit(nullptr, nullptr, 0);
  b->fill_zero(nullptr, 0);
  CHECK(b.api->counts().calls == before);
  b->copy_to_host(nullptr, nullptr, 0);  // waits all the same
  void* p = b->allocate(0);
  CHECK(p != nullptr);
  b->deallocate(p, 0);
  b->deallocate(nullptr, 0);
}

TEST_CASE("backend: the host waits where it reads, and nowhere else", "[cuda_host]") {
  const EmulatedBackend b;
  Training training(*b);
  const std::size_t waits = b.api->counts().waits;
  for (int i = 0; i < 4; ++i) training.step();
  b->copy(training.g.data(), training.w.data(), training.w.bytes());
  b->commit(training.g.data(), training.w.data(), training.w.bytes());
  b->fill_zero(training.t.data(), training.t.bytes());
  CHECK(b.api->counts().waits == waits);
  CHECK(training.weights() == Training::expected(4));
  CHECK(b.api->counts().waits == waits + 1);
  b->synchronize();
  CHECK(b.api->counts().waits == waits + 2);
}

TEST_CASE("backend: what a kernel refuses comes out at the next wait, once", "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    const EmulatedBackend b({.lazy = lazy});
    Training training(*b);
    training.step();
    refuse_one(training, 2000);
    training.step();
    training.step();
    const Numbers committed(*b, three);
    b->commit(committed.data(), training.g.data(), committed.bytes());
    CHECK(error_of<Error>([&] { b->synchronize(); }) == "element 3 is too large: 2000");
    CHECK(training.weights() == Training::expected(1));
    CHECK(committed.read() == three);
    refuse_one(training, 0.5F + 3.0F / 8);  // as it was
    training.step();
    CHECK(training.weights() == Training::expected(2));
    refuse_one(training, 3000);
    training.step();
    CHECK(error_of<Error>([&] { training.weights(); }) == "element 3 is too large: 3000");
    CHECK(training.weights() == Training::expected(2));
  }
}

TEST_CASE("backend: a refusal whose kernel has gone has its text", "[cuda_host]") {
  const EmulatedBackend b;
  {
    Training training(*b);
    refuse_one(training, 2000);
    training.step();
  }
  CHECK(error_of<Error>([&] { b->synchronize(); }) == "element 3 is too large: 2000");
}

TEST_CASE("backend: of two kernels that refuse one is told of, and both are over", "[cuda_host]") {
  const EmulatedBackend b;
  Training one(*b), other(*b);
  refuse_one(one, 2000);
  refuse_one(other, 4000);
  other.step();
  one.step();
  CHECK_THAT(error_of<Error>([&] { b->synchronize(); }), Contains("element 3 is too large"));
  b->synchronize();
}

TEST_CASE("backend: a refusal comes out in one of the threads that wait", "[cuda_host]") {
  const EmulatedBackend b;
  Training training(*b);
  for (int i = 0; i < 20; ++i) {
    refuse_one(training, 2000);
    training.step();
    std::vector<std::string> said(4);
    std::vector<std::thread> threads;
    for (std::string& text : said)
      threads.emplace_back([&] { text = error_of<Error>([&] { b->synchronize(); }); });
    for (std::thread& t : threads) t.join();
    std::sort(said.begin(), said.end());
    CHECK(said[0] == "(nothing was thrown)");
    CHECK(said[2] == "(nothing was thrown)");
    CHECK(said[3] == "element 3 is too large: 2000");
  }
}

TEST_CASE("backend: places of kernels that refuse", "[cuda_host]") {
  std::vector<std::shared_ptr<const int>> places;
  const auto text = [](std::int64_t position, std::int64_t value) {
    return std::to_string(position) + " " + std::to_string(value);
  };
  std::string full;
  while (full.empty()) {
    try {
      places.push_back(register_refusal(text));
    } catch (const DeviceError& error) {
      full = error.what();
    }
  }
  CHECK_THAT(full, Contains("Expected: at most 4096. Drop models that are not needed."));
  CHECK(places.size() <= RefusalTable::capacity);
  CHECK(refusal_text(*places[7], {0, 1, 5, -6}) == "5 -6");
  const int place = *places[7];
  places[7] = nullptr;
  CHECK(*register_refusal(text) == place);  // the only one
}

TEST_CASE("backend: memory that ends", "[cuda_host]") {
  const EmulatedBackend b({.memory_bytes = std::size_t{8} << 20});
  void* first = b->allocate(3000000);
  b->deallocate(first, 3000000);
  CHECK(b->pool().kept_bytes() == std::size_t{4} << 20);
  void* second = b->allocate(5000000);  // what is kept goes back for it
  CHECK(b->pool().kept_bytes() == 0);
  const std::string text = error_of<OutOfMemory>([&] { b->allocate(3000000); });
  CHECK_THAT(text, Contains("cuda:0: could not allocate 3000000 bytes; "));
  CHECK_THAT(text, Contains(" of 8388608 are free. Lower the batch size or the model's size."));
  CHECK_THAT(error_of<OutOfMemory>([&] { b->allocate(std::numeric_limits<std::size_t>::max()); }),
             Contains("could not allocate 18446744073709551615 bytes"));
  CHECK(test::train(*b) == Training::expected(test::steps_of_train));
  b->deallocate(second, 5000000);
  CHECK(test::train(*b) == Training::expected(test::steps_of_train));
  CHECK(b->allocate(6000000) != nullptr);
}

TEST_CASE("backend: kernels are prepared for a device", "[cuda_host]") {
  CHECK_THAT(error_of<DeviceError>([] { preparing_backend(); }),
             Contains("prepared outside Backend::prepare"));
  const EmulatedBackend b;
  static CudaBackend* seen = nullptr;
  b->kernels().add("relu", {.name = "test", .prepare = [](const KernelRequest&, std::string&) {
                              seen = &preparing_backend();
                              return PreparedKernel{.run = [](const KernelArgs&) {}};
                            }});
  const std::vector<TensorSpec> one = {{Shape{3}, DType::float32}};
  CHECK(b->prepare({find_op("relu"), Config(), one, one}).name == "relu/test");
  CHECK(seen == b.backend.get());
  CHECK_THROWS_AS(preparing_backend(), DeviceError);
}

TEST_CASE("backend: work goes to the caller's stream, after what was put on the old one",
          "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    const EmulatedBackend b({.lazy = lazy});
    StreamHandle own = b.api->create_stream();
    {
      Training training(*b);
      training.step();
      b->use_stream(own);
      CHECK(stream_of(b->stream()).own == own);
      training.step();
      b->use_stream(own);
      const auto recording = b->capture([&] { training.step(); });
      b->replay(recording.get());
      b->use_stream(nullptr);
      training.step();
      CHECK(training.weights() == Training::expected(4));
      const std::size_t objects = b.api->live_objects();
      for (std::size_t call = 1; call <= 4; ++call) {  // set_device, create_event, record, wait
        b.api->options().fail_at = call;
        CHECK_THROWS_AS(b->use_stream(own), DeviceError);
        CHECK(b.api->live_objects() == objects);
        CHECK(stream_of(b->stream()).own != own);
      }
      b.api->options().fail_at = 0;
    }
    b.api->destroy_stream(own);
  }
}

TEST_CASE("backend: it gives everything back", "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    std::shared_ptr<emulate::HostApi> api;
    {
      const EmulatedBackend b({.lazy = lazy});
      api = b.api;
      Training training(*b);
      training.step();
      static_cast<void>(b->allocate(100));  // and nobody gives it back
    }
    CHECK(api->live_objects() == 0);
    CHECK(api->used_bytes() == 0);
    CHECK(api->mistakes().empty());
  }
}
