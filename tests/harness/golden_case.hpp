// Golden files: what real Keras says, read into the structures of a model.
#pragma once
#include <weft/training/saving/saving.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weft::test {

/// The arrays of one .npz.
class GoldenArrays {
 public:
  explicit GoldenArrays(const std::string& path);
  /// Null when it is not there.
  Tensor find(const std::string& name) const;
  /// The number of arrays "0", "1", ... behind a prefix.
  int count(const std::string& prefix) const;
  /// Inputs under `prefix`, in the model's own structure; empty when there are none.
  Tensors inputs(const Model& model, const std::string& prefix) const;
  /// Targets: one tensor, or a dict by the outputs' names.
  Tensors targets(const Model& model, const std::string& prefix) const;
  /// Sample weights: one for all outputs, or in the outputs' structure.
  Tensors weights(const Model& model, const std::string& prefix) const;

 private:
  std::vector<Named<Tensor>> arrays_;
};

/// As in the program's archives (cli.md).
std::vector<std::string> golden_input_names(const Model& model);
std::vector<std::string> golden_output_names(const Model& model);

/// max|a-b| / max|b|; infinity for different shapes, or where only one of the two is no number.
double deviation(const Tensor& ours, const Tensor& expected);
double deviation(const std::vector<double>& ours, const std::vector<double>& expected);

/// Counts of a kind of cases, and what went wrong.
struct GoldenReport {
  std::string kind;
  int passed = 0;
  std::vector<std::string> failed = {}, skipped = {};
  double largest = 0;
  std::string largest_case = {};

  void note(const std::string& name, double value);
  /// One line of counts, and one for each case that is not as it should be; to standard output.
  void print() const;
};

/// The names of all cases that have a file with this ending in tests/golden/<kind>, sorted.
std::vector<std::string> golden_cases(const std::string& kind, const std::string& ending);
std::string golden_path(const std::string& kind, const std::string& file);

/// Runs a case. A class that weft does not have yet is a skip with that reason; any other error a
/// failure. An empty text of `check` is a pass.
void run_golden(GoldenReport& report, const std::string& name,
                const std::function<std::string()>& check);

}  // namespace weft::test
