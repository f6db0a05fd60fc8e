#include <weft/core/error.h>

namespace weft {

Error::Error(const std::string& what) : std::runtime_error(what) {}

// The destructors are the key functions: vtable and type_info of each class are emitted here only.
Error::~Error() = default;
ShapeError::~ShapeError() = default;
DtypeError::~DtypeError() = default;
GraphError::~GraphError() = default;
FileError::~FileError() = default;
DeviceError::~DeviceError() = default;
OutOfMemory::~OutOfMemory() = default;

}  // namespace weft
