// Lists of keys on the emulated device: own kernels around the stand-in for CUB's sort.
#include <weft/core/error.h>

#include <algorithm>
#include <numeric>

#include "backends/cuda/list_sort.hpp"
#include "tests/cuda_host/emulated_device.h"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using namespace weft::cuda;
using test::EmulatedDevice;
using test::error_of;

namespace {

template <class Key>
std::vector<Key> some_keys(std::size_t n, std::uint64_t different) {
  std::vector<Key> keys(n);
  std::uint64_t state = 99;
  for (Key& key : keys) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    key = static_cast<Key>((state >> 20) % different * 0x9e3779b97f4a7c15u);
  }
  return keys;
}

/// Sorts the first `lists` lists of what the sort is made for.
template <class Key>
void check_lists(const SortShape& shape, std::int64_t lists, std::uint64_t different, bool lazy) {
  CAPTURE(shape.lists, shape.size, shape.bits, lists, different, lazy);
  const auto n = static_cast<std::size_t>(lists * shape.size);
  const std::vector<Key> keys = some_keys<Key>(n, different);
  const Key mask = static_cast<Key>(~Key(0)) >> (8 * static_cast<int>(sizeof(Key)) - shape.bits);
  std::vector<Key> sorted_keys;
  std::vector<std::uint32_t> sorted_places;
  for (std::int64_t list = 0; list < lists; ++list) {
    const Key* own = keys.data() + list * shape.size;
    std::vector<std::uint32_t> places(static_cast<std::size_t>(shape.size));
    std::iota(places.begin(), places.end(), 0u);
    std::stable_sort(places.begin(), places.end(), [&](std::uint32_t a, std::uint32_t b) {
      return (own[a] & mask) < (own[b] & mask);
    });
    for (const std::uint32_t place : places) {
      sorted_keys.push_back(own[place]);
      sorted_places.push_back(place);
    }
  }
  EmulatedDevice d({.lazy = lazy});
  const ListSort<Key> sort(shape);
  auto* workspace = d.make<std::byte>(sort.workspace_bytes());
  const auto received = sort.run(d.make(keys), lists, workspace, d.stream());
  CHECK(d.read(received.keys, n) == sorted_keys);
  CHECK(d.read(received.places, n) == sorted_places);
}

}  // namespace

TEST_CASE("ListSort: every list by itself, equal keys in their order", "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    for (const std::uint64_t different : {1, 7, 1000000}) {
      for (const int bits : {1, 9, 32}) {
        for (const std::int64_t size : {1, 2, 33, 4096, 4097})
          check_lists<std::uint32_t>({1, size, bits}, 1, different, lazy);
        check_lists<std::uint32_t>({2, 3000, bits}, 2, different, lazy);
        check_lists<std::uint32_t>({300, 17, bits}, 300, different, lazy);
        check_lists<std::uint32_t>({300, 17, bits}, 43, different, lazy);
      }
      check_lists<std::uint64_t>({1, 4100, 64}, 1, different, lazy);
      check_lists<std::uint64_t>({5, 1000, 64}, 5, different, lazy);
      check_lists<std::uint64_t>({5, 1000, 33}, 4, different, lazy);
    }
  }
}

TEST_CASE("sort_pairs refuses what CUB would", "[cuda_host]") {
  EmulatedDevice d;
  const auto keys = [&] { return d.make<std::uint32_t>(5000); };
  SortedPairs<std::uint32_t> pairs{{keys(), keys()}, {keys(), keys()}, 0};
  const std::size_t bytes = sort_pairs_workspace<std::uint32_t>(5000, 32);
  CHECK(bytes > sort_pairs_workspace<std::uint32_t>(100, 32));
  auto* workspace = d.make<std::byte>(bytes);
  CHECK(error_of<DeviceError>([&] { sort_pairs(pairs, 5000, 32, workspace, 8, d.stream()); }) ==
        "emulated sort: the workspace is too small. Expected: 2048 bytes. Received: 8");
  CHECK(error_of<DeviceError>([&] { sort_pairs(pairs, 5000, 33, workspace, bytes, d.stream()); }) ==
        "emulated sort: expected at most 2147483647 keys and 1 to 32 bits. Received: 5000 keys, 33 "
        "bits");
  std::uint32_t on_host = 0;
  pairs.values[1] = &on_host;
  CHECK(error_of<DeviceError>([&] { sort_pairs(pairs, 5000, 32, workspace, bytes, d.stream()); }) ==
        "emulated launch: an argument points to memory that is not the device's");
}
