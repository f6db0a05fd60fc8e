// oneDNN's primitives as kernels of a plan run them: memory objects made once, pointers set for
// each run, one thread.
#pragma once
#include <weft/core/error.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "backends/cpu/openmp.hpp"

namespace weft::cpu::onednn {

inline const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

/// A primitive with its memory objects. Not for two threads at once.
class Call {
 public:
  using Arguments = std::vector<std::pair<int, dnnl::memory::desc>>;

  /// Arguments in the order in which bind() takes pointers; a descriptor without bytes is left out.
  Call(dnnl::primitive primitive, const Arguments& arguments)
      : primitive_(std::move(primitive)), stream_(engine()) {
    for (const auto& [id, desc] : arguments) {
      memories_.emplace_back(desc, engine(), nullptr);
      bound_.push_back(nullptr);
      if (desc.get_size() != 0) arguments_.push_back({id, memories_.back().get()});
    }
  }

  void bind(std::size_t argument, const void* data) {
    if (bound_[argument] == data) return;
    bound_[argument] = data;
    memories_[argument].set_data_handle(const_cast<void*>(data));
  }

  void execute() const {
    const OneOpenmpThread one;
    const dnnl_status_t status = dnnl_primitive_execute(
        primitive_.get(), stream_.get(), static_cast<int>(arguments_.size()), arguments_.data());
    if (status != dnnl_success)
      throw Error("oneDNN: a primitive failed with status " + std::to_string(status));
  }

 private:
  dnnl::primitive primitive_;
  dnnl::stream stream_;
  std::vector<dnnl::memory> memories_;
  std::vector<const void*> bound_;
  std::vector<dnnl_exec_arg_t> arguments_;
};

/// What a kernel changes while it runs, one for each thread that runs it at the same time.
template <class State>
class States {
 public:
  /// Lends a state until the end of its scope.
  class Lease {
   public:
    Lease(States& owner, std::unique_ptr<State> state) : owner_(owner), state_(std::move(state)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
      const std::lock_guard lock(owner_.mutex_);
      owner_.free_.push_back(std::move(state_));
    }
    State& operator*() const { return *state_; }
    State* operator->() const { return state_.get(); }

   private:
    States& owner_;
    std::unique_ptr<State> state_;
  };

  void add(std::unique_ptr<State> state) {
    free_.reserve(16);  // returning one does not allocate
    free_.push_back(std::move(state));
  }
  /// A free state, or one that make() returns.
  template <class Make>
  Lease take(Make&& make) {
    std::unique_ptr<State> state;
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        state = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (!state) state = make();
    return Lease(*this, std::move(state));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<State>> free_;
};

}  // namespace weft::cpu::onednn
