#include "tests/cuda_plans/cudnn_on_host.hpp"

#include <cudnn.h>
#include <dlfcn.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "backends/cuda/emulate/host_api.hpp"
#include "backends/element.hpp"
#include "tests/harness/paths.h"

namespace weft::test {
namespace {

using Json = nlohmann::json;
using Sizes = std::vector<std::int64_t>;

std::string& host_device() {
  static std::string json = device_json("sm_90");
  return json;
}

/// The function of that name in cuDNN, behind the one of this file.
template <class F>
F* real(const char* name) {
  static void* library = dlopen("libcudnn.so.9", RTLD_NOW);
  void* found = library == nullptr ? nullptr : dlsym(library, name);
  if (found == nullptr) throw std::runtime_error(std::string("no ") + name + " in libcudnn.so.9");
  return reinterpret_cast<F*>(found);
}

/// A tensor of a plan, in numbers of double.
struct HostTensor {
  Sizes dims, strides;
  std::string type;
  void* memory = nullptr;           ///< null: virtual
  std::vector<double> values = {};  ///< dense, in the order of dims

  std::int64_t size() const {
    std::int64_t n = 1;
    for (std::int64_t d : dims) n *= d;
    return n;
  }
  std::int64_t item_bytes() const {
    return type == "CUDNN_DATA_DOUBLE" ? 8 : type == "CUDNN_DATA_FLOAT" ? 4 : 2;
  }
  /// Calls f(number, address) for every element.
  template <class F>
  void each(F&& f) const {
    Sizes index(dims.size(), 0);
    for (std::int64_t i = 0; i < size(); ++i) {
      std::int64_t at = 0;
      for (std::size_t d = 0; d < dims.size(); ++d) at += index[d] * strides[d];
      f(static_cast<std::size_t>(i), static_cast<char*>(memory) + at * item_bytes());
      for (std::size_t d = dims.size(); d-- > 0;) {
        if (++index[d] < dims[d]) break;
        index[d] = 0;
      }
    }
  }
  void load() {
    values.assign(static_cast<std::size_t>(size()), 0.0);
    each([&](std::size_t i, const char* from) { values[i] = load_one(from); });
  }
  void store() const {
    each([&](std::size_t i, char* to) { store_one(values[i], to); });
  }
  double load_one(const char* from) const {
    if (type == "CUDNN_DATA_DOUBLE") return read<double>(from);
    if (type == "CUDNN_DATA_HALF") return kernels::load(read<Float16>(from));
    if (type == "CUDNN_DATA_BFLOAT16") return kernels::load(read<BFloat16>(from));
    return read<float>(from);
  }
  void store_one(double x, char* to) const {
    if (type == "CUDNN_DATA_DOUBLE") return write(x, to);
    if (type == "CUDNN_DATA_HALF") return write(kernels::store<Float16>(x), to);
    if (type == "CUDNN_DATA_BFLOAT16") return write(kernels::store<BFloat16>(x), to);
    write(static_cast<float>(x), to);
  }
  template <class T>
  static T read(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  template <class T>
  static void write(T value, char* to) {
    std::memcpy(to, &value, sizeof value);
  }
};

/// The numbers of a convolution node, up to three spatial dimensions; missing ones come first.
struct Window {
  std::array<std::int64_t, 3> in{1, 1, 1}, out{1, 1, 1}, size{1, 1, 1}, stride{1, 1, 1},
      dilation{1, 1, 1}, before{0, 0, 0};
  std::int64_t batch, channels, filters, per_group;

  Window(const Json& node, const HostTensor& x, const HostTensor& w, const HostTensor& y)
      : batch(x.dims[0]), channels(x.dims[1]), filters(w.dims[0]), per_group(w.dims[1]) {
    const auto read = [&](const char* name) { return node.at(name).get<Sizes>(); };
    const Sizes pad = node.contains("pad") ? read("pad") : read("pad_lower");
    const Sizes strides = read("stride"), dilations = read("dilation");
    const std::size_t dims = pad.size();
    for (std::size_t i = 0; i < dims; ++i) {
      const std::size_t to = 3 - dims + i;
      in[to] = x.dims[2 + i];
      out[to] = y.dims[2 + i];
      size[to] = w.dims[2 + i];
      stride[to] = strides[i];
      dilation[to] = dilations[i];
      before[to] = pad[i];
    }
  }

  static std::int64_t flat(const std::array<std::int64_t, 3>& at,
                           const std::array<std::int64_t, 3>& of) {
    return (at[0] * of[1] + at[1]) * of[2] + at[2];
  }
  template <class F>
  static void each(const std::array<std::int64_t, 3>& sizes, F&& f) {
    for (std::int64_t a = 0; a < sizes[0]; ++a) {
      for (std::int64_t b = 0; b < sizes[1]; ++b) {
        for (std::int64_t c = 0; c < sizes[2]; ++c) f(std::array<std::int64_t, 3>{a, b, c});
      }
    }
  }
  /// Calls f(pixel of x, tap, position of y) for all that belong together.
  template <class F>
  void each_product(F&& f) const {
    each(out, [&](const auto& o) {
      each(size, [&](const auto& k) {
        std::array<std::int64_t, 3> i{};
        for (std::size_t d = 0; d < 3; ++d) {
          i[d] = o[d] * stride[d] + k[d] * dilation[d] - before[d];
          if (i[d] < 0 || i[d] >= in[d]) return;
        }
        f(flat(i, in), flat(k, size), flat(o, out));
      });
    });
  }
};

/// Calls f(element of x, of the kernel, of y), numbers in the order [N, C, spatial...].
template <class F>
void each_product(const Window& w, F&& f) {
  const std::int64_t pixels = w.in[0] * w.in[1] * w.in[2],
                     positions = w.out[0] * w.out[1] * w.out[2],
                     taps = w.size[0] * w.size[1] * w.size[2],
                     filters = w.filters / (w.channels / w.per_group);
  w.each_product([&](std::int64_t pixel, std::int64_t tap, std::int64_t position) {
    for (std::int64_t n = 0; n < w.batch; ++n) {
      for (std::int64_t k = 0; k < w.filters; ++k) {
        for (std::int64_t c = 0; c < w.per_group; ++c) {
          const std::int64_t channel = k / filters * w.per_group + c;
          f(static_cast<std::size_t>((n * w.channels + channel) * pixels + pixel),
            static_cast<std::size_t>((k * w.per_group + c) * taps + tap),
            static_cast<std::size_t>((n * w.filters + k) * positions + position));
        }
      }
    }
  });
}

class HostPlan {
 public:
  HostPlan(const std::string& text, const std::map<std::string, void*>& addresses)
      : plan_(Json::parse(text)) {
    for (const Json& t : plan_.at("operationGraph").at("tensors")) {
      HostTensor tensor{.dims = t.at("dim"), .strides = t.at("stride"), .type = t.at("dataType")};
      const std::string name = t.at("name");
      if (!t.at("isVirtual").get<bool>()) {
        tensor.memory = addresses.at(name);
        if (reinterpret_cast<std::uintptr_t>(tensor.memory) %
                t.at("ptrAlignment").get<std::uintptr_t>() !=
            0)
          throw std::runtime_error("cuDNN on the host: an address is not aligned");
      }
      tensors_.emplace(name, std::move(tensor));
    }
  }

  void run() {
    for (const Json& node : plan_.at("operationGraph").at("nodes")) {
      const std::string operation = node.at("operation");
      if (operation == "CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR")
        pointwise(node);
      else if (operation == "CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR")
        convolution(node, "X", "W", "Y", 2);
      else if (operation == "CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR")
        convolution(node, "dX", "W", "dY", 0);
      else if (operation == "CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR")
        convolution(node, "X", "dW", "dY", 1);
      else
        throw std::runtime_error("cuDNN on the host: no " + operation);
    }
  }

 private:
  HostTensor& tensor(const Json& node, const char* role) {
    return tensors_.at(node.at(role).get<std::string>());
  }
  HostTensor& loaded(const Json& node, const char* role) {
    HostTensor& t = tensor(node, role);
    if (t.memory != nullptr) t.load();
    return t;
  }
  static void finish(const HostTensor& t) {
    if (t.memory != nullptr) t.store();
  }

  /// Number `written` of x, kernel and y is made of the other two.
  void convolution(const Json& node, const char* x, const char* w, const char* y, int written) {
    const std::array<const char*, 3> roles = {x, w, y};
    std::array<HostTensor*, 3> t{};
    for (std::size_t i = 0; i < 3; ++i)
      t[i] = static_cast<int>(i) == written ? &tensor(node, roles[i]) : &loaded(node, roles[i]);
    std::vector<double>& sums = t[static_cast<std::size_t>(written)]->values;
    sums.assign(static_cast<std::size_t>(t[static_cast<std::size_t>(written)]->size()), 0.0);
    const std::vector<double>&a = t[0]->values, &b = t[1]->values, &c = t[2]->values;
    each_product(Window(node, *t[0], *t[1], *t[2]),
                 [&](std::size_t i, std::size_t k, std::size_t o) {
                   if (written == 0)
                     sums[i] += b[k] * c[o];
                   else if (written == 1)
                     sums[k] += a[i] * c[o];
                   else
                     sums[o] += a[i] * b[k];
                 });
    finish(*t[static_cast<std::size_t>(written)]);
  }

  void pointwise(const Json& node) {
    const std::string mode = node.at("pointwiseMode");
    const HostTensor& x = loaded(node, "X");
    HostTensor& y = tensor(node, "Y");
    y.values = x.values;
    if (mode == "CUDNN_POINTWISE_ADD") {
      const HostTensor& bias = loaded(node, "B");
      const std::int64_t inner = x.size() / (x.dims[0] * x.dims[1]);
      for (std::size_t i = 0; i < y.values.size(); ++i)
        y.values[i] +=
            bias.values[i / static_cast<std::size_t>(inner) % static_cast<std::size_t>(x.dims[1])];
    } else if (mode == "CUDNN_POINTWISE_RELU_FWD") {
      for (double& v : y.values) v = v > 0 || std::isnan(v) ? v : 0;
    } else {
      throw std::runtime_error("cuDNN on the host: no " + mode);
    }
    finish(y);
  }

  Json plan_;
  std::map<std::string, HostTensor> tensors_;
};

template <class T>
std::vector<T> attribute(cudnnBackendDescriptor_t from, cudnnBackendAttributeName_t name,
                         cudnnBackendAttributeType_t type) {
  std::int64_t count = 0;
  cudnnStatus_t status = cudnnBackendGetAttribute(from, name, type, 0, &count, nullptr);
  std::vector<T> values(static_cast<std::size_t>(count));
  if (status == CUDNN_STATUS_SUCCESS)
    status = cudnnBackendGetAttribute(from, name, type, count, &count, values.data());
  if (status != CUDNN_STATUS_SUCCESS)
    throw std::runtime_error("cuDNN on the host: attribute " + std::to_string(name) +
                             " cannot be read: " + cudnnGetErrorString(status));
  return values;
}

/// What variant packs were told; cuDNN does not give it back.
struct Pack {
  std::vector<std::int64_t> ids;
  std::vector<void*> data;
  void* workspace = nullptr;
};

struct Packs {
  std::mutex mutex;
  std::map<cudnnBackendDescriptor_t, Pack> all;
};

Packs& packs() {
  static auto* const found = new Packs;
  return *found;
}

void note(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name, std::int64_t count,
          const void* values) {
  Packs& p = packs();
  const std::lock_guard lock(p.mutex);
  if (name == CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS) {
    const auto* ids = static_cast<const std::int64_t*>(values);
    p.all[descriptor].ids.assign(ids, ids + count);
    ++host_calls().packs;
  } else if (name == CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS) {
    auto* const* data = static_cast<void* const*>(values);
    p.all[descriptor].data.assign(data, data + count);
  } else if (name == CUDNN_ATTR_VARIANT_PACK_WORKSPACE) {
    p.all[descriptor].workspace = *static_cast<void* const*>(values);
  }
}

Pack pack_of(cudnnBackendDescriptor_t descriptor) {
  Packs& p = packs();
  const std::lock_guard lock(p.mutex);
  return p.all.at(descriptor);
}

}  // namespace

std::string device_json(const std::string& name) {
  std::ifstream file(source_dir() + "/backends/cuda/cudnn/devices/" + name + ".json");
  std::stringstream text;
  text << file.rdbuf();
  if (text.str().empty()) throw std::runtime_error("no device " + name);
  return text.str();
}

void set_host_device(const std::string& name) { host_device() = device_json(name); }

HostCalls& host_calls() {
  static HostCalls calls;
  return calls;
}

}  // namespace weft::test

// What weft's own code calls instead of cuDNN's functions of these names.
extern "C" {

cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
  *handle = new cudnnContext;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  handle->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

// A handle's device is the described one.
cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t descriptor,
                                       cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, std::int64_t count,
                                       const void* values) {
  static auto* const set =
      weft::test::real<decltype(cudnnBackendSetAttribute)>("cudnnBackendSetAttribute");
  if (name != CUDNN_ATTR_DEVICEPROP_HANDLE) {
    weft::test::note(descriptor, name, count, values);
    return set(descriptor, name, type, count, values);
  }
  const std::string& json = weft::test::host_device();
  return set(descriptor, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR,
             static_cast<std::int64_t>(json.size()), json.data());
}

cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan,
                                  cudnnBackendDescriptor_t pack) {
  using weft::test::attribute;
  const std::vector<char> json =
      attribute<char>(plan, CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR);
  const auto workspace_bytes =
      attribute<std::int64_t>(plan, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64);
  const weft::test::Pack given = weft::test::pack_of(pack);
  std::map<std::string, void*> addresses;
  for (std::size_t i = 0; i < given.ids.size(); ++i)
    addresses[std::to_string(given.ids[i])] = given.data[i];
  weft::test::HostCalls& calls = weft::test::host_calls();
  ++calls.executed;
  calls.last_plan.assign(json.begin(), json.end());
  weft::test::HostPlan run(calls.last_plan, addresses);
  weft::cuda::emulate::enqueue(
      handle->stream, [run, scratch = given.workspace, bytes = workspace_bytes.at(0)]() mutable {
        // What a plan may write at any time is not anybody else's.
        if (bytes != 0) std::memset(scratch, 0xff, static_cast<std::size_t>(bytes));
        run.run();
      });
  return CUDNN_STATUS_SUCCESS;
}

}  // extern "C"
