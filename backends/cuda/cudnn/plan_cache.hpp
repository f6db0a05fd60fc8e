// Choices and plans of convolutions that have been asked for before: a model that is lowered again
// asks for the same ones.
#pragma once
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "backends/cuda/cudnn/convolution.hpp"

namespace weft::cuda::cudnn {

/// Keeps the `capacity` convolutions that were used last, those that cuDNN has no engine for too.
/// For any thread.
class PlanCache {
 public:
  explicit PlanCache(std::size_t capacity) : capacity_(capacity) {}

  /// As choose().
  std::shared_ptr<const ConvChoice> choice(const ConvDescription& description,
                                           const ConvPolicy& policy, const Target& target,
                                           std::string& why_not);
  /// A plan of it, the caller's alone until the last pointer is gone: then it waits for the next.
  /// Null, and why, as choose(). The cache must live as long.
  std::shared_ptr<const ConvPlan> plan(const ConvDescription& description, const ConvPolicy& policy,
                                       const Target& target, std::string& why_not);
  std::size_t size() const;

 private:
  struct Key {
    ConvDescription description;
    ConvPolicy policy;
    std::string target;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  /// What is known of a key, shared with the plans that are out.
  struct Entry {
    std::shared_ptr<const ConvChoice> choice;  // null: none
    std::string why_not;
    std::vector<std::unique_ptr<const ConvPlan>> idle;
  };
  struct Place {
    std::shared_ptr<Entry> entry;
    std::list<const Key*>::iterator turn;
  };

  std::shared_ptr<Entry> find(const Key& key);
  std::shared_ptr<Entry> find_or_choose(const Key& key, const Target& target);

  std::size_t capacity_;
  mutable std::mutex mutex_;
  std::unordered_map<Key, Place, Hash> places_;
  std::list<const Key*> turns_;  // the last used first
};

/// The process's.
PlanCache& plan_cache();

}  // namespace weft::cuda::cudnn
