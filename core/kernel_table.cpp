#include <fmt/core.h>
#include <weft/core/backend.h>
#include <weft/core/error.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string_view>

#include "core/access.hpp"

namespace weft {
namespace {

struct Entries {
  std::mutex mutex;
  std::map<std::string, std::vector<KernelEntry>, std::less<>> by_op;
};

Entries& entries(const std::shared_ptr<void>& state) { return *static_cast<Entries*>(state.get()); }

bool environment_is(const char* name, std::string_view value) {
  const char* set = std::getenv(name);
  return set != nullptr && value == set;
}

std::string signature(const KernelRequest& r) {
  std::string text = r.op.name + "(";
  for (const TensorSpec& in : r.inputs)
    text += fmt::format("{}{} ", in.dtype.name(), in.shape.to_string());
  if (text.back() == ' ') text.pop_back();
  return text + ")";
}

void explain(const std::string& line) {
  std::fputs(("weft: kernel: " + line + "\n").c_str(), stderr);
}

}  // namespace

KernelTable::KernelTable() : State{std::make_shared<Entries>()} {}

void KernelTable::add(std::string_view op, KernelEntry entry) {
  Entries& e = entries(state);
  const std::lock_guard lock(e.mutex);
  std::vector<KernelEntry>& list = e.by_op[std::string(op)];
  const auto place = entry.reference
                         ? list.end()
                         : std::find_if(list.begin(), list.end(),
                                        [](const KernelEntry& k) { return k.reference; });
  list.insert(place, std::move(entry));
}

bool KernelTable::has(std::string_view op) const {
  Entries& e = entries(state);
  const std::lock_guard lock(e.mutex);
  return e.by_op.find(op) != e.by_op.end();
}

PreparedKernel KernelTable::prepare(const KernelRequest& request) const {
  const bool reference_only = environment_is("WEFT_KERNEL", "reference");
  const bool explaining = environment_is("WEFT_EXPLAIN", "1");
  std::vector<KernelEntry> candidates;
  {
    Entries& e = entries(state);
    const std::lock_guard lock(e.mutex);
    const auto found = e.by_op.find(request.op.name);
    if (found != e.by_op.end()) candidates = found->second;
  }
  const bool has_reference = std::any_of(candidates.begin(), candidates.end(),
                                         [](const KernelEntry& k) { return k.reference; });
  std::string declined;
  for (const KernelEntry& entry : candidates) {
    if (reference_only && has_reference && !entry.reference) continue;
    std::string why_not = "not for this request";
    PreparedKernel kernel = entry.prepare(request, why_not);
    if (kernel.run) {
      kernel.name = request.op.name + "/" + entry.name;
      kernel.declined = std::move(declined);
      kernel.reference = entry.reference;
      if (explaining) explain(signature(request) + " -> " + kernel.name);
      return kernel;
    }
    if (explaining) explain(signature(request) + ": " + entry.name + " declines: " + why_not);
    declined += (declined.empty() ? "" : "; ") + entry.name + ": " + why_not;
  }
  const std::string message =
      "No kernel for " + signature(request) +
      (declined.empty() ? ": none is registered for this op." : ": " + declined + ".");
  if (candidates.empty()) throw DeviceError(message);
  throw DtypeError(message + "\nCast the inputs to a supported dtype.");
}

}  // namespace weft
