#include <weft/core/error.h>
#include <weft/training/logs.h>

#include <algorithm>

namespace weft {
namespace {

using Entries = std::vector<Named<Tensor>>;

const Entries& entries_of(const std::shared_ptr<void>& state) {
  static const Entries none;
  return state ? *static_cast<const Entries*>(state.get()) : none;
}

}  // namespace

Logs::Logs(std::initializer_list<Named<Tensor>> entries) : Logs(Entries(entries)) {}
Logs::Logs(const std::vector<Named<Tensor>>& entries) {
  state = std::make_shared<Entries>(entries);
}

double Logs::operator[](int i) const {
  const Entries& e = entries_of(state);
  if (i < 0 || i >= size())
    throw Error("Logs have no entry " + std::to_string(i) + ". Expected: 0 to " +
                std::to_string(size() - 1) + ".");
  return e[static_cast<std::size_t>(i)].value.item<double>();
}

double Logs::operator[](std::string_view name) const {
  std::string keys;
  for (const Named<Tensor>& e : entries_of(state)) {
    if (e.name == name) return e.value.item<double>();
    keys += (keys.empty() ? "'" : ", '") + e.name + "'";
  }
  throw Error("Logs have no entry '" + std::string(name) + "'. Existing keys: [" + keys + "].");
}

bool Logs::contains(std::string_view name) const {
  const Entries& e = entries_of(state);
  return std::any_of(e.begin(), e.end(), [&](const auto& one) { return one.name == name; });
}

int Logs::size() const { return static_cast<int>(entries_of(state).size()); }

std::vector<std::string> Logs::names() const {
  std::vector<std::string> out;
  for (const Named<Tensor>& e : entries_of(state)) out.push_back(e.name);
  return out;
}

std::vector<Tensor> Logs::values() const {
  std::vector<Tensor> out;
  for (const Named<Tensor>& e : entries_of(state)) out.push_back(e.value);
  return out;
}

void Logs::set(std::string_view name, const Tensor& value) {
  if (!state) state = std::make_shared<Entries>();
  auto& e = *static_cast<Entries*>(state.get());
  for (Named<Tensor>& one : e) {
    if (one.name == name) {
      one.value = value;
      return;
    }
  }
  e.emplace_back(name, value);
}

}  // namespace weft
