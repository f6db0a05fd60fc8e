// The program `weft`, run from end to end: exit codes, streams, files.
#include <weft/core/error.h>
#include <weft/core/random.h>
#include <weft/core/version.h>
#include <weft/graph/functional/input.h>
#include <weft/io/npy.h>
#include <weft/layers/concatenate.h>
#include <weft/layers/dense.h>
#include <weft/layers/dropout.h>
#include <weft/ops.h>
#include <weft/training/saving/saving.h>
#include <weft/training/sequential.h>

#include <algorithm>
#include <fstream>

#include "io/json.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/files.h"
#include "tests/harness/process.h"

using namespace weft;
using namespace weft::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

constexpr int rows = 50;

ProcessResult run_weft(std::vector<std::string> arguments, ProcessOptions options = {}) {
  arguments.insert(arguments.begin(), build_dir() + "/bin/weft");
  return run_process(arguments, options);
}

Tensor numbers(const Shape& shape, std::int64_t seed) {
  return random::normal(shape, {.seed = Seed(seed)});
}

// A folder with a compiled model of one input and one output, and its data.
struct Folder {
  std::string path = temporary_dir();
  Tensor x = numbers({rows, 4}, 1), y = numbers({rows, 3}, 2);
  std::string operator/(const std::string& name) const { return path + "/" + name; }
  Folder() {
    set_random_seed(7);
    Sequential model({Input({4}, {.name = "in"}), layers::Dense(8, {.activation = "relu"}),
                      layers::Dropout(0.2), layers::Dense(3, {.name = "out"})},
                     {.name = "small"});
    model.compile({.optimizer = "adam", .loss = "mse", .metrics = {"mae"}});
    model.save(*this / "model.keras");
    save_npz(*this / "data.npz", {{"x", x}, {"y", y}, {"other", Tensor::of({1.0F})}});
  }
  std::string model() const { return *this / "model.keras"; }
  std::string data() const { return *this / "data.npz"; }
  std::string data_with(const std::vector<Named<Tensor>>& arrays) const {
    save_npz(*this / "changed.npz", Tensors(arrays));
    return *this / "changed.npz";
  }
};

// Two inputs and two outputs by name.
std::string save_two(const std::string& path) {
  const Tensor a = Input({2}, {.name = "a"}), b = Input({3}, {.name = "b"});
  const Tensor both = layers::concatenate({a, b});
  Model model({a, b},
              {layers::Dense(1, {.name = "p"})(both), layers::Dense(2, {.name = "q"})(both)});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  model.save(path);
  return path;
}

void check_error(const ProcessResult& r, int code, const std::vector<std::string>& parts) {
  INFO(r.out << r.err);
  CHECK(r.code == code);
  CHECK_THAT(r.err, StartsWith("weft: error: "));
  for (const std::string& part : parts) CHECK_THAT(r.err, Contains(part));
}

Tensor array(const std::string& path, const std::string& name) {
  for (const Named<Tensor>& one : load_npz(path)) {
    if (one.name == name) return one.value;
  }
  return {};
}

}  // namespace

TEST_CASE("weft --version and --help print to standard output and return 0", "[tools]") {
  const ProcessResult version = run_weft({"--version"});
  CHECK(version.code == 0);
  CHECK(version.out == "weft " + std::string(weft::version()) + "\n");
  const ProcessResult help = run_weft({"--help"});
  CHECK(help.code == 0);
  for (const char* command : {"predict", "evaluate", "train", "summary", "plot", "devices"})
    CHECK_THAT(help.out, Contains(command));
  const ProcessResult train = run_weft({"train", "--help"});
  CHECK(train.code == 0);
  CHECK_THAT(train.out, Contains("--class-weight") && Contains("--checkpoint"));
  CHECK(train.err.empty());
}

TEST_CASE("wrong usage of weft returns 2 and names the option", "[tools][errors]") {
  const Folder f;
  check_error(run_weft({}), 2, {"a command is missing"});
  check_error(run_weft({"fly"}), 2, {"there is no command 'fly'", "predict"});
  check_error(run_weft({"predict", f.model()}), 2, {"--input"});
  check_error(run_weft({"predict", f.model(), "--input", f.data(), "--output", f / "o.npz",
                        "--speed", "9"}),
              2, {"--speed"});
  check_error(run_weft({"evaluate", f.model(), "--data", f.data(), "--batch-size", "many"}), 2,
              {"--batch-size", "many"});
  check_error(run_weft({"evaluate", f.model(), "--data", f.data(), "--batch-size", "0"}), 2,
              {"--batch-size", "0"});
  check_error(run_weft({"evaluate", f.model(), "--data", f.data(), "--device", "tpu"}), 2,
              {"--device", "tpu"});
  check_error(run_weft({"train", f.model(), "--data", f.data(), "--output", f / "o.keras",
                        "--validation-split", "1"}),
              2, {"--validation-split"});
  check_error(run_weft({"train", f.model(), "--data", f.data(), "--output", f / "o.keras",
                        "--shuffle", "2"}),
              2, {"--shuffle"});
  check_error(run_weft({"train", f.model(), "--data", f.data(), "--output", f / "o.keras",
                        "--class-weight", "[1]"}),
              2, {"--class-weight", "[1]"});
  check_error(run_weft({"train", f.model(), "--data", f.data(), "--output", f / "o.txt"}), 2,
              {"--output", "o.txt"});
  check_error(run_weft({"plot", f.model(), "--output", f / "o.bmp"}), 2,
              {"--output", "o.bmp", ".svg"});
  check_error(run_weft({"summary", f.model(), "--line-length", "9"}), 2, {"--line-length"});
  check_error(run_weft({"convert", f.model(), f / "o.h5"}), 2, {"'convert' is not there yet"});
  check_error(run_weft({"bench", f.model()}), 2, {"'bench' is not there yet"});
  CHECK(files_in(f.path) == std::vector<std::string>{"data.npz", "model.keras"});
}

TEST_CASE("weft reads decimal numbers only, and flags without a value", "[tools][errors]") {
  const Folder f;
  for (const char* number : {"0x10", "0b11", "1'0", "1_0", "8.5", "1e1", ""}) {
    check_error(run_weft({"evaluate", f.model(), "--data", f.data(), "--batch-size", number}), 2,
                {"--batch-size"});
  }
  check_error(run_weft({"evaluate", f.model(), "--data", f.data(), "--batch-size", "0x10"}), 2,
              {"--batch-size", "Expected: a decimal number. Received: 0x10"});
  check_error(run_weft({"train", f.model(), "--data", f.data(), "--output", f / "o.keras", "--seed",
                        "0x1"}),
              2, {"--seed", "0x1"});
  check_error(run_weft({"train", f.model(), "--data", f.data(), "--output", f / "o.keras",
                        "--validation-split", "0x1p-3"}),
              2, {"--validation-split", "0x1p-3"});
  check_error(run_weft({"evaluate", f.model(), "--data", f.data(), "--json=3"}), 2, {"--json"});
  check_error(run_weft({"evaluate", f.model(), "--data", f.data(), "--json=false"}), 2, {"--json"});
  check_error(run_weft({"summary", f.model(), "--expand-nested=1"}), 2, {"--expand-nested"});
  const ProcessResult plus =
      run_weft({"evaluate", f.model(), "--data", f.data(), "--batch-size=+8", "--json"});
  INFO(plus.err);
  CHECK(plus.code == 0);
}

TEST_CASE("weft train refuses class weights that are negative or stand there twice",
          "[tools][errors]") {
  const Folder f;
  const auto train = [&](const std::string& weights) {
    return run_weft({"train", f.model(), "--data", f.data(), "--output", f / "o.keras",
                     "--class-weight", weights});
  };
  check_error(train(R"({"0": 1.0, "1": -2.5})"), 2,
              {"--class-weight", "the weight of class 1 is negative", "Received: {\"0\": 1.0"});
  check_error(train(R"({"0": 1.0, "1": 2, "0": 3})"), 2,
              {"--class-weight", "a class stands there twice"});
  check_error(train(R"({"1": 2, "01": 3})"), 2, {"--class-weight", "class 1 stands there twice"});
  check_error(train(R"({"0": NaN})"), 2, {"--class-weight", "not finite"});
  CHECK(files_in(f.path) == std::vector<std::string>{"data.npz", "model.keras"});
}

TEST_CASE("weft evaluate prints a NaN as Python does", "[tools]") {
  const Folder f;
  const Tensor zero = ops::zeros({rows, 3});
  const std::string data = f.data_with({{"x", f.x}, {"y", zero / zero * -1.0}});
  const ProcessResult r = run_weft({"evaluate", f.model(), "--data", data});
  INFO(r.err);
  CHECK(r.code == 0);
  CHECK(r.out == "loss: nan - mae: nan\n");
}

TEST_CASE("weft predict writes what the library predicts", "[tools]") {
  const Folder f;
  const ProcessResult r = run_weft({"predict", "--input=" + f.data(), f.model(), "--output",
                                    f / "out.npz", "--batch-size", "7"});
  INFO(r.err);
  REQUIRE(r.code == 0);
  CHECK(r.out.empty());
  const Tensor expected = load_model(f.model()).predict(f.x, {.verbose = 0});
  const Tensor received = array(f / "out.npz", "y");
  REQUIRE(received);
  CHECK(received.dtype() == DType(DType::float32));
  const auto a = received.to_vector<float>(), b = expected.to_vector<float>();
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Approx(b[i]).margin(1e-6));
}

TEST_CASE("weft predict takes inputs and writes outputs by name, also over its own input",
          "[tools]") {
  const std::string folder = temporary_dir(), model = save_two(folder + "/two.keras"),
                    data = folder + "/data.npz";
  save_npz(data, {{"x/a", numbers({5, 2}, 1).astype(DType::float64)}, {"x/b", numbers({5, 3}, 2)}});
  const ProcessResult r = run_weft({"predict", model, "--input", data, "--output", data});
  INFO(r.err);
  REQUIRE(r.code == 0);
  REQUIRE(array(data, "y/p"));
  CHECK(array(data, "y/p").shape() == Shape({5, 1}));
  CHECK(array(data, "y/q").shape() == Shape({5, 2}));
  CHECK(files_in(folder) == std::vector<std::string>{"data.npz", "two.keras"});
}

TEST_CASE("weft refuses data that do not fit, with code 1, and names file and array",
          "[tools][errors]") {
  const Folder f;
  const auto evaluate = [&](const std::vector<Named<Tensor>>& arrays) {
    return run_weft({"evaluate", f.model(), "--data", f.data_with(arrays)});
  };
  check_error(evaluate({{"y", f.y}}), 1, {"changed.npz", "has no data", "'x'"});
  check_error(evaluate({{"x", f.x}}), 1, {"changed.npz", "output 'out' has no data"});
  check_error(evaluate({{"x", f.x}, {"x/in", f.x}, {"y", f.y}}), 1, {"both 'x' and 'x/in'"});
  check_error(evaluate({{"x", f.x}, {"y/nose", f.y}}), 1, {"no output 'nose'", "'out'"});
  check_error(evaluate({{"x", numbers({rows, 5}, 3)}, {"y", f.y}}), 1,
              {"changed.npz", "(None, 4)", "(50, 5)"});
  check_error(evaluate({{"x", numbers({rows - 1, 4}, 3)}, {"y", f.y}}), 1,
              {"different numbers of samples", "49 and 50"});
  check_error(evaluate({{"x", numbers({0, 4}, 3)}, {"y", numbers({0, 3}, 3)}}), 1,
              {"the data set is empty"});
  check_error(run_weft({"evaluate", f / "none.keras", "--data", f.data()}), 1,
              {"none.keras", "file not found"});
  std::ofstream(f / "old.h5") << "?";
  check_error(run_weft({"summary", f / "old.h5"}), 1, {"old.h5", "not supported yet"});
  check_error(run_weft({"evaluate", f.model(), "--data", f.data(), "--device", "cuda:77"}), 1,
              {"cuda:77", "cpu"});
  check_error(run_weft({"predict", f.model(), "--input", f.data(), "--output", f / "none/out.npz"}),
              1, {"none/out.npz"});
}

TEST_CASE("weft evaluate prints Keras's keys, and with --json one object", "[tools]") {
  const Folder f;
  const Logs expected = load_model(f.model()).evaluate(f.x, f.y, {.verbose = 0});
  const ProcessResult text = run_weft({"evaluate", f.model(), "--data", f.data()});
  INFO(text.err);
  REQUIRE(text.code == 0);
  CHECK_THAT(text.out, StartsWith("loss: ") && Contains(" - mae: "));
  const ProcessResult json = run_weft({"evaluate", f.model(), "--data", f.data(), "--json"});
  REQUIRE(json.code == 0);
  const Config scores = io::parse_json(json.out);
  CHECK(scores.keys() == std::vector<std::string>{"loss", "mae"});
  CHECK(scores.get<double>("loss") == Approx(expected["loss"]).epsilon(1e-6));
  CHECK(scores.get<double>("mae") == Approx(expected["mae"]).epsilon(1e-6));
}

TEST_CASE("weft train is fit, and the same seed gives the same history and weights", "[tools]") {
  const Folder f;
  const auto train = [&](const std::string& name, const std::string& seed) {
    return run_weft({"train", f.model(), "--data", f.data(), "--output", f / (name + ".keras"),
                     "--epochs", "3", "--batch-size", "8", "--validation-split", "0.2", "--history",
                     f / (name + ".json"), "--seed", seed});
  };
  const ProcessResult r = train("first", "1");
  INFO(r.err);
  REQUIRE(r.code == 0);
  CHECK_THAT(r.out, Contains("Epoch 3/3") && Contains("val_loss"));
  const Config history = io::parse_json(text_of(f / "first.json"));
  CHECK(history.get<std::vector<double>>("loss").size() == 3);
  CHECK(history.get<std::vector<double>>("val_mae").size() == 3);
  REQUIRE(train("again", "1").code == 0);
  CHECK(text_of(f / "first.json") == text_of(f / "again.json"));
  const auto first = load_model(f / "first.keras").get_weights(),
             again = load_model(f / "again.keras").get_weights();
  REQUIRE(first.size() == again.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    CHECK(first[i].to_vector<float>() == again[i].to_vector<float>());
  REQUIRE(train("other", "2").code == 0);
  CHECK(text_of(f / "first.json") != text_of(f / "other.json"));
  CHECK(load_model(f / "first.keras").optimizer()->iterations().item<int>() == 15);
}

TEST_CASE("weft train goes on after Ctrl-C from its checkpoint, and writes no output then",
          "[tools]") {
  const Folder f;
  const ProcessResult r =
      run_weft({"train", f.model(), "--data", f.data(), "--output", f / "out.keras", "--epochs",
                "1000000", "--checkpoint", f / "check.keras", "--history", f / "history.json"},
               {.interrupt_after = "Epoch 2/", .limit_s = 120});
  INFO(r.err);
  CHECK(r.code == 130);
  CHECK(files_in(f.path) == std::vector<std::string>{"check.keras", "data.npz", "model.keras"});
  const int steps = load_model(f / "check.keras").optimizer()->iterations().item<int>();
  CHECK(steps >= 2);
  const ProcessResult on =
      run_weft({"train", f / "check.keras", "--data", f.data(), "--output", f / "check.keras"});
  REQUIRE(on.code == 0);
  CHECK(load_model(f / "check.keras").optimizer()->iterations().item<int>() == steps + 2);
}

TEST_CASE("weft train refuses what was never compiled and leaves nothing behind",
          "[tools][errors]") {
  const std::string folder = temporary_dir();
  Sequential({Input({4}), layers::Dense(3)}).save(folder + "/bare.keras");
  save_npz(folder + "/data.npz", {{"x", numbers({9, 4}, 1)}, {"y", numbers({9, 3}, 2)}});
  check_error(run_weft({"train", folder + "/bare.keras", "--data", folder + "/data.npz", "--output",
                        folder + "/out.keras"}),
              1, {"bare.keras", "compile"});
  check_error(run_weft({"evaluate", folder + "/bare.keras", "--data", folder + "/data.npz"}), 1,
              {"bare.keras", "compile"});
  CHECK(files_in(folder) == std::vector<std::string>{"bare.keras", "data.npz"});
}

TEST_CASE("weft summary prints the library's table", "[tools]") {
  const Folder f;
  const ProcessResult r =
      run_weft({"summary", f.model(), "--show-trainable"}, {.environment = {{"COLUMNS", "80"}}});
  INFO(r.err);
  REQUIRE(r.code == 0);
  std::string expected;
  load_model(f.model()).summary(
      {.line_length = 76,
       .print_fn = [&](std::string_view line) { expected += std::string(line) + "\n"; },
       .show_trainable = true});
  CHECK(r.out == expected);
  CHECK_THAT(r.out, StartsWith("Model: \"small\"") && Contains("Trainable") &&
                        Contains(" Trainable params: 67 (268.00 B)") &&
                        Contains(" Optimizer params: 136 (544.00 B)"));
}

TEST_CASE("weft plot writes Graphviz's text without Graphviz", "[tools]") {
  const Folder f;
  const ProcessResult r = run_weft(
      {"plot", f.model(), "--output", f / "model.dot", "--show-shapes", "--show-layer-names",
       "--show-trainable", "--show-layer-activations", "--show-dtype", "--rankdir", "LR"},
      {.environment = {{"PATH", "/nonexistent"}}});
  INFO(r.err);
  REQUIRE(r.code == 0);
  const std::string text = text_of(f / "model.dot");
  CHECK_THAT(text, StartsWith("digraph") && Contains("rankdir=\"LR\"") &&
                       Contains("<b>out</b> (Dense)") &&
                       Contains("Output shape: <b>(None, 3)</b>"));
  CHECK_THAT(text, Contains("Activation: <b>relu</b>") &&
                       Contains("Output dtype: <b>float32</b>") && Contains("<b>Trainable</b>") &&
                       Contains("n0 -> n1"));
  check_error(run_weft({"plot", f.model(), "--output", f / "model.png"},
                       {.environment = {{"PATH", "/nonexistent"}}}),
              1, {"graphviz"});
  CHECK(files_in(f.path) == std::vector<std::string>{"data.npz", "model.dot", "model.keras"});
}

TEST_CASE("weft devices lists the CPU first", "[tools]") {
  const ProcessResult text = run_weft({"devices"});
  CHECK(text.code == 0);
  CHECK_THAT(text.out, StartsWith("cpu "));
  const ProcessResult json = run_weft({"devices", "--json"});
  CHECK(json.code == 0);
  CHECK_THAT(json.out, StartsWith("[{\"name\": \"cpu\", \"description\": "));
}
