// cuDNN's backend descriptors, owned: what its graphs, engines and plans are made of.
#pragma once
#include <cudnn.h>
#include <weft/core/error.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weft::cuda::cudnn {

/// Throws DeviceError unless `status` is success: what was done, cuDNN's name of the
/// status, its own last words.
void check(cudnnStatus_t status, const char* what);

/// The name of a status and cuDNN's last words on this thread, for messages.
std::string explanation(cudnnStatus_t status);

/// How cuDNN calls the type of an attribute's values.
template <class T>
inline constexpr cudnnBackendAttributeType_t attribute_type = T::is_no_type_of_cudnn;
template <>
inline constexpr auto attribute_type<std::int64_t> = CUDNN_TYPE_INT64;
template <>
inline constexpr auto attribute_type<float> = CUDNN_TYPE_FLOAT;
template <>
inline constexpr auto attribute_type<double> = CUDNN_TYPE_DOUBLE;
template <>
inline constexpr auto attribute_type<bool> = CUDNN_TYPE_BOOLEAN;
template <>
inline constexpr auto attribute_type<char> = CUDNN_TYPE_CHAR;
template <>
inline constexpr auto attribute_type<void*> = CUDNN_TYPE_VOID_PTR;
template <>
inline constexpr auto attribute_type<cudnnHandle_t> = CUDNN_TYPE_HANDLE;
template <>
inline constexpr auto attribute_type<cudnnDataType_t> = CUDNN_TYPE_DATA_TYPE;
template <>
inline constexpr auto attribute_type<cudnnConvolutionMode_t> = CUDNN_TYPE_CONVOLUTION_MODE;
template <>
inline constexpr auto attribute_type<cudnnPointwiseMode_t> = CUDNN_TYPE_POINTWISE_MODE;
template <>
inline constexpr auto attribute_type<cudnnBackendHeurMode_t> = CUDNN_TYPE_HEUR_MODE;
template <>
inline constexpr auto attribute_type<cudnnBackendNumericalNote_t> = CUDNN_TYPE_NUMERICAL_NOTE;
template <>
inline constexpr auto attribute_type<cudnnBackendBehaviorNote_t> = CUDNN_TYPE_BEHAVIOR_NOTE;

/// A descriptor. It is filled by set(), closed by finalize(), and read by get(). Every call throws
/// DeviceError when cuDNN does not take it.
class Descriptor {
 public:
  explicit Descriptor(cudnnBackendDescriptorType_t type);
  Descriptor(Descriptor&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  cudnnBackendDescriptor_t raw() const { return raw_; }

  template <class T>
  Descriptor& set(cudnnBackendAttributeName_t name, const T& value) {
    return set_values(name, attribute_type<T>, 1, &value);
  }
  template <class T>
  Descriptor& set(cudnnBackendAttributeName_t name, const std::vector<T>& values) {
    return set_values(name, attribute_type<T>, static_cast<std::int64_t>(values.size()),
                      values.data());
  }
  Descriptor& set(cudnnBackendAttributeName_t name, const Descriptor& value) {
    return set_values(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value.raw_);
  }
  Descriptor& set(cudnnBackendAttributeName_t name, const std::vector<Descriptor>& values);
  Descriptor& set(cudnnBackendAttributeName_t name, const std::string& text) {
    return set_values(name, CUDNN_TYPE_CHAR, static_cast<std::int64_t>(text.size()), text.data());
  }

  Descriptor& finalize();
  /// The same; false instead of a DeviceError.
  bool try_finalize();

  /// An attribute with one value.
  template <class T>
  T get(cudnnBackendAttributeName_t name) const {
    T value{};
    get_values(name, attribute_type<T>, 1, &value);
    return value;
  }
  /// An attribute with at most `most` values.
  template <class T>
  std::vector<T> get(cudnnBackendAttributeName_t name, std::int64_t most) const {
    std::vector<T> values(static_cast<std::size_t>(most));
    values.resize(
        static_cast<std::size_t>(get_values(name, attribute_type<T>, most, values.data())));
    return values;
  }
  /// Descriptors of one type; cuDNN fills those that it is given.
  std::vector<Descriptor> get_descriptors(cudnnBackendAttributeName_t name,
                                          cudnnBackendDescriptorType_t type) const;

 private:
  Descriptor& set_values(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                         std::int64_t count, const void* values);
  std::int64_t get_values(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                          std::int64_t count, void* values) const;

  cudnnBackendDescriptor_t raw_ = nullptr;
};

}  // namespace weft::cuda::cudnn
