// What is refused when models are saved, opened and drawn, by text; and that a failed write leaves
// what was there.
#include <weft/core/error.h>
#include <weft/graph/functional/input.h>
#include <weft/io/npy.h>
#include <weft/layers/dense.h>
#include <weft/training/plot_model.h>
#include <weft/training/saving/saving.h>
#include <weft/training/sequential.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "io/atomic_file.hpp"
#include "io/zip.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/files.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::files_in;

namespace {

std::string file_error(const std::function<void()>& f) { return test::error_of<FileError>(f); }
std::string load_error(const std::string& path) {
  return file_error([&] { load_model(path); });
}

Sequential small_model() {
  Sequential model({Input({4}), layers::Dense(3, {.name = "d"})});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  return model;
}

std::string saved_model() {
  const std::string path = test::temporary_dir() + "/model.keras";
  small_model().save(path);
  return path;
}

void write_bytes(const std::string& path, const std::vector<std::byte>& bytes) {
  io::write_file_atomically(path, bytes);
}
void write_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// A saved model with one member changed; without a function the member is left out.
std::string with_member(const std::string& member,
                        const std::function<std::string(std::string)>& change) {
  const std::string path = saved_model();
  io::ZipReader from(path);
  io::ZipWriter to;
  for (const io::ZipMember& m : from.members()) {
    if (m.name != member) {
      to.add(m.name, from.read(m.name));
    } else if (change) {
      to.add(m.name, change(from.read_text(m.name)));
    }
  }
  const std::string changed = test::temporary_dir() + "/changed.keras";
  to.save(changed);
  return changed;
}

std::string with_config(const std::string& from, const std::string& to) {
  return with_member("config.json",
                     [&](const std::string& text) { return replaced(text, from, to); });
}

}  // namespace

TEST_CASE("a model file that is not there", "[errors]") {
  CHECK(load_error("nowhere/model.keras") ==
        "nowhere/model.keras: file not found. Expected: a .keras file.");
}

TEST_CASE("a legacy .h5 file is refused by name", "[errors]") {
  const std::string path = test::temporary_dir() + "/old.h5";
  write_text(path, "\x89HDF");
  CHECK(load_error(path) ==
        path + ": legacy .h5 files are not supported yet. Expected: a path that ends in .keras.");
  CHECK(file_error([&] { small_model().save(path); }) ==
        path + ": legacy .h5 files are not supported yet. Expected: a path that ends in .keras.");
}

TEST_CASE("a path with another extension", "[errors]") {
  const std::string path = test::temporary_dir() + "/model.pb";
  write_text(path, "?");
  CHECK_THAT(load_error(path), Contains(path) && Contains("Expected: a path that ends in .keras."));
  CHECK_THAT(file_error([&] { small_model().save(path); }),
             Contains(path) && Contains("Expected: a path that ends in .keras."));
}

TEST_CASE("a truncated .keras file", "[errors]") {
  const std::string path = saved_model();
  std::vector<std::byte> bytes = io::read_file(path);
  for (const std::size_t part : {2U, 3U, 10U}) {
    std::vector<std::byte> less(bytes.begin(),
                                bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / part));
    write_bytes(path, less);
    CHECK_THAT(load_error(path), Contains(path) && Contains("cannot be read as a zip archive"));
  }
}

TEST_CASE("a file of another kind with the extension .keras", "[errors]") {
  const std::string path = test::temporary_dir() + "/text.keras";
  write_text(path, "this is a text");
  CHECK(load_error(path) == path +
                                ": this is no .keras file: it is not a zip archive. Expected: a "
                                "file that Keras 3 or weft saved.");
  write_text(path, "");
  CHECK_THAT(load_error(path), Contains(path) && Contains("not a zip archive"));
}

TEST_CASE("a zip archive that is no model", "[errors]") {
  const std::string folder = test::temporary_dir();
  save_npz(folder + "/data.npz", {{"x", Tensor::of({1.0F})}});
  std::filesystem::rename(folder + "/data.npz", folder + "/data.keras");
  CHECK(load_error(folder + "/data.keras") ==
        folder +
            "/data.keras: 'config.json' is missing. Expected: a .keras file with metadata.json, "
            "config.json and model.weights.h5.");
}

TEST_CASE("a .keras file without its weights", "[errors]") {
  const std::string path = with_member("model.weights.h5", nullptr);
  CHECK(load_error(path) == path +
                                ": 'model.weights.h5' is missing. Expected: a .keras file with "
                                "metadata.json, config.json and model.weights.h5.");
}

TEST_CASE("a config.json that is no JSON says where", "[errors]") {
  const std::string path = with_member(
      "config.json", [](const std::string& text) { return text.substr(0, text.size() / 2); });
  CHECK_THAT(load_error(path),
             Contains(path + ": config.json' is not valid JSON at line 1, column "));
}

TEST_CASE("a config.json that is no object", "[errors]") {
  const std::string path = with_member("config.json", [](const std::string&) { return "[1, 2]"; });
  CHECK_THAT(load_error(path), Contains(path) && Contains("Expected: an object. Received: a list"));
}

TEST_CASE("a config.json that nests without end", "[errors]") {
  const std::string path = with_member(
      "config.json", [](const std::string&) { return "{\"a\": " + std::string(100000, '['); });
  CHECK_THAT(load_error(path), Contains(path));
}

TEST_CASE("a layer class that weft does not have", "[errors]") {
  const std::string path = with_config(R"("class_name": "Dense")", R"("class_name": "Telepathy")");
  CHECK_THAT(load_error(path), Contains(path) && Contains("Could not locate class 'Telepathy'") &&
                                   Contains("custom_objects"));
}

TEST_CASE("a damaged configuration names file, layer and key", "[errors]") {
  const std::string units = with_config(R"("units": 3)", R"("units": "three")");
  CHECK_THAT(load_error(units), Contains(units) && Contains("units") &&
                                    Contains("Received: 'three'") &&
                                    Contains("reviving layer 'd' (Dense) from its config"));
  const std::string activation =
      with_config(R"("activation": "linear")", R"("activation": "telepathic")");
  CHECK_THAT(load_error(activation), Contains(activation) && Contains("telepathic") &&
                                         Contains("reviving layer 'd' (Dense)"));
  const std::string missing = with_config(R"("units": 3)", R"("unit": 3)");
  CHECK_THAT(load_error(missing),
             Contains(missing) && Contains("'units'") && Contains("reviving layer 'd' (Dense)"));
}

TEST_CASE("a damaged call of a layer names file and layer", "[errors]") {
  const Tensor in = Input({4}, {.name = "in"});
  const std::string path = test::temporary_dir() + "/graph.keras";
  Model(in, layers::Dense(3, {.name = "d"})(in)).save(path);
  io::ZipReader from(path);
  io::ZipWriter to;
  to.add("config.json", replaced(from.read_text("config.json"), R"("keras_history": ["in", 0, 0])",
                                 R"("keras_history": ["in"])"));
  to.add("model.weights.h5", from.read("model.weights.h5"));
  to.save(path);
  CHECK_THAT(load_error(path), Contains(path) && Contains("[name, node, tensor]") &&
                                   Contains("reviving call 0 of 'd' from its inbound_nodes"));
}

TEST_CASE("a damaged compile configuration is the file's fault, not the data's", "[errors]") {
  const Tensor in = Input({4}, {.name = "in"});
  Model model(in, {layers::Dense(3, {.name = "a"})(in), layers::Dense(3, {.name = "b"})(in)});
  model.compile({.optimizer = "sgd",
                 .loss = {{"a", "mse"}, {"b", "mae"}},
                 .metrics = {{"a", "mae"}, {"b", "mse"}}});
  const std::string path = test::temporary_dir() + "/two.keras";
  const auto damaged = [&](const std::string& wrong, const std::string& by) {
    model.save(path);
    io::ZipReader from(path);
    io::ZipWriter to;
    to.add("config.json", replaced(from.read_text("config.json"), wrong, by));
    to.add("model.weights.h5", from.read("model.weights.h5"));
    to.save(path);
    return load_error(path);
  };
  CHECK_THAT(damaged(R"("metrics": {"a")", R"("metrics": {"q")"),
             Contains(path) && Contains("compile_config: the key 'q' of `metrics` is no output of "
                                        "the model. Expected: keys out of ['a', 'b']."));
  CHECK_THAT(damaged(R"("loss": {"a")", R"("loss": {"q")"),
             Contains(path) && Contains("the key 'q' of `loss` is no output"));
  CHECK_THAT(damaged(R"("metrics": {"a": "mae")", R"("metrics": {"a": 7)"),
             Contains(path) && Contains("compile_config: `metrics`: "));
  CHECK_THAT(damaged(R"("loss_weights": null)", R"("loss_weights": "much")"),
             Contains(path) && Contains("compile_config: `loss_weights`: "));
}

TEST_CASE("an optimizer class that weft does not have", "[errors]") {
  const std::string path = with_config(R"("class_name": "SGD")", R"("class_name": "Downhill")");
  CHECK_THAT(load_error(path), Contains(path) && Contains("Downhill"));
}

TEST_CASE(
    "a configuration that asks for more weights than the file holds is refused before it is built",
    "[errors]") {
  const std::string path = with_member("config.json", [](std::string text) {
    return replaced(std::move(text), "\"units\": 3", "\"units\": 2000000000");
  });
  CHECK_THAT(load_error(path), Contains(path) && Contains("d/kernel") &&
                                   Contains("more than the file holds values for"));
}

TEST_CASE("weights of another shape", "[errors]") {
  const std::string path = with_config(R"("units": 3)", R"("units": 5)");
  CHECK_THAT(load_error(path), Contains(path) && Contains("Layer 'd' (Dense)") &&
                                   Contains("Expected: shape (4, 5). Received: shape (4, 3)."));
}

TEST_CASE("a layer with another number of weights", "[errors]") {
  const std::string path = with_config(R"("use_bias": true)", R"("use_bias": false)");
  CHECK_THAT(
      load_error(path),
      Contains(path) &&
          Contains(
              "Layer 'd' (Dense) expected 1 variables, but received 2 variables during loading."));
}

TEST_CASE("weights that end early", "[errors]") {
  const std::string path = with_member(
      "model.weights.h5", [](const std::string& text) { return text.substr(0, text.size() / 2); });
  CHECK_THAT(load_error(path), Contains(path) && Contains("model.weights.h5"));
  const std::string empty =
      with_member("model.weights.h5", [](const std::string&) { return std::string(); });
  CHECK_THAT(load_error(empty),
             Contains(empty) && Contains("model.weights.h5") && Contains("it is empty"));
}

TEST_CASE("a functional model without its layers", "[errors]") {
  const std::string path = with_member("config.json", [](const std::string&) {
    return R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f"}, "registered_name": "Functional"})";
  });
  CHECK_THAT(load_error(path), Contains(path) && Contains("the key 'layers' is missing"));
}

TEST_CASE("an existing file with overwrite = false stays as it was", "[errors]") {
  const std::string path = test::temporary_dir() + "/there.keras";
  write_text(path, "mine");
  CHECK(
      file_error([&] { small_model().save(path, {.overwrite = false}); }) ==
      path +
          ": the file exists and overwrite is false. Expected: another path, or overwrite = true.");
  CHECK(io::file_bytes(path) == 4);
}

TEST_CASE("a model saved into a folder that is not there", "[errors]") {
  const std::string folder = test::temporary_dir() + "/none";
  CHECK(file_error([&] { small_model().save(folder + "/model.keras"); }) ==
        "Writing '" + folder + "/model.keras': there is no directory '" + folder +
            "'. Expected: an existing directory");
}

TEST_CASE("a model saved where nothing can be written", "[errors]") {
  CHECK_THAT(file_error([] { small_model().save("/proc/model.keras"); }),
             Contains("Writing '/proc/model.keras'"));
}

TEST_CASE("a model saved onto a folder", "[errors]") {
  const std::string path = test::temporary_dir() + "/folder.keras";
  std::filesystem::create_directory(path);
  CHECK_THAT(file_error([&] { small_model().save(path); }),
             Contains(path) && Contains("it is a directory"));
  CHECK_THAT(load_error(path), Contains(path));
}

TEST_CASE("a loss without a name cannot be saved, and nothing is left behind", "[errors]") {
  const std::string folder = test::temporary_dir();
  Sequential model({Input({4}), layers::Dense(3)});
  model.compile({.loss = [](const Tensor& y, const Tensor& p) { return (y - p) * (y - p); }});
  CHECK_THAT(test::error_of<Error>([&] { model.save(folder + "/model.keras"); }),
             Contains("a loss is a function without a name"));
  CHECK(files_in(folder).empty());
}

TEST_CASE("a drawing of a model that is not built", "[errors]") {
  const Sequential model({layers::Dense(3)}, {.name = "unbuilt"});
  CHECK_THAT(
      test::error_of<GraphError>([&] { plot_model(model, test::temporary_dir() + "/model.dot"); }),
      Contains("Model 'unbuilt': this model has not yet been built."));
}

TEST_CASE("a picture without graphviz says what to install, and leaves nothing behind",
          "[errors]") {
  const std::string folder = test::temporary_dir();
  const char* before = std::getenv("PATH");
  const std::string path = before == nullptr ? "" : before;
  ::setenv("PATH", "/nonexistent", 1);
  const std::string error =
      test::error_of<Error>([&] { plot_model(small_model(), folder + "/model.png"); });
  ::setenv("PATH", path.c_str(), 1);
  CHECK_THAT(error, Contains("You must install graphviz") && Contains(folder + "/model.png"));
  CHECK(files_in(folder).empty());
}

TEST_CASE("an archive of arrays that is not there, damaged, or holds Python objects", "[errors]") {
  const std::string folder = test::temporary_dir();
  CHECK_THAT(file_error([&] { load_npz(folder + "/none.npz"); }), Contains(folder + "/none.npz"));
  write_text(folder + "/text.npz", "no archive");
  CHECK_THAT(file_error([&] { load_npz(folder + "/text.npz"); }), Contains(folder + "/text.npz"));
  io::ZipWriter objects;
  std::string header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
  header.resize(117, ' ');
  objects.add("a.npy",
              std::string("\x93NUMPY\x01\x00", 8) + std::string("\x76\x00", 2) + header + "\n.");
  objects.save(folder + "/objects.npz");
  CHECK_THAT(file_error([&] { load_npz(folder + "/objects.npz"); }),
             Contains(folder + "/objects.npz") && Contains("object"));
}
