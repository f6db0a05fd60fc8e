#include "tools/weft/session.hpp"

#include <unistd.h>
#include <weft/core/device.h>
#include <weft/core/error.h>
#include <weft/training/saving/saving.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <limits>

#include "io/atomic_file.hpp"
#include "tools/weft/command.hpp"

namespace weft::tool {
namespace {

volatile std::sig_atomic_t signalled = 0;

extern "C" void on_interrupt(int) {
  if (signalled != 0) ::_exit(interrupted);
  signalled = 1;
}

class InterruptCallback : public Callback {
 public:
  void on_train_batch_end(int, Logs&) override { check_interrupt(); }
  void on_test_batch_end(int, Logs&) override { check_interrupt(); }
  void on_predict_batch_end(int, Logs&) override { check_interrupt(); }
};

std::string device_problem(const std::string& text) {
  const std::string digits = text.rfind("cuda:", 0) == 0 ? text.substr(5) : std::string();
  const bool number = !digits.empty() && digits.size() <= 4 &&
                      digits.find_first_not_of("0123456789") == std::string::npos;
  if (text == "cpu" || text == "cuda" || number) return {};
  return "no device is called '" + text + "'. Expected: cpu, cuda or cuda:N";
}

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    ::sigaction(signal, nullptr, &before);
    // What was started to outlive its terminal (nohup) goes on doing so.
    if (signal != SIGINT && before.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
}

bool was_interrupted() { return signalled != 0; }

void check_interrupt() {
  if (was_interrupted()) throw Interrupted();
}

Ref<Callback> interrupt_callback() { return std::make_shared<InterruptCallback>(); }

Model open_model(const std::string& path, LoadOptions options) {
  if (path.empty())
    throw UsageError("MODEL: the path is empty. Expected: the name of a .keras file");
  try {
    return load_model(path, std::move(options));
  } catch (const Error& e) {
    const std::string what = e.what(), before = "Could not locate class '";
    const std::size_t at = what.find(before), name = at + before.size();
    if (at == std::string::npos) throw;
    throw FileError(
        path + ": the model has a layer of class '" +
        what.substr(name, what.find('\'', name) - name) +
        "', which is not built in. Expected: layers that are built in; classes of one's own "
        "need a program that hands them over");
  }
}

void add_device_option(CLI::App& command, std::string& device) {
  command
      .add_option(
          "--device", device,
          "cpu, cuda or cuda:N; default: WEFT_DEVICE, else the first usable CUDA device, else cpu")
      ->check(CLI::Validator([](std::string& text) { return device_problem(text); }, "DEVICE"));
}

void add_batch_size_option(CLI::App& command, int& batch_size) {
  command.add_option("--batch-size", batch_size, "samples per batch")
      ->capture_default_str()
      ->check(CLI::Range(1, std::numeric_limits<int>::max()));
}

void use_device(const std::string& device) {
  if (device.empty()) return set_device(weft::device());  // WEFT_DEVICE, or the first usable GPU
  const std::vector<DeviceInfo> all = devices();
  const auto cuda = std::find_if(all.begin(), all.end(),
                                 [](const DeviceInfo& d) { return d.name.rfind("cuda", 0) == 0; });
  const std::string wanted = device == "cuda" && cuda != all.end() ? cuda->name : device;
  std::string names;
  for (const DeviceInfo& d : all) {
    if (d.name == wanted) return set_device(wanted);
    names += (names.empty() ? "" : ", ") + d.name;
  }
  std::string message = "--device: there is no usable device '" + device + "'. Expected: one of " +
                        names + ". Received: " + device;
  if (wanted.rfind("cuda", 0) == 0) {
    for (const std::string& problem : device_problems()) message += ". " + problem;
  }
  throw DeviceError(message);
}

void check_extension(const std::string& option, const std::string& path,
                     const std::vector<std::string>& extensions) {
  std::string extension = std::filesystem::path(path).extension().string();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string expected;
  for (const std::string& one : extensions) {
    if (one == extension) return;
    expected += (expected.empty() ? "" : ", ") + one;
  }
  throw UsageError(option + ": the extension of '" + path +
                   "' is not known. Expected: " + expected + ". Received: '" + extension + "'");
}

void check_other_file(const std::string& option, const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& others) {
  if (path.empty()) return;
  const std::string target = io::write_target(path);
  for (const auto& [other_option, other] : others) {
    std::error_code error;
    if (other.empty()) continue;
    if (io::write_target(other) != target && !std::filesystem::equivalent(other, target, error))
      continue;
    throw UsageError(option + ": '" + path + "' is the file of " + other_option +
                     " already. Expected: another path.");
  }
}

void check_writable(const std::string& path) {
  const io::AtomicFile probe(path);  // removed again, as nothing is committed
}

void require_standard_output() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw Error("standard output cannot be written");
}

}  // namespace weft::tool
