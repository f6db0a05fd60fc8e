// Keras identifiers -> objects, one registry per base class. Filled by the generated registration,
// never by a list.
#pragma once
#include <weft/core/error.h>
#include <weft/core/keras_object.h>
#include <weft/core/ref.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/names.hpp"

namespace weft::detail {

template <class Base>
class Registry {
 public:
  using Factory = std::function<Ref<Base>(const Config&)>;

  /// Adds a class under its name, its snake case and further ids ("mse"). `what` of messages is in
  /// the constructor.
  void add(const std::string& class_name, Factory factory,
           const std::vector<std::string>& aliases = {}) {
    classes_[class_name] = factory;
    ids_[class_name] = factory;
    ids_[snake_case(class_name)] = factory;
    for (const std::string& alias : aliases) ids_[alias] = factory;
  }
  bool knows(const std::string& id) const { return ids_.count(id) != 0; }
  /// "glorot_uniform" -> an object with default arguments. `what` is e.g. "initializer".
  Ref<Base> from_id(std::string_view id, const char* what) const {
    const auto found = ids_.find(std::string(id));
    if (found == ids_.end()) {
      throw Error("Could not interpret " + std::string(what) + " identifier: " + std::string(id) +
                  ". Expected one of: " + ids());
    }
    return found->second(Config());
  }
  Ref<Base> from_class(const std::string& class_name, const Config& config,
                       const char* what) const {
    const auto found = classes_.find(class_name);
    if (found == classes_.end()) {
      throw Error("Could not locate class '" + class_name + "' (" + what +
                  "). Expected one of: " + ids() + ", or a class handed over in custom_objects.");
    }
    return found->second(config);
  }

 private:
  std::string ids() const {
    std::string all;
    for (const auto& [id, factory] : classes_) all += (all.empty() ? "" : ", ") + id;
    return all;
  }
  std::map<std::string, Factory> classes_, ids_;
};

/// The registry of a base class; makes sure that the generated registration has run.
template <class Base>
Registry<Base>& registry();

}  // namespace weft::detail
