#include "tests/harness/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "tests/harness/files.h"
#include "tests/harness/paths.h"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace weft::test {
namespace {

std::vector<std::string> environment_of(const ProcessOptions& options) {
  std::vector<std::string> out;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string entry = *one;
    bool replaced = false;
    for (const auto& [name, value] : options.environment)
      replaced = replaced || entry.rfind(name + "=", 0) == 0;
    if (!replaced) out.push_back(entry);
  }
  for (const auto& [name, value] : options.environment) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& one : texts) out.push_back(one.data());
  out.push_back(nullptr);
  return out;
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Waits, and sends the signals that are due meanwhile.
int wait_for(pid_t child, const std::string& out, const ProcessOptions& options) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  bool interrupted = options.interrupt_after.empty();
  for (;;) {
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child) return exit_code(status);
    if (!interrupted && text_of(out).find(options.interrupt_after) != std::string::npos) {
      ::kill(child, SIGINT);
      interrupted = true;
    }
    if (std::chrono::duration<double>(Clock::now() - start).count() > options.limit_s)
      ::kill(child, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments,
                          const ProcessOptions& options) {
  const std::string folder = temporary_dir(), out = folder + "/out", err = folder + "/err";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::vector<std::string> argument_texts = arguments, environment_texts = environment_of(options);
  pid_t child = 0;
  const int failure =
      posix_spawnp(&child, arguments.at(0).c_str(), &actions, nullptr,
                   pointers(argument_texts).data(), pointers(environment_texts).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0)
    throw std::runtime_error("cannot run " + arguments[0] + ": " + std::strerror(failure));
  ProcessResult result;
  result.code = wait_for(child, out, options);
  result.out = text_of(out);
  result.err = text_of(err);
  return result;
}

}  // namespace weft::test
