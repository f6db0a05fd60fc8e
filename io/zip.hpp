// Zip archives: a reader that checks sizes before it believes them, and a writer of stored members.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::io {

struct ZipMember {
  std::string name;
  std::uint64_t bytes = 0;         ///< unpacked
  std::uint64_t stored_bytes = 0;  ///< in the archive
  bool compressed = false;
};

/// Reads archives with stored and deflated members. Everything throws FileError naming archive and
/// member.
class ZipReader {
 public:
  explicit ZipReader(const std::string& path);
  /// `name` stands for the path in errors; `archive` is kept alive.
  ZipReader(std::shared_ptr<const std::vector<std::byte>> archive, const std::string& name);
  ~ZipReader();
  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;

  /// In the archive's order; directories are left out.
  const std::vector<ZipMember>& members() const&;
  const std::vector<ZipMember>& members() const&& =
      delete;  // would dangle in a loop over ZipReader(path).members()
  bool contains(std::string_view name) const;
  /// Unpacks one member and checks its CRC. Refuses, before anything is allocated, a member that is
  /// larger than its packed bytes can hold, and one of more than 4 GiB that expands more than 100
  /// times. An absent name lists what is there.
  std::vector<std::byte> read(std::string_view name);
  /// The same as text.
  std::string read_text(std::string_view name);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Whether a file starts as a zip archive does. Throws FileError when it cannot be read.
bool is_zip_file(const std::string& path);

/// Collects members and writes them uncompressed, in the order added, with a fixed date: equal
/// members give equal files.
class ZipWriter {
 public:
  /// Throws FileError for a name that is empty or there already.
  void add(std::string name, std::vector<std::byte> bytes);
  void add(std::string name, std::string_view text);
  /// The archive in memory.
  std::vector<std::byte> to_bytes() const;
  /// Writes the archive atomically.
  void save(const std::string& path) const;

 private:
  struct Member {
    std::string name;
    std::vector<std::byte> bytes;
  };
  std::vector<Member> members_;
};

}  // namespace weft::io
