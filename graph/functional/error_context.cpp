#include "graph/functional/error_context.hpp"

#include <string_view>
#include <typeinfo>

namespace weft::detail {
namespace {

constexpr std::string_view marker = "\nException encountered when ";
constexpr int max_layers = 2;

int layers_named(std::string_view text) {
  int n = 0;
  for (auto at = text.find(marker); at != std::string_view::npos; at = text.find(marker, at + 1))
    ++n;
  return n;
}

template <class E>
void rethrow_as(const Error& error, const std::string& what) {
  if (typeid(error) == typeid(E)) throw E(what);
}

}  // namespace

void rethrow_with_context(const Error& error, const std::string& context) {
  if (layers_named(error.what()) >= max_layers) throw;
  const std::string what = error.what() + std::string(marker) + context;
  rethrow_as<ShapeError>(error, what);
  rethrow_as<DtypeError>(error, what);
  rethrow_as<GraphError>(error, what);
  rethrow_as<FileError>(error, what);
  rethrow_as<DeviceError>(error, what);
  rethrow_as<OutOfMemory>(error, what);
  rethrow_as<Error>(error, what);
  throw;
}

}  // namespace weft::detail
