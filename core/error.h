// The errors that weft throws. All derive from Error; each message says what is wrong, what was
// expected, what was received.
#pragma once
#include <stdexcept>
#include <string>

namespace weft {

/// Base of every exception that weft throws.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& what);
  ~Error() override;  // out of line, here and below: one type_info each, so that a catch works
                      // across the library's border
};

/// A shape, rank, axis or size does not fit.
class ShapeError : public Error {
 public:
  using Error::Error;
  ~ShapeError() override;
};

/// A dtype does not fit.
class DtypeError : public Error {
 public:
  using Error::Error;
  ~DtypeError() override;
};

/// A graph of layers or a trace is put together wrongly.
class GraphError : public Error {
 public:
  using Error::Error;
  ~GraphError() override;
};

/// A file is missing, damaged or of another kind.
class FileError : public Error {
 public:
  using Error::Error;
  ~FileError() override;
};

/// A device is missing or cannot do what was asked.
class DeviceError : public Error {
 public:
  using Error::Error;
  ~DeviceError() override;
};

/// A device has not enough memory.
class OutOfMemory : public Error {
 public:
  using Error::Error;
  ~OutOfMemory() override;
};

}  // namespace weft
