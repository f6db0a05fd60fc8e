// Reading tar archives, gzipped or not:
// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace weft::io {

struct TarMember {
  std::string name;  ///< without folders
  std::vector<std::byte> bytes;
};

/// The regular files of an archive, in its order. Throws FileError for damaged and truncated ones.
std::vector<TarMember> read_tar(const std::string& path);

}  // namespace weft::io
