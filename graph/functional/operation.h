// Operation: what stands at a node of a functional graph, a layer or an op.
#pragma once
#include <weft/core/config.h>

#include <memory>
#include <string>
#include <vector>

namespace weft {

namespace detail {
class Node;
struct OperationAccess;  // the library's way in; graph/functional/node.hpp
}  // namespace detail

/// Base of layers and of the ops that were applied to functional tensors. Knows the nodes that
/// calls of it made, weakly: a tensor keeps its node and the node its operation alive, never the
/// reverse.
class Operation : public std::enable_shared_from_this<Operation> {
 public:
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation();
  /// Unique within a model: "dense_1".
  std::string name() const;
  /// Keras's name of the class: "Dense", "GetItem"; of a class of one's own the C++ class's name.
  virtual std::string class_name() const = 0;
  /// "keras.layers", "keras.src.ops.numpy"; empty for a class of one's own (files then write null).
  virtual std::string module() const = 0;
  /// What files write as registered_name: empty (null) for built-in layers, "package>Class" or
  /// "Class" for one's own.
  virtual std::string registered_name() const = 0;
  /// What makes an equal operation again, under Keras's keys and in Keras's order.
  virtual Config get_config() const = 0;

 protected:
  Operation() = default;

 private:
  friend struct detail::OperationAccess;
  std::string name_;
  std::vector<std::weak_ptr<detail::Node>> nodes_;  // slot i is node i for ever
};

}  // namespace weft
