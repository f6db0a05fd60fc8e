#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/core/error.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace weft::io {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view what, const std::string& path) {
  throw FileError(fmt::format("{} '{}': {}", what, path, std::strerror(errno)));
}

/// Where a symbolic link at `path` leads, so that the link survives the rename. Not fs::canonical:
/// the target may have to be made.
std::string followed(const std::string& path) {
  constexpr int kLinks = 40;  // as many as Linux follows
  std::error_code error;
  fs::path at = path;
  for (int i = 0; i < kLinks; ++i) {
    if (!fs::is_symlink(at, error)) return at.string();
    const fs::path next = fs::read_symlink(at, error);
    if (error) return at.string();
    at = next.is_absolute() ? next : at.parent_path() / next;
  }
  throw FileError(fmt::format(
      "Writing '{}': its symbolic links lead in a circle. Expected: the name of a file", path));
}

std::string directory_of(const std::string& path) {
  const std::string directory = fs::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

void sync_or_fail(int descriptor, const std::string& path) {
  // Some file systems know no fsync (EINVAL): then there is nothing to wait for.
  if (::fsync(descriptor) != 0 && errno != EINVAL) fail("Writing", path);
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : path_(followed(path)) {
  std::error_code error;
  if (path.empty())
    throw FileError("Writing a file: the path is empty. Expected: the name of a file");
  if (fs::is_directory(path_, error)) {
    throw FileError(
        fmt::format("Writing '{}': it is a directory. Expected: the name of a file", path));
  }
  struct stat old {};
  if (::stat(path_.c_str(), &old) == 0) {
    if (!S_ISREG(old.st_mode)) {
      throw FileError(
          fmt::format("Writing '{}': it is no regular file. Expected: the name of a file", path));
    }
    mode_ = old.st_mode & 07777U;
  }
  const std::string directory = directory_of(path_);
  if (!fs::is_directory(directory, error)) {
    throw FileError(
        fmt::format("Writing '{}': there is no directory '{}'. Expected: an existing directory",
                    path, directory));
  }
  static std::atomic<unsigned> counter{0};
  do {
    // Not mkstemp, whose files only the owner may read: the umask decides, as with any other
    // program's output.
    temporary_ = fmt::format("{}.{}-{}.tmp", path_, ::getpid(), counter++);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EEXIST);
  if (descriptor_ < 0) fail("Writing", path);
  // Nobody reads the new bytes who could not read the old ones, not even before the end.
  if (mode_) static_cast<void>(::fchmod(descriptor_, (*mode_ & 0666U) | 0600U));
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("Writing", path_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  // Opened anew: a writer that was given temporary_path() may have replaced the file behind it.
  const int written = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
  if (written < 0) fail("Writing", path_);
  ::close(descriptor_);
  descriptor_ = written;
  if (mode_ && ::fchmod(descriptor_, *mode_) != 0) fail("Writing", path_);
  sync_or_fail(descriptor_, path_);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail("Writing", path_);
  committed_ = true;
  // The new name is safe only when the directory is on the disk too; the data already is, so a
  // failure is no error.
  const int directory = ::open(directory_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
}

std::string write_target(const std::string& path) {
  std::error_code error;
  const fs::path target = followed(path);
  const fs::path whole = fs::weakly_canonical(fs::absolute(target, error), error);
  return error ? target.string() : whole.string();
}

void write_file_atomically(const std::string& path, std::span<const std::byte> bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

std::size_t file_bytes(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) fail("Reading", path);
  if (S_ISDIR(info.st_mode))
    throw FileError(fmt::format("Reading '{}': it is a directory. Expected: a file", path));
  if (!S_ISREG(info.st_mode))
    throw FileError(fmt::format("Reading '{}': it is no regular file. Expected: a file", path));
  return static_cast<std::size_t>(info.st_size);
}

std::vector<std::byte> read_file(const std::string& path) {
  std::vector<std::byte> bytes;
  const std::size_t size = file_bytes(path);
  try {
    bytes.resize(size);
  } catch (const std::exception&) {  // bad_alloc or length_error
    throw OutOfMemory(
        fmt::format("Reading '{}': there is not enough memory for its {} bytes", path, size));
  }
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) fail("Reading", path);
  const std::size_t read = bytes.empty() ? 0 : std::fread(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
  if (read != bytes.size()) {
    throw FileError(
        fmt::format("Reading '{}': the file ended early. Expected: {} bytes. Received: {}", path,
                    bytes.size(), read));
  }
  return bytes;
}

}  // namespace weft::io
