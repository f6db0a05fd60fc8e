// Writing a file so that it is there whole or not at all.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace weft::io {

/// A temporary file beside `path`, moved onto it by commit(). Without a commit nothing is left and
/// what stood at `path` stays. A symbolic link at `path` is followed. All members throw FileError
/// naming the path.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// The temporary file (it exists, empty), for writers that want a path.
  const std::string& temporary_path() const { return temporary_; }
  /// Appends to the temporary file.
  void write(std::span<const std::byte> bytes);
  /// Flushes to the disk and moves the file into place. Call once.
  void commit();

 private:
  std::string path_, temporary_;
  int descriptor_ = -1;
  bool committed_ = false;
};

void write_file_atomically(const std::string& path, std::span<const std::byte> bytes);
/// The whole file; throws FileError naming the path.
std::vector<std::byte> read_file(const std::string& path);
/// Its size; throws FileError when it is no regular file.
std::size_t file_bytes(const std::string& path);

}  // namespace weft::io
