#include <fmt/core.h>
#include <weft/applications/datasets/mnist.h>
#include <weft/core/error.h>

#include <filesystem>

#include "applications/datasets/locate.hpp"
#include "io/idx.hpp"
#include "io/npy_format.hpp"

namespace weft::datasets::mnist {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTrainImages = "train-images-idx3-ubyte.gz";
constexpr const char* kTrainLabels = "train-labels-idx1-ubyte.gz";
constexpr const char* kTestImages = "t10k-images-idx3-ubyte.gz";
constexpr const char* kTestLabels = "t10k-labels-idx1-ubyte.gz";

/// Refuses what is no set of labelled images, so that a wrong file is noticed here and not in a
/// layer.
Split checked(const std::string& from, const io::HostArray& x, const io::HostArray& y) {
  const bool good = x.dtype == DType::uint8 && y.dtype == DType::uint8 && x.shape.rank() == 3 &&
                    y.shape.rank() == 1 && x.shape[0] == y.shape[0] && x.shape[1] == 28 &&
                    x.shape[2] == 28;
  if (!good) {
    throw FileError(fmt::format(
        "mnist: '{}' holds something else. Expected: x uint8 (N, 28, 28), y uint8 (N,). Received: "
        "x {} {}, "
        "y {} {}",
        from, x.dtype.name(), x.shape.to_string(), y.dtype.name(), y.shape.to_string()));
  }
  return {io::to_tensor(x), io::to_tensor(y)};
}

Split from_idx(const fs::path& folder, const char* images, const char* labels) {
  return checked((folder / images).string(), io::read_idx((folder / images).string()),
                 io::read_idx((folder / labels).string()));
}

std::pair<Split, Split> from_npz(const std::string& path) {
  io::NpzReader archive(path);
  return {checked(path, archive.read("x_train"), archive.read("y_train")),
          checked(path, archive.read("x_test"), archive.read("y_test"))};
}

bool has_idx(const fs::path& folder) {
  for (const char* name : {kTrainImages, kTrainLabels, kTestImages, kTestLabels}) {
    if (!is_file(folder / name)) return false;
  }
  return true;
}

}  // namespace

std::pair<Split, Split> load_data() {
  std::string looked;
  for (const Place& place : places()) {
    const fs::path folder(place.folder);
    if (!place.keras_cache && has_idx(folder / "mnist")) {
      return {from_idx(folder / "mnist", kTrainImages, kTrainLabels),
              from_idx(folder / "mnist", kTestImages, kTestLabels)};
    }
    if (is_file(folder / "mnist.npz")) return from_npz((folder / "mnist.npz").string());
    looked += fmt::format("\n  {}: {}", place.description,
                          (folder / (place.keras_cache ? "mnist.npz" : "mnist")).string());
  }
  throw FileError(
      fmt::format("The data set mnist was not found. Expected: the four files {}, {}, {}, {} in a "
                  "folder 'mnist', or Keras's mnist.npz. "
                  "Looked in:{}\nTo provide it, set WEFT_DATA_DIR to the folder that holds 'mnist' "
                  "(data/ of weft's repository is one), or run "
                  "keras.datasets.mnist.load_data() once in Python.",
                  kTrainImages, kTrainLabels, kTestImages, kTestLabels, looked));
}

}  // namespace weft::datasets::mnist
