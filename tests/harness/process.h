// Running another program, without a shell.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace weft::test {

struct ProcessResult {
  int code = 0;  ///< what the program returned; 128 and the signal's number when a signal ended it
  std::string out, err;
};

struct ProcessOptions {
  std::vector<std::pair<std::string, std::string>> environment =
      {};  ///< beside what this process has
  /// Sends SIGINT as soon as the standard output has this text; empty: never.
  std::string interrupt_after = {};
  double limit_s = 600;  ///< then the program is killed
};

/// Runs a program, looked up in PATH, to its end. Its standard input is empty. Throws
/// std::runtime_error when it cannot be started.
ProcessResult run_process(const std::vector<std::string>& arguments,
                          const ProcessOptions& options = {});

}  // namespace weft::test
