#include "graph/executor/profiler.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace weft::executor {
namespace {

double us_between(Profiler::Clock::time_point a, Profiler::Clock::time_point b) {
  return std::chrono::duration<double, std::micro>(b - a).count();
}

struct Row {
  std::string op, scope, kernel;
  int calls = 0;
  double us = 0;
  std::size_t bytes = 0;
};

std::string escaped(const std::string& s) {
  std::string out;
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::size_t node_bytes(const plan::OpGraph& g, const plan::OpNode& n) {
  std::size_t bytes = 0;
  for (int v : n.inputs) bytes += g.values[static_cast<std::size_t>(v)].bytes();
  for (int v : n.outputs) bytes += g.values[static_cast<std::size_t>(v)].bytes();
  return bytes;
}

void Profiler::start(const plan::Plan& plan) {
  if (plan_ == &plan) return;
  plan_ = &plan;
  origin_ = Clock::now();
  slots_.assign(plan.graph.nodes.size(), {});
  total_run_us_ = 0;
  runs_ = 0;
}

void Profiler::record(int node, Clock::time_point begin, Clock::time_point end) {
  Slot& s = slots_[static_cast<std::size_t>(node)];
  ++s.calls;
  s.begin_us = us_between(origin_, begin);
  s.last_us = us_between(begin, end);
  s.total_us += s.last_us;
}

void Profiler::end_of_run(Clock::time_point begin, Clock::time_point end) {
  total_run_us_ += us_between(begin, end);
  ++runs_;
}

double Profiler::node_ms(int node) const {
  return runs_ == 0 ? 0 : slots_[static_cast<std::size_t>(node)].total_us / runs_ / 1000;
}

double Profiler::kernel_ms() const {
  double total = 0;
  for (std::size_t n = 0; n < slots_.size(); ++n) total += node_ms(static_cast<int>(n));
  return total;
}

double Profiler::run_ms() const { return runs_ == 0 ? 0 : total_run_us_ / runs_ / 1000; }

std::string Profiler::table() const {
  if (plan_ == nullptr || runs_ == 0) return "nothing was run\n";
  std::map<std::string, Row> rows;
  for (std::size_t n = 0; n < slots_.size(); ++n) {
    const plan::OpNode& node = plan_->graph.nodes[n];
    if (!plan_->kernels[n].run) continue;
    Row& r = rows[plan_->kernels[n].name + "\n" + node.scope];
    r.op = node.op->name;
    r.scope = node.scope;
    r.kernel = plan_->kernels[n].name;
    ++r.calls;
    r.us += slots_[n].total_us / runs_;
    r.bytes += node_bytes(plan_->graph, node);
  }
  std::vector<Row> sorted;
  for (auto& [key, row] : rows) sorted.push_back(row);
  std::sort(sorted.begin(), sorted.end(), [](const Row& a, const Row& b) { return a.us > b.us; });
  const double all = std::max(1e-9, kernel_ms() * 1000);
  std::string out = fmt::format("{:<44} {:<28} {:>5} {:>10} {:>6} {:>12} {:>8}\n", "kernel",
                                "layer", "calls", "us/step", "%", "bytes", "GB/s");
  for (const Row& r : sorted) {
    out += fmt::format("{:<44} {:<28} {:>5} {:>10.1f} {:>6.1f} {:>12} {:>8.1f}\n", r.kernel,
                       r.scope, r.calls, r.us, 100 * r.us / all, r.bytes,
                       r.us > 0 ? static_cast<double>(r.bytes) / r.us / 1000 : 0.0);
  }
  return out + fmt::format("sum of kernels {:.3f} ms, step {:.3f} ms, {} steps\n", kernel_ms(),
                           run_ms(), runs_);
}

std::string Profiler::chrome_trace() const {
  std::string out = "{\"traceEvents\": [";
  bool first = true;
  for (std::size_t n = 0; n < slots_.size(); ++n) {
    const plan::OpNode& node = plan_->graph.nodes[n];
    if (slots_[n].calls == 0) continue;
    out += fmt::format(
        "{}\n{{\"name\": \"{}\", \"cat\": \"{}\", \"ph\": \"X\", \"ts\": {:.3f}, \"dur\": {:.3f}, "
        "\"pid\": 0, \"tid\": 0, "
        "\"args\": {{\"kernel\": \"{}\", \"bytes\": {}}}}}",
        first ? "" : ",", escaped(node.op->name), escaped(node.scope.empty() ? "step" : node.scope),
        slots_[n].begin_us, slots_[n].last_us, escaped(plan_->kernels[n].name),
        node_bytes(plan_->graph, node));
    first = false;
  }
  return out + "\n]}\n";
}

}  // namespace weft::executor
