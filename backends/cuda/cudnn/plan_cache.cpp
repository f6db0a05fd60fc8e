#include "backends/cuda/cudnn/plan_cache.hpp"

#include <utility>

namespace weft::cuda::cudnn {

std::size_t PlanCache::Hash::operator()(const Key& key) const {
  std::size_t h = std::hash<std::string>()(key.target);
  const auto mix = [&h](auto value) {
    h ^= static_cast<std::size_t>(value) + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
  };
  const ConvDescription& d = key.description;
  for (std::int64_t value : {d.batch, d.channels, d.filters, d.groups, d.alignment}) mix(value);
  for (const ConvDescription::Sizes* sizes :
       {&d.in, &d.out, &d.window, &d.stride, &d.dilation, &d.before, &d.behind}) {
    for (std::int64_t value : *sizes) mix(value);
  }
  mix(d.kind);
  mix(d.operands.code());
  mix(d.bias);
  mix(d.relu);
  mix(key.policy.tf32);
  mix(key.policy.deterministic);
  mix(key.policy.workspace_limit);
  return h;
}

std::shared_ptr<PlanCache::Entry> PlanCache::find(const Key& key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return nullptr;
  turns_.splice(turns_.begin(), turns_, found->second.turn);
  return found->second.entry;
}

// cuDNN is asked without the lock: two threads may ask the same, and the first to return is kept.
std::shared_ptr<PlanCache::Entry> PlanCache::find_or_choose(const Key& key, const Target& target) {
  {
    const std::lock_guard lock(mutex_);
    if (std::shared_ptr<Entry> known = find(key)) return known;
  }
  auto entry = std::make_shared<Entry>();
  entry->choice = choose(key.description, key.policy, target, entry->why_not);
  const std::lock_guard lock(mutex_);
  if (std::shared_ptr<Entry> known = find(key)) return known;
  const auto place = places_.emplace(key, Place{entry, {}}).first;
  turns_.push_front(&place->first);
  place->second.turn = turns_.begin();
  if (places_.size() > capacity_) {
    const Key& last = *turns_.back();
    turns_.pop_back();
    places_.erase(places_.find(last));
  }
  return entry;
}

std::shared_ptr<const ConvChoice> PlanCache::choice(const ConvDescription& description,
                                                    const ConvPolicy& policy, const Target& target,
                                                    std::string& why_not) {
  const std::shared_ptr<Entry> entry = find_or_choose({description, policy, target.name()}, target);
  if (!entry->choice) why_not = entry->why_not;
  return entry->choice;
}

std::shared_ptr<const ConvPlan> PlanCache::plan(const ConvDescription& description,
                                                const ConvPolicy& policy, const Target& target,
                                                std::string& why_not) {
  const std::shared_ptr<Entry> entry = find_or_choose({description, policy, target.name()}, target);
  if (!entry->choice) {
    why_not = entry->why_not;
    return nullptr;
  }
  std::unique_ptr<const ConvPlan> plan;
  {
    const std::lock_guard lock(mutex_);
    if (!entry->idle.empty()) {
      plan = std::move(entry->idle.back());
      entry->idle.pop_back();
    }
  }
  if (!plan) plan = std::make_unique<const ConvPlan>(entry->choice, target);
  return {plan.release(), [this, entry](const ConvPlan* done) {
            constexpr std::size_t most_idle = 8;
            std::unique_ptr<const ConvPlan> owned(done);
            const std::lock_guard lock(mutex_);
            if (entry->idle.size() < most_idle) entry->idle.push_back(std::move(owned));
          }};
}

std::size_t PlanCache::size() const {
  const std::lock_guard lock(mutex_);
  return places_.size();
}

PlanCache& plan_cache() {
  static auto* cache = new PlanCache(512);  // leaked: plans may leave after main
  return *cache;
}

}  // namespace weft::cuda::cudnn
