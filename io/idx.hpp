// The IDX format of MNIST, usually gzipped: http://yann.lecun.com/exdb/mnist.
#pragma once
#include <string>

#include "io/host_array.hpp"

namespace weft::io {

/// Reads an IDX file, gzipped or not. Throws FileError for damaged and truncated files; sizes are
/// checked against the file's before anything is allocated.
HostArray read_idx(const std::string& path);

}  // namespace weft::io
