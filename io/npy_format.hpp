// NumPy's .npy format, versions 1 to 3: bytes <-> HostArray. Format: numpy/lib/format.py.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/host_array.hpp"
#include "io/zip.hpp"

namespace weft::io {

/// Reads C and Fortran order, little and big endian, all real number types and bool; the result is
/// row-major. Throws FileError, `name` first, for damaged and truncated arrays, and by name for
/// what weft has no dtype for: strings, complex numbers, dates, records, objects (pickles). Bytes
/// behind the array are ignored, as NumPy does.
HostArray parse_npy(std::span<const std::byte> file, std::string_view name);

/// dtype and shape without the values; `file` may end behind the header.
HostArray parse_npy_header(std::span<const std::byte> file, std::string_view name);

/// Version 1.0, row-major, little-endian. bfloat16, which NumPy lacks, becomes float32.
std::vector<std::byte> format_npy(const HostArray& array);

/// An array in an archive.
struct NamedArray {
  std::string name;  ///< without ".npy"
  HostArray array;
};

/// An .npz archive, read array by array: what is not asked for is not looked at. Everything throws
/// FileError.
class NpzReader {
 public:
  explicit NpzReader(const std::string& path);
  /// In the archive's order, without ".npy". Members of another kind are left out.
  const std::vector<std::string>& names() const& { return names_; }
  const std::vector<std::string>& names() const&& = delete;
  bool contains(std::string_view name) const;
  HostArray read(std::string_view name);

 private:
  std::string path_;
  ZipReader archive_;
  std::vector<std::string> names_;
};

/// All arrays in the archive's order; stored and deflated members. A member that is no array is an
/// error.
std::vector<NamedArray> read_npz(const std::string& path);
/// Writes atomically, stored as np.savez does. Throws FileError for a repeated name.
void write_npz(const std::string& path, const std::vector<NamedArray>& arrays);

}  // namespace weft::io
