// What Model::profile and Model::memory_report take and return.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace weft {

/// Of Model::profile.
struct ProfileOptions {
  int batch_size = 32;
  int steps = 10;
  bool training = true;           ///< a training step if the model is compiled, else a forward pass
  std::string chrome_trace = {};  ///< path of a JSON file for chrome://tracing or Perfetto
};

/// Of Model::memory_report.
struct MemoryReportOptions {
  int batch_size = 32;
  bool training = true;  ///< a training step if the model is compiled, else a forward pass
  /// Whose needs: the model's own device's where empty; "cuda" also where there is no GPU.
  std::string device = {};
};

/// Bytes that a device needs for one model.
struct MemoryReport {
  std::size_t weight_bytes = 0;      ///< weights and other variables of the layers
  std::size_t optimizer_bytes = 0;   ///< slots
  std::size_t activation_bytes = 0;  ///< the step's arena: activations, gradients, workspaces
  std::size_t workspace_bytes = 0;   ///< what of the arena is there for workspaces alone
  std::size_t batch_bytes = 0;       ///< staged inputs, targets and results
  std::size_t total_bytes() const {
    return weight_bytes + optimizer_bytes + activation_bytes + batch_bytes;
  }
  /// What is not known exactly, and why: upper bounds, workspaces that nobody here can tell.
  std::vector<std::string> notes = {};
  std::string to_string() const;
};

}  // namespace weft
