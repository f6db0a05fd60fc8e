// HDF5 files as Keras uses them: groups, datasets of real numbers, text attributes. No HDF5 header
// comes along.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/host_array.hpp"

namespace weft::io {

/// A file that is read (whole, into memory) or made in memory. Objects are named by path,
/// "/layers/dense/vars/0"; the leading '/' may be left out. Every call holds one process-wide
/// mutex, as the C library asks for. Everything throws FileError naming file and path, and nothing
/// is allocated by what a file says before that is checked. Refused: links that are not hard links,
/// virtual and external datasets, filters other than deflate, shuffle and fletcher32, and shapes of
/// more than 4 GiB with less than a thousandth of that stored.
class Hdf5File {
 public:
  static Hdf5File open(const std::string& path);
  /// Reads a file that lies in memory (not copied, kept alive). `name` stands for the path in
  /// errors.
  static Hdf5File from_bytes(std::shared_ptr<const std::vector<std::byte>> bytes,
                             const std::string& name);
  /// A new file in memory, in the oldest format, which every HDF5 library reads.
  static Hdf5File create();
  ~Hdf5File();
  Hdf5File(Hdf5File&&) noexcept;
  Hdf5File& operator=(Hdf5File&&) noexcept;

  // Whether there is something at a path. A link that is not a hard link throws.
  bool exists(std::string_view path) const;
  bool is_group(std::string_view path) const;
  /// Names in a group in alphabetical order: HDF5's, as Keras sees them.
  std::vector<std::string> members(std::string_view group = "/") const;

  /// dtype and shape of a dataset, without its values.
  HostArray describe(std::string_view dataset) const;
  HostArray read(std::string_view dataset) const;
  /// Makes the groups above it as needed. Contiguous, little-endian; bfloat16 as Keras does: two
  /// opaque bytes, attribute dtype="bfloat16"; bool as h5py does.
  void write(std::string_view dataset, const HostArray& values);
  /// The same from memory that need not be copied first.
  void write(std::string_view dataset, DType dtype, const Shape& shape,
             std::span<const std::byte> bytes);
  /// Makes the groups above it as needed; nothing to do when it is there.
  void create_group(std::string_view group);

  // Attributes of a group or dataset.
  bool has_attribute(std::string_view object, const std::string& name) const;
  std::vector<std::string> attribute_names(std::string_view object) const;
  /// One string, of variable or fixed length.
  std::string read_text(std::string_view object, const std::string& name) const;
  /// A list of strings, also one that Keras split into name0, name1, ... An empty array of any type
  /// is an empty list.
  std::vector<std::string> read_texts(std::string_view object, const std::string& name) const;
  /// One UTF-8 string of variable length, replacing an attribute of that name.
  void write_text(std::string_view object, const std::string& name, std::string_view text);
  /// As Keras's legacy files hold lists of names: strings of fixed length, split beyond 64512
  /// bytes; an empty list is an empty float64 array.
  void write_texts(std::string_view object, const std::string& name,
                   const std::vector<std::string>& texts);

  /// The whole file as it would lie on the disk.
  std::vector<std::byte> to_bytes() const;

  struct Impl;  // for the other files of this wrapper

 private:
  explicit Hdf5File(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weft::io
