#include "tests/harness/golden_case.hpp"

#include <weft/core/error.h>
#include <weft/io/npy.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>

#include "graph/functional/layer_graph.hpp"
#include "tests/harness/paths.h"
#include "training/model_parts.hpp"

namespace weft::test {
namespace {

const detail::LayerGraph& graph_of(const Model& model) {
  return *detail::model_graph(*model.base());
}

}  // namespace

GoldenArrays::GoldenArrays(const std::string& path) : arrays_(load_npz(path)) {}

Tensor GoldenArrays::find(const std::string& name) const {
  for (const Named<Tensor>& array : arrays_) {
    if (array.name == name) return array.value;
  }
  return {};
}

int GoldenArrays::count(const std::string& prefix) const {
  int n = 0;
  while (find(prefix + std::to_string(n))) ++n;
  return n;
}

std::vector<std::string> golden_input_names(const Model& model) {
  return graph_of(model).input_names();
}

std::vector<std::string> golden_output_names(const Model& model) {
  const detail::LayerGraph& graph = graph_of(model);
  if (graph.outputs().is_dict()) {
    std::vector<std::string> keys = graph.outputs().keys();
    std::sort(keys.begin(), keys.end());
    return keys;
  }
  std::vector<std::string> names;
  std::map<std::string, int> seen;
  for (const std::string& name : graph.output_names()) {
    const int n = seen[name]++;
    names.push_back(n == 0 ? name : name + "_" + std::to_string(n));
  }
  return names;
}

Tensors GoldenArrays::inputs(const Model& model, const std::string& prefix) const {
  const std::vector<std::string> names = golden_input_names(model);
  std::vector<Tensor> flat;
  for (const std::string& name : names) {
    Tensor one = find(prefix + "/" + name);
    if (!one && names.size() == 1) one = find(prefix);
    if (!one) return {};
    flat.push_back(one);
  }
  return graph_of(model).inputs().with(flat);
}

Tensors GoldenArrays::targets(const Model& model, const std::string& prefix) const {
  if (const Tensor only = find(prefix)) return only;
  std::vector<Named<Tensor>> dict;
  for (const std::string& name : golden_output_names(model)) {
    if (const Tensor one = find(prefix + "/" + name)) dict.emplace_back(name, one);
  }
  return dict.empty() ? Tensors() : Tensors(dict);
}

Tensors GoldenArrays::weights(const Model& model, const std::string& prefix) const {
  const Tensors value = targets(model, prefix);
  if (!value.is_dict() || graph_of(model).outputs().is_dict()) return value;
  std::vector<Tensor> list;
  for (const std::string& key : value.keys()) list.push_back(value[key]);
  return list;
}

double deviation(const std::vector<double>& ours, const std::vector<double>& expected) {
  if (ours.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (ours[i] == expected[i] || (std::isnan(ours[i]) && std::isnan(expected[i]))) {
      if (std::isfinite(expected[i])) largest = std::max(largest, std::abs(expected[i]));
      continue;
    }
    const double here = std::abs(ours[i] - expected[i]);
    if (!std::isfinite(here)) return std::numeric_limits<double>::infinity();
    difference = std::max(difference, here);
    largest = std::max(largest, std::abs(expected[i]));
  }
  return difference == 0 ? 0 : difference / largest;
}

double deviation(const Tensor& ours, const Tensor& expected) {
  if (!(ours.shape() == expected.shape())) return std::numeric_limits<double>::infinity();
  return deviation(ours.to_vector<double>(), expected.to_vector<double>());
}

void GoldenReport::note(const std::string& name, double value) {
  if (value <= largest) return;
  largest = value;
  largest_case = name;
}

void GoldenReport::print() const {
  std::printf("golden %s: %d agree, %zu differ, %zu skipped; largest deviation %.2e (%s)\n",
              kind.c_str(), passed, failed.size(), skipped.size(), largest,
              largest_case.empty() ? "-" : largest_case.c_str());
  for (const std::string& one : failed) std::printf("  DIFFERS %s\n", one.c_str());
  for (const std::string& one : skipped) std::printf("  skipped %s\n", one.c_str());
}

std::string golden_path(const std::string& kind, const std::string& file) {
  return source_dir() + "/tests/golden/" + kind + "/" + file;
}

std::vector<std::string> golden_cases(const std::string& kind, const std::string& ending) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(golden_path(kind, ""))) {
    const std::string file = entry.path().filename().string();
    if (file.ends_with(ending)) out.push_back(file.substr(0, file.size() - ending.size()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

void run_golden(GoldenReport& report, const std::string& name,
                const std::function<std::string()>& check) {
  try {
    const std::string problem = check();
    if (problem.empty()) {
      ++report.passed;
    } else {
      report.failed.push_back(name + ": " + problem);
    }
  } catch (const Error& e) {
    const std::string what = e.what();
    auto& list =
        what.find("Could not locate class") == std::string::npos ? report.failed : report.skipped;
    list.push_back(name + ": " + what);
  }
}

}  // namespace weft::test
