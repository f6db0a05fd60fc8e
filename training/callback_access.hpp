// The library's way into callbacks, and calling a list of them.
#pragma once
#include <weft/training/callback.h>

#include <vector>

namespace weft {
class ModelLayer;
}

namespace weft::detail {

struct CallbackAccess {
  static void attach(Callback& callback, const std::shared_ptr<ModelLayer>& model,
                     const CallbackParams& params);
};

/// A list of callbacks, called in order.
class CallbackList {
 public:
  CallbackList(Callbacks callbacks, const std::shared_ptr<ModelLayer>& model,
               const CallbackParams& params);
  using Hook = void (Callback::*)(Logs&);
  using NumberedHook = void (Callback::*)(int, Logs&);
  void call(Hook hook, Logs& logs) const;
  void call(NumberedHook hook, int number, Logs& logs) const;
  bool empty() const { return callbacks_.empty(); }

 private:
  Callbacks callbacks_;
};

}  // namespace weft::detail
