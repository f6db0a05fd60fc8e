#include <weft/training/plot_model.h>

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/core/error.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>

#include "io/atomic_file.hpp"
#include "training/model_to_dot.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace weft {
namespace {

// "png" of "a/b.PNG"; "png" when there is none, as Keras has it.
std::string format_of(const std::string& file) {
  std::string format = std::filesystem::path(file).extension().string();
  if (format.size() < 2) return "png";
  format.erase(0, 1);
  for (char& c : format) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const bool plain = std::all_of(format.begin(), format.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  if (!plain)
    throw Error(fmt::format(
        "plot_model: no picture format is called '{}'. Expected: png, svg, pdf or dot. File: '{}'",
        format, file));
  return format;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

TemporaryFile temporary_file() {
  TemporaryFile file(std::tmpfile());
  if (file == nullptr)
    throw FileError(
        fmt::format("plot_model: no temporary file can be made: {}", std::strerror(errno)));
  return file;
}

std::string text_of(std::FILE* file) {
  std::string out;
  char buffer[512];
  std::rewind(file);
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
    out.append(buffer, n);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

// Runs `dot` without a shell: the text comes from a file without a name, and so do its complaints;
// neither can block.
void run_dot(const std::string& text, const std::string& format, const std::string& target,
             const std::string& file) {
  const TemporaryFile input = temporary_file(), complaints = temporary_file();
  if (std::fwrite(text.data(), 1, text.size(), input.get()) != text.size() ||
      std::fflush(input.get()) != 0) {
    throw FileError(fmt::format("plot_model: writing a temporary file: {}", std::strerror(errno)));
  }
  std::rewind(input.get());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(input.get()), STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, fileno(complaints.get()), STDERR_FILENO);
  std::string arguments[] = {"dot", "-T" + format, "-o", target};
  char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(),
                  arguments[3].data(), nullptr};
  pid_t child = 0;
  const int failure = posix_spawnp(&child, "dot", &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure == ENOENT) {
    throw Error(
        fmt::format("You must install graphviz for `plot_model` to work: its program `dot` draws "
                    "'{}'. Expected: `dot` in "
                    "PATH (on Debian: apt install graphviz), or a file with the extension .dot, "
                    "which needs none of it.",
                    file));
  }
  if (failure != 0)
    throw Error(fmt::format("plot_model: graphviz's program `dot` cannot be run: {}",
                            std::strerror(failure)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR)
      throw Error(fmt::format("plot_model: waiting for `dot`: {}", std::strerror(errno)));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error(fmt::format("plot_model: graphviz's program `dot` failed to write '{}' as {}: {}",
                            file, format, text_of(complaints.get())));
  }
}

}  // namespace

void plot_model(const Model& model, const std::string& file, PlotOptions options) {
  const auto layer = std::dynamic_pointer_cast<ModelLayer>(model.base());
  if (layer == nullptr)
    throw GraphError(
        "plot_model: a null Model was used. Expected: a model, assigned before it is used.");
  const std::string format = format_of(file);
  const std::string text = detail::model_to_dot(*layer, options);
  io::AtomicFile out(file);
  if (format == "dot") {
    out.write(std::as_bytes(std::span(text)));
  } else {
    run_dot(text, format, out.temporary_path(), file);
    if (io::file_bytes(out.temporary_path()) == 0) {
      throw Error(fmt::format("plot_model: graphviz's program `dot` wrote nothing to '{}'.", file));
    }
  }
  out.commit();
}

}  // namespace weft
