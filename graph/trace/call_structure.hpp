// The structure of a call's arguments: which are single tensors, lists or dicts.
#pragma once
#include <weft/core/structures.h>

#include <string>
#include <vector>

namespace weft::trace {

class CallStructure {
 public:
  explicit CallStructure(const std::vector<Tensors>& arguments);
  /// All tensors in a row.
  std::vector<Tensor> flatten(const std::vector<Tensors>& arguments) const;
  /// The arguments with other tensors.
  std::vector<Tensors> rebuild(const std::vector<Tensor>& flat) const;
  /// Equal for equal structures.
  const std::string& key() const { return key_; }

 private:
  struct Part {
    enum class Form { none, single, list, dict } form = Form::none;
    int size = 0;
    std::vector<std::string> names;  // of a dict, in its own order
  };
  std::vector<Part> parts_;
  std::string key_;
};

}  // namespace weft::trace
