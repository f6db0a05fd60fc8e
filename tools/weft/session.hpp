// What the commands share: devices, models, outputs, Ctrl-C.
#pragma once
#include <weft/core/error.h>
#include <weft/training/callback.h>
#include <weft/training/model.h>
#include <weft/training/saving/options.h>

#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace weft::tool {

/// Thrown after Ctrl-C, between two batches.
struct Interrupted {};

/// From now on Ctrl-C, SIGTERM and SIGHUP set a flag; a second one ends the program at once, with
/// code 130.
void catch_interrupts();
bool was_interrupted();
/// Throws Interrupted after Ctrl-C.
void check_interrupt();

/// A callback that throws Interrupted after the batch at work.
Ref<Callback> interrupt_callback();

/// load_model, with errors for those who cannot hand over classes of their own.
Model open_model(const std::string& path, LoadOptions options = {});

/// Adds --device to a command.
void add_device_option(CLI::App& command, std::string& device);
/// Adds --batch-size; its default is what the number is.
void add_batch_size_option(CLI::App& command, int& batch_size);
/// "cpu", "cuda", "cuda:N"; empty: the default device. Throws DeviceError.
void use_device(const std::string& device);

/// Throws UsageError unless `path` ends in one of `extensions` (with the point, in small letters).
void check_extension(const std::string& option, const std::string& path,
                     const std::vector<std::string>& extensions);
/// Throws UsageError when writing `path` would replace one of `others`, which have the names of
/// their options; paths are compared with symbolic links and `.` followed, empty ones are skipped.
void check_other_file(const std::string& option, const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& others);
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
