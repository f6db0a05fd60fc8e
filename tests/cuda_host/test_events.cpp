// Streams and events of the emulated device, where work waits until somebody synchronises.
#include <weft/core/error.h>

#include "backends/cuda/emulate/host_api.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using namespace weft::cuda;
using emulate::HostApi;
using test::error_of;

namespace {

struct Case {
  HostApi api{{.devices = 2, .lazy = true}};
  StreamHandle a = api.create_stream(), b = api.create_stream();
  std::string done;
  void put(StreamHandle stream, char name) {
    api.enqueue(stream, [this, name] { done += name; });
  }
  ~Case() {
    api.destroy_stream(a);
    api.destroy_stream(b);
  }
};

}  // namespace

TEST_CASE("events: work waits until somebody synchronises", "[cuda_host]") {
  Case c;
  c.put(c.a, 'x');
  c.put(c.b, 'y');
  CHECK(c.done.empty());
  c.api.synchronize(c.b);
  CHECK(c.done == "y");
  c.api.synchronize(c.a);
  CHECK(c.done == "yx");
}

TEST_CASE("events: a wait is for the record before it, not for later ones", "[cuda_host]") {
  Case c;
  EventHandle event = c.api.create_event();
  c.api.wait(c.b, event);  // never recorded: no wait
  c.put(c.a, '1');
  c.api.record(event, c.a);
  c.api.wait(c.b, event);
  c.put(c.a, '2');
  c.api.record(event, c.a);
  c.put(c.a, '3');
  c.put(c.b, 'b');
  c.api.synchronize(c.b);
  CHECK(c.done == "1b");
  c.api.synchronize_event(event);
  CHECK(c.done == "1b2");
  c.api.synchronize_event(event);
  CHECK(c.done == "1b2");
  c.api.destroy_event(event);
  c.api.synchronize(c.a);
  CHECK(c.done == "1b23");
}

TEST_CASE("events: one that is recorded on another stream since", "[cuda_host]") {
  Case c;
  EventHandle event = c.api.create_event();
  c.put(c.a, 'a');
  c.api.record(event, c.a);
  c.api.wait(c.b, event);
  c.put(c.b, 'b');
  c.api.record(event, c.b);
  c.api.destroy_event(event);  // what was asked of it stays
  c.api.synchronize(c.b);
  CHECK(c.done == "ab");
}

TEST_CASE("events: a stream is destroyed when its work is done", "[cuda_host]") {
  Case c;
  StreamHandle brief = c.api.create_stream();
  EventHandle event = c.api.create_event();
  c.put(brief, 'x');
  c.api.record(event, brief);
  c.api.wait(c.a, event);
  c.put(c.a, 'a');
  c.api.destroy_stream(brief);
  CHECK(c.done == "x");
  c.api.synchronize_event(event);
  c.api.synchronize(c.a);
  CHECK(c.done == "xa");
  c.api.destroy_event(event);
}

TEST_CASE("events: memory goes back when the work of its device is done", "[cuda_host]") {
  Case c;
  auto* p = static_cast<unsigned char*>(c.api.allocate(1));
  c.api.enqueue(c.a, [&c, p] { c.done += *p == 0xff ? 'n' : 'o'; });
  c.api.free(p);
  CHECK(c.done == "n");
  void* pinned = c.api.allocate_pinned(1);
  c.put(c.b, 'b');
  c.api.free_pinned(pinned);
  CHECK(c.done == "nb");
  c.api.set_device(1);
  p = static_cast<unsigned char*>(c.api.allocate(1));
  c.api.set_device(0);
  c.put(c.a, 'a');
  c.api.free(p);  // another device's
  CHECK(c.done == "nb");
  c.api.free(p);
  CHECK(c.api.mistakes() == std::vector<std::string>{"free: memory that was not allocated"});
}

TEST_CASE("events: what fails comes out where the host waits, and the rest is done",
          "[cuda_host]") {
  Case c;
  const auto fail = [&] { c.api.enqueue(c.a, [] { throw DeviceError("a fault"); }); };
  fail();
  c.put(c.a, 'x');
  CHECK(error_of<DeviceError>([&] { c.api.synchronize(c.a); }) == "a fault");
  c.api.synchronize(c.a);
  CHECK(c.done == "x");
  void* p = c.api.allocate(1);
  fail();
  c.put(c.a, 'y');
  c.api.free(p);  // cannot say so
  CHECK(c.done == "xy");
  CHECK(error_of<DeviceError>([&] { c.api.synchronize(c.b); }) == "a fault");
  c.api.synchronize(c.a);
}

TEST_CASE("events: a copy to memory that is not pinned is made when the call returns",
          "[cuda_host]") {
  Case c;
  auto* pinned = static_cast<char*>(c.api.allocate_pinned(1));
  void* p = c.api.allocate(1);
  char first = 'a', second = 'b', found = 0;
  c.api.copy_to_device(p, &first, 1, c.a);
  first = 0;
  c.api.copy_to_host(pinned, p, 1, c.a);
  CHECK(*pinned != 'a');
  c.api.copy_to_host(&found, p, 1, c.a);
  CHECK(found == 'a');
  CHECK(*pinned == 'a');
  *pinned = 'c';
  c.api.copy_to_device(p, pinned, 1, c.a);
  *pinned = second;  // too early: the copy reads it now
  c.api.copy_to_host(&found, p, 1, c.a);
  CHECK(found == 'b');
  c.api.free(p);
  c.api.free_pinned(pinned);
}

TEST_CASE("events: a launch on a stream of another device", "[cuda_host]") {
  Case c;
  c.api.set_device(1);
  CHECK(error_of<DeviceError>([&] { c.put(c.a, 'x'); }) ==
        "emulated launch: on a stream of device 0 while device 1 is the thread's");
  c.api.set_device(0);
  CHECK(error_of<DeviceError>([&] { c.api.set_device(2); }) ==
        "emulated device: there is no device 2");
}

TEST_CASE("events: calls are recorded when that is asked for", "[cuda_host]") {
  HostApi api({});
  api.free(api.allocate(1));
  CHECK(api.calls().empty());
  api.options().record_calls = true;
  api.free(api.allocate(1));
  CHECK(api.calls() == std::vector<std::string>{"allocate", "free"});
  CHECK(api.counts().allocations == 2);
}
