#include "core/eager.hpp"

#include <weft/core/backend.h>
#include <weft/core/error.h>

#include <unordered_map>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "core/default_backend.hpp"
#include "core/memory_stats.hpp"
#include "core/structure_version.hpp"

namespace weft::detail {
namespace {

struct Key {
  const OpDef* op;
  const Backend* backend;
  Config attrs;
  std::vector<TensorSpec> inputs;
};

bool equal(const std::vector<TensorSpec>& a, const std::vector<TensorSpec>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(a[i].dtype == b[i].dtype) || !(a[i].shape == b[i].shape)) return false;
  }
  return true;
}

std::size_t hash(const Key& k) {
  std::size_t h = std::hash<const void*>()(k.op) ^ hash_of(k.attrs);
  const auto mix = [&h](std::size_t v) { h ^= v + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2); };
  for (const TensorSpec& s : k.inputs) {
    mix(s.dtype.code());
    for (const Dim& d : s.shape) mix(static_cast<std::size_t>(static_cast<std::int64_t>(d)));
  }
  return h;
}

// One per thread: no lock, and kernels with state of their own are never shared between threads.
class KernelCache {
 public:
  const PreparedKernel& get(Key key, const KernelRequest& request, Backend& backend) {
    // Kernels are prepared for the settings of their time: threads, determinism, precision.
    if (const std::uint64_t now = structure_version(); now != version_) {
      entries_.clear();
      version_ = now;
    }
    const std::size_t h = hash(key);
    const auto [first, last] = entries_.equal_range(h);
    for (auto it = first; it != last; ++it) {
      const Key& k = it->second.key;
      if (k.op == key.op && k.backend == key.backend && equal(k.inputs, key.inputs) &&
          same(k.attrs, key.attrs))
        return it->second.kernel;
    }
    if (entries_.size() >= capacity) entries_.clear();
    return entries_.emplace(h, Entry{std::move(key), backend.prepare(request)})->second.kernel;
  }

 private:
  static constexpr std::size_t capacity = 1024;
  struct Entry {
    Key key;
    PreparedKernel kernel;
  };
  std::unordered_multimap<std::size_t, Entry> entries_;
  std::uint64_t version_ = 0;
};

Tensor view_of(const Tensor& input, const TensorSpec& spec) {
  auto p = std::make_shared<TensorImpl>(impl(input));
  p->id = next_value_id();
  p->shape = spec.shape;
  p->dtype = spec.dtype;
  p->weak = false;
  p->mask = nullptr;
  return wrap_impl(std::move(p));
}

// What lies on the host follows what lies on a device: data sets do. Single numbers of the host
// alone belong to the default device; those of a device follow the others too.
Backend& backend_of(const OpDef& op, const std::vector<Tensor>& inputs) {
  Backend* found = nullptr;
  Backend* of_scalars = nullptr;
  bool from_host = false;
  for (const Tensor& t : inputs) {
    const TensorImpl& p = impl(t);
    const bool on_host = p.storage->backend == &host_backend();
    if (p.shape.size() == 1) {
      if (!on_host) of_scalars = p.storage->backend;
      continue;
    }
    from_host |= on_host;
    if (on_host) continue;
    if (found != nullptr && p.storage->backend != found) {
      throw DeviceError("ops::" + op.name +
                        ": the inputs are on different devices: " + found->device() + " and " +
                        p.storage->backend->device() + ". Use to(device) first.");
    }
    found = p.storage->backend;
  }
  if (found != nullptr) return *found;
  if (from_host) return host_backend();
  return of_scalars != nullptr ? *of_scalars : default_backend();
}

}  // namespace

std::vector<Tensor> run_eager(const OpDef& op, const std::vector<Tensor>& inputs,
                              const Config& attrs, const std::vector<TensorSpec>& in_specs,
                              const std::vector<TensorSpec>& out_specs) {
  return run_eager_on(backend_of(op, inputs), op, inputs, attrs, in_specs, out_specs);
}

std::vector<Tensor> run_eager_on(Backend& backend, const OpDef& op,
                                 const std::vector<Tensor>& inputs, const Config& attrs,
                                 const std::vector<TensorSpec>& in_specs,
                                 const std::vector<TensorSpec>& out_specs) {
  if (op.traits.view) return {view_of(inputs[0], out_specs[0])};
  thread_local KernelCache cache;
  const KernelRequest request{op, attrs, in_specs, out_specs};
  const PreparedKernel kernel = cache.get({&op, &backend, attrs, in_specs}, request, backend);
  std::vector<Tensor> local = inputs;
  for (Tensor& t : local) {
    if (impl(t).storage->backend != &backend) t = t.to(backend.device());
  }
  std::vector<const void*> in;
  std::vector<void*> out;
  std::vector<Tensor> results;
  for (const Tensor& t : local) in.push_back(impl(t).data());
  for (const TensorSpec& s : out_specs) {
    const bool last = &s == &out_specs.back();
    results.push_back(empty(s.shape, s.dtype, backend, last ? kernel.last_output_bytes : 0));
    out.push_back(impl(results.back()).mutable_data());
  }
  std::shared_ptr<Storage> workspace;
  if (kernel.workspace_bytes != 0)
    workspace = std::make_shared<Storage>(backend, kernel.workspace_bytes);
  kernel.run({in.data(), out.data(), workspace ? workspace->data : nullptr, backend.stream()});
  return results;
}

}  // namespace weft::detail
