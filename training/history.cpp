#include <weft/core/error.h>
#include <weft/training/history.h>

namespace weft {
namespace {

struct Column {
  std::string name;
  std::vector<double> values;
};
using Data = std::vector<Column>;

}  // namespace

std::vector<double> History::Columns::operator[](std::string_view name) const {
  std::string keys;
  if (state) {
    for (const Column& c : *static_cast<const Data*>(state.get())) {
      if (c.name == name) return c.values;
      keys += (keys.empty() ? "'" : ", '") + c.name + "'";
    }
  }
  throw Error("History has no column '" + std::string(name) + "'. Existing columns: [" + keys +
              "].");
}

std::vector<std::string> History::Columns::names() const {
  std::vector<std::string> out;
  if (state) {
    for (const Column& c : *static_cast<const Data*>(state.get())) out.push_back(c.name);
  }
  return out;
}

bool History::Columns::contains(std::string_view name) const {
  for (const std::string& n : names()) {
    if (n == name) return true;
  }
  return false;
}

void History::Columns::append(const Logs& logs) {
  auto data = state ? std::make_shared<Data>(*static_cast<const Data*>(state.get()))
                    : std::make_shared<Data>();
  for (const std::string& name : logs.names()) {
    Column* column = nullptr;
    for (Column& c : *data) {
      if (c.name == name) column = &c;
    }
    if (column == nullptr) column = &data->emplace_back(Column{name, {}});
    column->values.push_back(logs[name]);
  }
  state = std::move(data);
}

}  // namespace weft
