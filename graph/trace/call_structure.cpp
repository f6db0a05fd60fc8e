#include "graph/trace/call_structure.hpp"

#include <algorithm>

namespace weft::trace {

CallStructure::CallStructure(const std::vector<Tensors>& arguments) {
  for (const Tensors& a : arguments) {
    Part part;
    part.size = a.size();
    if (a.is_single())
      part.form = Part::Form::single;
    else if (a.is_list())
      part.form = Part::Form::list;
    else if (a.is_dict())
      part.form = Part::Form::dict;
    part.names = a.keys();
    key_ += std::to_string(static_cast<int>(part.form)) + ":" + std::to_string(part.size);
    for (const std::string& n : part.names) key_ += "," + n;
    key_ += ";";
    parts_.push_back(std::move(part));
  }
}

std::vector<Tensor> CallStructure::flatten(const std::vector<Tensors>& arguments) const {
  std::vector<Tensor> flat;
  for (const Tensors& a : arguments) {
    const std::vector<Tensor> part = a.flat();
    flat.insert(flat.end(), part.begin(), part.end());
  }
  return flat;
}

std::vector<Tensors> CallStructure::rebuild(const std::vector<Tensor>& flat) const {
  std::vector<Tensors> out;
  std::size_t next = 0;
  for (const Part& p : parts_) {
    const std::vector<Tensor> part(flat.begin() + static_cast<std::ptrdiff_t>(next),
                                   flat.begin() + static_cast<std::ptrdiff_t>(next) + p.size);
    next += static_cast<std::size_t>(p.size);
    if (p.form == Part::Form::single) {
      out.emplace_back(part[0]);
    } else if (p.form == Part::Form::dict) {
      std::vector<std::string> sorted = p.names;  // flat() goes by sorted key
      std::stable_sort(sorted.begin(), sorted.end());
      std::vector<Named<Tensor>> dict;
      for (const std::string& name : p.names) {
        const auto place = std::lower_bound(sorted.begin(), sorted.end(), name) - sorted.begin();
        dict.emplace_back(name, part[static_cast<std::size_t>(place)]);
      }
      out.emplace_back(dict);
    } else {
      out.emplace_back(p.form == Part::Form::list ? Tensors(part) : Tensors());
    }
  }
  return out;
}

}  // namespace weft::trace
