// The program `weft`: Keras files and NumPy archives from the shell.
#include <weft/core/version.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <new>

#include "tools/weft/command.hpp"
#include "tools/weft/session.hpp"

namespace weft::tool {
namespace {

int report(const std::string& message, int code) {
  std::fflush(stdout);
  std::fputs(("weft: error: " + message + "\n").c_str(), stderr);
  return code;
}

int report_usage(const CLI::App& app, const std::string& message) {
  const auto called = app.get_subcommands();
  const std::string command = called.empty() ? "COMMAND" : called[0]->get_name();
  return report(message + "\nusage: weft " + command + " ...; `weft " +
                    (called.empty() ? "" : command + " ") + "--help` says more",
                wrong_usage);
}

// A word in the place of the command that is none; CLI11 would call it an unexpected argument.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2) return "a command is missing. Expected: weft COMMAND ...";
  const std::string first = argv[1];
  if (first.rfind('-', 0) == 0) return {};
  std::string names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == first) return {};
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  return "there is no command '" + first + "'. Expected: one of " + names;
}

// CLI11 reads 0x10, 0b1 and 1'000 as numbers too; here numbers are written in decimal.
std::string decimal_problem(const std::string& text) {
  const bool decimal =
      !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  double value = 0;
  if (decimal && CLI::detail::lexical_cast(text, value)) return {};
  return "this is no number. Expected: a decimal number. Received: " + text;
}

// What holds for every option: numbers are decimal, and a flag takes no value (--json=3).
void make_strict(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands({})) {
    for (CLI::Option* option : command->get_options()) {
      const std::string type = option->get_type_name();
      if (option->get_expected_max() == 0) {
        option->disable_flag_override();
      } else if (type.rfind("INT", 0) == 0 || type.rfind("UINT", 0) == 0 ||
                 type.rfind("FLOAT", 0) == 0) {
        // As a transformation it comes before the checks, which speak of ranges.
        option->transform(
            CLI::Validator([](std::string& text) { return decimal_problem(text); }, ""));
      }
    }
  }
}

// CLI11 names a flag that was given a value without its dashes.
std::string usage_problem(const std::string& text) {
  const std::size_t at = text.find(" was given a disallowed flag override");
  if (at == std::string::npos) return text;
  return "--" + text.substr(0, at) + ": this flag takes no value. Expected: --" +
         text.substr(0, at);
}

int run(const CLI::App& app, const Work& work) {
  try {
    const int code = work();
    require_standard_output();
    return code;
  } catch (const Interrupted&) {
    std::fputs("weft: stopped by Ctrl-C\n", stderr);
    return interrupted;
  } catch (const UsageError& e) {
    return report_usage(app, e.what());
  } catch (const std::bad_alloc&) {
    return report("there is not enough memory", failed);
  } catch (const std::exception& e) {
    return report(e.what(), failed);
  }
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("The Keras functional API in C++: predicts, evaluates and trains with .keras files.",
               "weft");
  app.set_version_flag("--version", "weft " + std::string(weft::version()));
  app.require_subcommand(1);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  Work work;
  define_predict(app, work);
  define_evaluate(app, work);
  define_train(app, work);
  define_summary(app, work);
  define_plot(app, work);
  define_convert(app, work);
  define_bench(app, work);
  define_devices(app, work);
  make_strict(app);
  try {
    const std::string problem = unknown_command(app, argc, argv);
    if (!problem.empty()) return report_usage(app, problem);
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    const int code = app.exit(help);
    std::cout.flush();
    try {
      require_standard_output();
    } catch (const Error& e) {
      return report(e.what(), failed);
    }
    if (!std::cout) return report("standard output cannot be written", failed);
    return code;
  } catch (const CLI::ParseError& e) {
    return report_usage(app, usage_problem(e.what()));
  } catch (const UsageError& e) {
    return report_usage(app, e.what());
  }
  return run(app, work);
}

}  // namespace
}  // namespace weft::tool

int main(int argc, char** argv) {
  weft::tool::catch_interrupts();
  // A closed pipe and a file that may grow no further are errors like any other.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return weft::tool::parse_and_run(argc, argv);
  } catch (const std::exception& e) {
    return weft::tool::report(e.what(), weft::tool::failed);
  }
}
