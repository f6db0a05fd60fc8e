// What the program `weft` does to files: which it refuses to replace, and what it leaves behind.
#include <sys/stat.h>
#include <weft/graph/functional/input.h>
#include <weft/io/npy.h>
#include <weft/layers/dense.h>
#include <weft/ops.h>
#include <weft/training/sequential.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/harness/catch.h"
#include "tests/harness/process.h"

using namespace weft;
using namespace weft::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

namespace fs = std::filesystem;

std::string program() { return build_dir() + "/bin/weft"; }

ProcessResult run_weft(std::vector<std::string> arguments, const ProcessOptions& options = {}) {
  arguments.insert(arguments.begin(), program());
  return run_process(arguments, options);
}

std::string text_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// A folder with a compiled model and its data.
struct Folder {
  std::string path = temporary_dir();
  std::string model = path + "/model.keras", data = path + "/data.npz";
  Folder() {
    Sequential net({Input({4}), layers::Dense(64), layers::Dense(3)});
    net.compile({.optimizer = "adam", .loss = "mse"});
    net.save(model);
    save_npz(data, {{"x", ops::ones({50, 4})}, {"y", ops::ones({50, 3})}});
  }
  std::string operator/(const std::string& name) const { return path + "/" + name; }
  ProcessResult train(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"train", model, "--data", data};
    all.insert(all.end(), more.begin(), more.end());
    return run_weft(all);
  }
  ProcessResult predict(const std::string& output) const {
    return run_weft({"predict", model, "--input", data, "--output", output});
  }
};

void check_error(const ProcessResult& r, int code, const std::vector<std::string>& parts) {
  INFO(r.out << r.err);
  CHECK(r.code == code);
  CHECK_THAT(r.err, StartsWith("weft: error: "));
  for (const std::string& part : parts) CHECK_THAT(r.err, Contains(part));
}

}  // namespace

TEST_CASE("weft train does not write over what it reads", "[tools][errors]") {
  const Folder f;
  const std::string model = text_of(f.model), data = text_of(f.data), out = f / "out.keras";
  fs::create_symlink(f.model, f / "link.json");
  check_error(f.train({"--output", out, "--history", f.path + "/./out.keras"}), 2,
              {"--history", "is the file of --output already"});
  check_error(f.train({"--output", out, "--history", f.model}), 2,
              {"is the file of MODEL already. Expected: another path"});
  check_error(f.train({"--output", out, "--history", f / "link.json"}), 2, {"MODEL"});
  check_error(f.train({"--output", out, "--history", f.data}), 2, {"--data"});
  check_error(
      f.train({"--output", out, "--validation-data", f.data, "--history", f.path + "//data.npz"}),
      2, {"--data"});
  check_error(f.train({"--output", out, "--checkpoint", f / "c.keras", "--history", f / "c.keras"}),
              2, {"--checkpoint"});
  CHECK(text_of(f.model) == model);
  CHECK(text_of(f.data) == data);
  CHECK_FALSE(fs::exists(out));
  CHECK(f.train({"--output", f.model, "--checkpoint", f.model}).code == 0);
}

TEST_CASE("weft predict writes .npz files, and no other", "[tools][errors]") {
  const Folder f;
  const std::string model = text_of(f.model);
  check_error(f.predict(f.model), 2, {"--output", "Expected: .npz. Received: '.keras'"});
  check_error(f.predict(f / "o.txt"), 2, {"--output", "'.txt'"});
  fs::create_symlink(f.model, f / "link.npz");
  check_error(f.predict(f / "link.npz"), 2, {"--output", "MODEL"});
  CHECK(text_of(f.model) == model);
  REQUIRE(::mkfifo((f / "pipe.npz").c_str(), 0600) == 0);
  check_error(f.predict(f / "pipe.npz"), 1, {"pipe.npz", "it is no regular file"});
  CHECK(fs::is_fifo(f / "pipe.npz"));
}

TEST_CASE("weft leaves no temporary files when a file may grow no further", "[tools][errors]") {
  const Folder f;
  const std::string model = text_of(f.model);
  const std::string command = "ulimit -f 1; '" + program() + "' train '" + f.model + "' --data '" +
                              f.data + "' --output '" + f.model + "'";
  check_error(run_process({"bash", "-c", command}), 1, {"model.keras", "File too large"});
  CHECK(files_in(f.path) == std::vector<std::string>{"data.npz", "model.keras"});
  CHECK(text_of(f.model) == model);
}

TEST_CASE("weft treats SIGTERM and SIGHUP as Ctrl-C", "[tools]") {
  for (const char* name : {"TERM", "HUP"}) {
    const Folder f;
    const std::string command = "'" + program() + "' train '" + f.model + "' --data '" + f.data +
                                "' --epochs 1000000 --output '" + (f / "out.keras") +
                                "' --checkpoint '" + (f / "check.keras") + "' & until [ -e '" +
                                (f / "check.keras") + "' ]; do sleep 0.05; done; kill -" + name +
                                " $!; wait $!";
    const ProcessResult r = run_process({"bash", "-c", command}, {.limit_s = 120});
    INFO(r.err);
    CHECK(r.code == 130);
    CHECK(files_in(f.path) == std::vector<std::string>{"check.keras", "data.npz", "model.keras"});
  }
}

TEST_CASE("weft --help into what cannot be written", "[tools][errors]") {
  for (const char* what : {"--help", "--version", "train --help"}) {
    const std::string command = "'" + program() + "' " + what + " >&-";
    check_error(run_process({"bash", "-c", command}), 1, {"standard output cannot be written"});
  }
}

TEST_CASE("what the program says of its arguments", "[tools][errors]") {
  const Folder f;
  check_error(run_weft({"predict", f.model, "--input", f.data, "--output", f / "o.npz",
                        "--batch-size", "abc"}),
              2, {"--batch-size", "this is no number", "Received: abc"});
  check_error(run_weft({"summary", ""}), 2, {"MODEL: the path is empty"});
  check_error(f.train({"--output", f / "o.keras", "--class-weight", ""}), 2,
              {"--class-weight: this is no JSON object"});
}
