#include <weft/core/error.h>
#include <weft/core/structures.h>

#include <algorithm>

#include "core/access.hpp"
#include "core/names.hpp"

namespace weft {
namespace {

enum class Form { single, list, dict };

struct TensorsData {
  Form form = Form::list;
  std::vector<Tensor> values;
  std::vector<std::string> names;  // of a dict, in the order given

  // Places of a dict in sorted key order.
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> places(values.size());
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    if (form == Form::dict)
      std::stable_sort(places.begin(), places.end(),
                       [&](auto a, auto b) { return names[a] < names[b]; });
    return places;
  }
};

const TensorsData& data_of(const std::shared_ptr<void>& state) {
  static const TensorsData none;
  return state ? *static_cast<const TensorsData*>(state.get()) : none;
}

std::shared_ptr<TensorsData> make(Form form) {
  auto data = std::make_shared<TensorsData>();
  data->form = form;
  return data;
}

}  // namespace

void Tensors::set(const Tensor& t) {
  auto data = make(Form::single);
  data->values = {t};
  state = std::move(data);
}

Tensors::Tensors(std::initializer_list<Item> list) {
  if (list.size() == 1 &&
      list.begin()->structure) {  // {two}, two being a Tensors, is two: clang has it no other way
    state = list.begin()->value.state;
    return;
  }
  auto data = make(Form::list);
  for (const Item& item : list) data->values.push_back(item.value);
  state = std::move(data);
}

Tensors::Tensors(std::initializer_list<Named<Tensor>> dict)
    : Tensors(std::vector<Named<Tensor>>(dict)) {}

Tensors::Tensors(const std::vector<Tensor>& list) {
  auto data = make(Form::list);
  data->values = list;
  state = std::move(data);
}

Tensors::Tensors(const std::vector<Named<Tensor>>& dict) {
  make_dict();
  for (const Named<Tensor>& entry : dict) append(entry.name, entry.value);
}

void Tensors::make_dict() { state = make(Form::dict); }

void Tensors::append(std::string_view name, const Tensor& t) {
  auto& data = *static_cast<TensorsData*>(state.get());
  if (std::find(data.names.begin(), data.names.end(), name) != data.names.end()) {
    throw GraphError("A dict of tensors has the key '" + std::string(name) +
                     "' twice. Expected: distinct keys.");
  }
  data.names.emplace_back(name);
  data.values.push_back(t);
}

Tensors::operator Tensor() const {
  const TensorsData& data = data_of(state);
  if (data.values.size() != 1) {
    throw GraphError("One tensor was expected. Received: a structure of " +
                     std::to_string(data.values.size()) +
                     " tensors. Take one of them: t[0] or t[\"name\"].");
  }
  return data.values[0];
}

Tensor Tensors::operator[](int i) const {
  const TensorsData& data = data_of(state);
  if (data.form == Form::single) {
    throw GraphError(
        "[" + std::to_string(i) +
        "] of a single tensor could mean itself or a row. Expected: Tensor(y) for the tensor, "
        "Tensor(y)[" +
        std::to_string(i) + "] for a row.");
  }
  const auto n = static_cast<int>(data.values.size());
  if (i < -n || i >= n) {
    throw GraphError("There is no tensor " + std::to_string(i) + " in a structure of " +
                     std::to_string(n) + ".");
  }
  const auto place = static_cast<std::size_t>(i < 0 ? i + n : i);
  return data.values[data.order()[place]];
}

Tensor Tensors::operator[](std::string_view name) const {
  const TensorsData& data = data_of(state);
  for (std::size_t i = 0; i < data.names.size(); ++i) {
    if (data.names[i] == name) return data.values[i];
  }
  throw GraphError("There is no tensor named '" + std::string(name) +
                   "'. Existing keys: " + detail::quoted_list(data.names) + ".");
}

Shape Tensors::shape() const { return Tensor(*this).shape(); }
DType Tensors::dtype() const { return Tensor(*this).dtype(); }
Tensor Tensors::reshape(const Shape& shape) const { return Tensor(*this).reshape(shape); }
Tensor Tensors::astype(DType dtype) const { return Tensor(*this).astype(dtype); }
int Tensors::size() const { return static_cast<int>(data_of(state).values.size()); }
bool Tensors::is_single() const { return state && data_of(state).form == Form::single; }
bool Tensors::is_list() const { return state && data_of(state).form == Form::list; }
bool Tensors::is_dict() const { return data_of(state).form == Form::dict; }
std::vector<std::string> Tensors::keys() const { return data_of(state).names; }

std::vector<Tensor> Tensors::flat() const {
  const TensorsData& data = data_of(state);
  std::vector<Tensor> out;
  out.reserve(data.values.size());
  for (std::size_t place : data.order()) out.push_back(data.values[place]);
  return out;
}

Tensors Tensors::with(const std::vector<Tensor>& flat) const {
  const TensorsData& data = data_of(state);
  if (flat.size() != data.values.size()) {
    throw GraphError("A structure of " + std::to_string(data.values.size()) +
                     " tensors was expected. Received: " + std::to_string(flat.size()) +
                     " tensors.");
  }
  auto copy = std::make_shared<TensorsData>(data);
  const std::vector<std::size_t> order = data.order();
  for (std::size_t i = 0; i < flat.size(); ++i) copy->values[order[i]] = flat[i];
  return detail::Access::make<Tensors>(std::move(copy));
}

void Tensors::check_size(int expected) const {
  if (size() != expected) {
    throw GraphError("unpack: " + std::to_string(expected) +
                     " tensors were expected. Received: " + std::to_string(size()) + ".");
  }
}

namespace {
using MaskList = std::vector<std::optional<Tensor>>;
}

Masks::Masks(const Tensor& one) : Masks(MaskList{one}) {}
Masks::Masks(const std::optional<Tensor>& one) : Masks(MaskList{one}) {}
Masks::Masks(std::initializer_list<std::optional<Tensor>> list) : Masks(MaskList(list)) {}
Masks::Masks(const std::vector<std::optional<Tensor>>& list) {
  state = std::make_shared<MaskList>(list);
}

std::optional<Tensor> Masks::operator[](int input) const {
  const auto* list = static_cast<const MaskList*>(state.get());
  if (list == nullptr || input < 0 || input >= static_cast<int>(list->size())) return std::nullopt;
  return (*list)[static_cast<std::size_t>(input)];
}

int Masks::size() const {
  const auto* list = static_cast<const MaskList*>(state.get());
  return list == nullptr ? 0 : static_cast<int>(list->size());
}

}  // namespace weft
