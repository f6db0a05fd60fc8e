#include <fmt/core.h>
#include <weft/applications/datasets/cifar10.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "applications/datasets/locate.hpp"
#include "io/gzip_file.hpp"
#include "io/host_array.hpp"
#include "io/tar.hpp"

namespace weft::datasets::cifar10 {
namespace {

namespace fs = std::filesystem;

using Bytes = std::vector<std::byte>;

constexpr std::size_t kSide = 32, kColours = 3, kPlane = kSide * kSide,
                      kRecord = 1 + kColours * kPlane;
constexpr const char* kTest = "test_batch.bin";
constexpr const char* kArchive = "cifar-10-binary.tar.gz";

std::string train_name(int i) { return fmt::format("data_batch_{}.bin", i); }

/// The records of the two splits, as they lie in the files.
struct Records {
  Bytes train, test;
};

/// A batch, gzipped or not; absent when there is neither file.
std::optional<Bytes> batch(const fs::path& folder, const std::string& name) {
  for (const fs::path& path : {folder / name, folder / (name + ".gz")}) {
    if (!is_file(path)) continue;
    io::GzipFile file(path.string(), "a batch of CIFAR-10");
    Bytes bytes = file.read_rest();
    if (bytes.empty() || bytes.size() % kRecord != 0) {
      file.fail(
          fmt::format("it is not made of whole records. Expected: a multiple of {} bytes. "
                      "Received: {}",
                      kRecord, bytes.size()));
    }
    return bytes;
  }
  return std::nullopt;
}

std::optional<Records> from_folder(const fs::path& folder) {
  const std::optional<Bytes> test = batch(folder, kTest);
  if (!test) return std::nullopt;
  Records records{{}, *test};
  for (int i = 1; i <= 5; ++i) {
    if (const std::optional<Bytes> one = batch(folder, train_name(i)))
      records.train.insert(records.train.end(), one->begin(), one->end());
  }
  if (records.train.empty()) return std::nullopt;
  return records;
}

std::optional<Records> from_archive(const fs::path& path) {
  if (!is_file(path)) return std::nullopt;
  Records records;
  const std::vector<io::TarMember> members = io::read_tar(path.string());
  const auto add = [&](Bytes& to, const std::string& name) {
    for (const io::TarMember& m : members) {
      if (m.name == name) to.insert(to.end(), m.bytes.begin(), m.bytes.end());
    }
  };
  add(records.test, kTest);
  for (int i = 1; i <= 5; ++i) add(records.train, train_name(i));
  for (const Bytes* bytes : {&records.train, &records.test}) {
    if (!bytes->empty() && bytes->size() % kRecord == 0) continue;
    throw FileError(fmt::format(
        "'{}' cannot be read as CIFAR-10: its batches are not made of whole records. Expected: {} "
        "and {} to {}, each of a multiple of {} bytes",
        path.string(), kTest, train_name(1), train_name(5), kRecord));
  }
  return records;
}

/// Records of a label and three planes, as images with the colours side by side.
Split split_of(const Bytes& records) {
  const std::size_t count = records.size() / kRecord;
  const auto n = static_cast<std::int64_t>(count);
  io::HostArray x{"uint8", {n, 32, 32, 3}, Bytes(count * (kRecord - 1))};
  io::HostArray y{"uint8", {n, 1}, Bytes(count)};
  std::byte* to = x.bytes.data();
  for (std::size_t i = 0; i < count; ++i) {
    const std::byte* record = &records[i * kRecord];
    if (std::to_integer<int>(record[0]) > 9) {
      throw FileError(fmt::format(
          "cifar10: a label is out of range. Expected: 0 to 9. Received: {} in record {}",
          std::to_integer<int>(record[0]), i));
    }
    y.bytes[i] = record[0];
    for (std::size_t place = 0; place < kPlane; ++place) {
      for (std::size_t c = 0; c < kColours; ++c) *to++ = record[1 + c * kPlane + place];
    }
  }
  return {io::to_tensor(x), io::to_tensor(y)};
}

std::optional<Records> from_place(const Place& place) {
  const fs::path folder(place.folder);
  for (const fs::path& batches : {folder / "cifar10", folder / "cifar10" / "cifar-10-batches-bin",
                                  folder / "cifar-10-batches-bin"}) {
    if (auto records = from_folder(batches)) return records;
  }
  for (const fs::path& archive : {folder / "cifar10" / kArchive, folder / kArchive}) {
    if (auto records = from_archive(archive)) return records;
  }
  return std::nullopt;
}

/// What Keras keeps of CIFAR-10 in a folder: "" when nothing.
std::string pickles_in(const Place& place) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(place.folder, error)) {
    if (entry.path().filename().string().starts_with("cifar-10-batches-py"))
      return entry.path().string();
  }
  return "";
}

}  // namespace

std::pair<Split, Split> load_data() {
  std::string looked, pickles;
  for (const Place& place : places()) {
    if (const std::optional<Records> found = from_place(place)) {
      if (!pickles.empty()) {
        detail::log(LogLevel::warning,
                    fmt::format("cifar10: '{}' holds Python's pickles, which weft does not read; "
                                "what is in {} is taken",
                                pickles, place.description));
      }
      return {split_of(found->train), split_of(found->test)};
    }
    const std::string kept = place.keras_cache ? pickles_in(place) : "";
    looked += fmt::format(
        "\n  {}: {}{}", place.description, (fs::path(place.folder) / "cifar10").string(),
        kept.empty()
            ? ""
            : fmt::format(" ('{}' holds Python's pickles, which weft does not read)", kept));
    if (!kept.empty()) pickles = kept;
  }
  throw FileError(fmt::format(
      "The data set cifar10 was not found. Expected: {} and {} to {} (or gzipped, .bin.gz) in a "
      "folder 'cifar10', or {}. Looked in:{}\nTo provide it, set WEFT_DATA_DIR to the folder that "
      "holds 'cifar10' (data/ of weft's repository is one), or put the binary version from "
      "https://www.cs.toronto.edu/~kriz/cifar.html there.",
      kTest, train_name(1), train_name(5), kArchive, looked));
}

}  // namespace weft::datasets::cifar10
