// The commands of the program, and what they have in common.
#pragma once
#include <weft/core/error.h>

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace weft::tool {

enum ExitCode { done = 0, failed = 1, wrong_usage = 2, interrupted = 130 };

/// What was typed is at fault: exit code 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// Does the work and returns the exit code; throws for everything that goes wrong.
using Work = std::function<int()>;

// Each defines its command's options and sets `work` when the command was called.
void define_predict(CLI::App& app, Work& work);
void define_evaluate(CLI::App& app, Work& work);
void define_train(CLI::App& app, Work& work);
void define_summary(CLI::App& app, Work& work);
void define_plot(CLI::App& app, Work& work);
void define_convert(CLI::App& app, Work& work);
void define_bench(CLI::App& app, Work& work);
void define_devices(CLI::App& app, Work& work);

}  // namespace weft::tool
