#include <weft/core/error.h>
#include <weft/training/callback.h>
#include <weft/training/model.h>

#include "training/callback_access.hpp"

namespace weft {
namespace {

struct CallbackState {
  std::weak_ptr<ModelLayer> model;
  CallbackParams params;
};

}  // namespace

Callback::Callback() : state_(std::make_shared<CallbackState>()) {}
Callback::~Callback() = default;
void Callback::on_train_begin(Logs&) {}
void Callback::on_train_end(Logs&) {}
void Callback::on_epoch_begin(int, Logs&) {}
void Callback::on_epoch_end(int, Logs&) {}
void Callback::on_train_batch_begin(int, Logs&) {}
void Callback::on_train_batch_end(int, Logs&) {}
void Callback::on_test_begin(Logs&) {}
void Callback::on_test_end(Logs&) {}
void Callback::on_test_batch_begin(int, Logs&) {}
void Callback::on_test_batch_end(int, Logs&) {}
void Callback::on_predict_begin(Logs&) {}
void Callback::on_predict_end(Logs&) {}
void Callback::on_predict_batch_begin(int, Logs&) {}
void Callback::on_predict_batch_end(int, Logs&) {}

Model Callback::model() const {
  const auto& state = *static_cast<const CallbackState*>(state_.get());
  const std::shared_ptr<ModelLayer> model = state.model.lock();
  if (!model)
    throw GraphError(
        "Callback::model(): this callback has no model. Expected: a call from fit, evaluate or "
        "predict.");
  return Model(model);
}

CallbackParams Callback::params() const {
  return static_cast<const CallbackState*>(state_.get())->params;
}

namespace detail {

void CallbackAccess::attach(Callback& callback, const std::shared_ptr<ModelLayer>& model,
                            const CallbackParams& params) {
  auto& state = *static_cast<CallbackState*>(callback.state_.get());
  state.model = model;
  state.params = params;
}

CallbackList::CallbackList(Callbacks callbacks, const std::shared_ptr<ModelLayer>& model,
                           const CallbackParams& params)
    : callbacks_(std::move(callbacks)) {
  for (const Ref<Callback>& c : callbacks_) {
    if (!c) throw Error("callbacks: one of the callbacks is null. Expected: a callback object.");
    CallbackAccess::attach(*c, model, params);
  }
}

void CallbackList::call(Hook hook, Logs& logs) const {
  for (const Ref<Callback>& c : callbacks_) ((*c).*hook)(logs);
}

void CallbackList::call(NumberedHook hook, int number, Logs& logs) const {
  for (const Ref<Callback>& c : callbacks_) ((*c).*hook)(number, logs);
}

}  // namespace detail
}  // namespace weft
