// What the commands share: devices, models, outputs, Ctrl-C.
#pragma once
#include <weft/core/error.h>
#include <weft/training/callback.h>
#include <weft/training/model.h>

#include <string>

namespace CLI {
class App;
}

namespace weft::tool {

/// Thrown after Ctrl-C, between two batches.
struct Interrupted {};

/// From now on Ctrl-C sets a flag; a second one ends the program at once, with code 130.
void catch_interrupts();
bool was_interrupted();
/// Throws Interrupted after Ctrl-C.
void check_interrupt();

/// A callback that throws Interrupted after the batch at work.
Ref<Callback> interrupt_callback();

/// Adds --device to a command.
void add_device_option(CLI::App& command, std::string& device);
/// Adds --batch-size; its default is what the number is.
void add_batch_size_option(CLI::App& command, int& batch_size);
/// "cpu", "cuda", "cuda:N"; empty: the first usable CUDA device, else the CPU. Throws DeviceError.
void use_device(const std::string& device);

/// Throws UsageError unless `path` ends in one of `extensions` (with the point, in small letters).
void check_extension(const std::string& option, const std::string& path,
                     const std::vector<std::string>& extensions);
/// Throws FileError when the file could not be written in the end: before the work, not after it.
void check_writable(const std::string& path);

/// Throws Error when what was printed could not be written (a full disk, a closed pipe).
void require_standard_output();

/// Runs f; an error's message then begins with the file's name, if it does not have it already.
template <class F>
auto naming(const std::string& file, F f) {
  try {
    return f();
  } catch (const Error& e) {
    const std::string what = e.what();
    if (what.find(file) != std::string::npos) throw;
    throw FileError(file + ": " + what);
  }
}

}  // namespace weft::tool
