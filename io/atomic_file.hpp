// Writing a file so that it is there whole or not at all.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weft::io {

/// A temporary file beside `path`, moved onto it by commit(). Without a commit nothing is left and
/// what stood at `path` stays. A symbolic link at `path` is followed, also one whose target is to
/// be made. A file that is replaced hands its permissions on; what is no regular file (a device, a
/// pipe) is refused. All members throw FileError naming the path.
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
  std::optional<unsigned> mode_;  // of the file that is replaced
  bool committed_ = false;
};

/// The file that writing to `path` makes or replaces: an absolute path, symbolic links followed.
/// Two paths are the same file when theirs are equal. Throws FileError when links lead in a circle.
std::string write_target(const std::string& path);

void write_file_atomically(const std::string& path, std::span<const std::byte> bytes);
/// The whole file; throws FileError naming the path.
std::vector<std::byte> read_file(const std::string& path);
/// Its size; throws FileError when it is no regular file.
std::size_t file_bytes(const std::string& path);

}  // namespace weft::io
