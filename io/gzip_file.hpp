// Reading a file that may be gzipped, from its beginning to its end.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

struct gzFile_s;

namespace weft::io {

/// Everything throws FileError naming the file and what it was read as.
class GzipFile {
 public:
  /// `kind`: what the file is thought to be, "an IDX file".
  GzipFile(const std::string& path, std::string_view kind);
  ~GzipFile();
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  [[noreturn]] void fail(std::string_view what) const;
  /// Exactly `bytes`, or an error.
  void read(std::byte* to, std::size_t bytes);
  /// Reads past the end: only there zlib compares the CRC.
  void expect_end();
  /// All that is left. A file cannot hold more than a thousand times its size.
  std::vector<std::byte> read_rest();

 private:
  /// At most `bytes`; fewer only at the end.
  std::size_t read_some(std::byte* to, std::size_t bytes);
  std::string path_, kind_;
  gzFile_s* file_;
};

}  // namespace weft::io
