// Callback: code of one's own at fixed points of fit, evaluate and predict.
#pragma once
#include <weft/core/ref.h>
#include <weft/training/logs.h>

namespace weft {

class Model;

/// What a callback knows of the call that it is in.
struct CallbackParams {
  int verbose = 0, epochs = 0;
  std::optional<std::int64_t> steps = {};  ///< none when the number of batches is not known
};

namespace detail {
struct CallbackAccess;  // the library's way in
}

/// Base of callbacks. Say `override`: a hook with another signature is another function. A hook
/// that throws ends the training; the model keeps the weights of the last finished step.
class Callback {
 public:
  Callback();
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  virtual ~Callback();
  virtual void on_train_begin(Logs& logs);
  virtual void on_train_end(Logs& logs);
  virtual void on_epoch_begin(int epoch, Logs& logs);
  virtual void on_epoch_end(int epoch, Logs& logs);
  virtual void on_train_batch_begin(int batch, Logs& logs);
  virtual void on_train_batch_end(int batch, Logs& logs);
  virtual void on_test_begin(Logs& logs);
  virtual void on_test_end(Logs& logs);
  virtual void on_test_batch_begin(int batch, Logs& logs);
  virtual void on_test_batch_end(int batch, Logs& logs);
  virtual void on_predict_begin(Logs& logs);
  virtual void on_predict_end(Logs& logs);
  virtual void on_predict_batch_begin(int batch, Logs& logs);
  virtual void on_predict_batch_end(int batch, Logs& logs);
  /// The model at work; throws GraphError outside of fit, evaluate and predict.
  Model model() const;
  CallbackParams params() const;

 private:
  friend struct detail::CallbackAccess;
  std::shared_ptr<void> state_;  // a member: what users derive from should bring no names along
};

/// {callbacks::EarlyStopping(), std::make_shared<MyCallback>()}.
using Callbacks = std::vector<Ref<Callback>>;

}  // namespace weft
