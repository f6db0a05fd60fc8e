#include "io/zip.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <new>

#include "io/atomic_file.hpp"

namespace weft::io {
namespace {

constexpr std::uint64_t kLargeMemberBytes = std::uint64_t{4} << 30;
constexpr std::uint64_t kLargeMemberExpansion = 100;
// Deflate cannot expand more: a block of 258-byte matches of two bits each (zlib's FAQ gives
// 1032:1).
constexpr std::uint64_t kDeflateExpansion = 1032;
constexpr std::uint64_t kDeflateSlackBytes = 4096;

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;

struct ZipError {
  zip_error_t error;
  ZipError() { zip_error_init(&error); }
  ~ZipError() { zip_error_fini(&error); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  std::string text() { return zip_error_strerror(&error); }
};

/// libzip's words for a code that zip_open gave, with the system's, which errno holds.
std::string text_of(int code) {
  const int system = errno;
  ZipError error;
  zip_error_set(&error.error, code, system);
  return error.text();
}

[[noreturn]] void not_an_archive(const std::string& path, const std::string& why) {
  throw FileError(fmt::format(
      "'{}' cannot be read as a zip archive: {}. Expected: an undamaged zip archive", path, why));
}

Archive open_file(const std::string& path) {
  file_bytes(path);  // the system's words for a file that is not there
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (!archive) not_an_archive(path, text_of(code));
  return archive;
}

Archive open_memory(const std::vector<std::byte>& bytes, const std::string& name) {
  ZipError error;
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error.error);
  if (source == nullptr) not_an_archive(name, error.text());
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error.error);
  if (archive == nullptr) {
    zip_source_free(source);
    not_an_archive(name, error.text());
  }
  return Archive(archive);
}

}  // namespace

struct ZipReader::Impl {
  std::string path;
  std::shared_ptr<const std::vector<std::byte>> memory;
  std::uint64_t archive_bytes = 0;
  Archive archive;
  std::vector<ZipMember> members;
  std::vector<zip_uint64_t> places;  // of members in the archive

  void list() {
    const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
      zip_stat_t info;
      const auto place = static_cast<zip_uint64_t>(i);
      constexpr zip_uint64_t kNeeded =
          ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
      if (zip_stat_index(archive.get(), place, 0, &info) != 0 ||
          (info.valid & kNeeded) != kNeeded) {
        not_an_archive(path, fmt::format("member {} has no complete entry", i));
      }
      const std::string name = info.name;
      if (!name.empty() && name.back() == '/') continue;
      members.push_back({name, info.size, info.comp_size, info.comp_method != ZIP_CM_STORE});
      places.push_back(place);
      if (info.comp_method != ZIP_CM_STORE && info.comp_method != ZIP_CM_DEFLATE) {
        throw FileError(fmt::format(
            "'{}': member '{}' is compressed by method {}. Expected: stored or deflated", path,
            name, info.comp_method));
      }
    }
  }

  void check(const ZipMember& m) const {
    const auto refuse = [&](std::string_view why) {
      throw FileError(
          fmt::format("'{}': member '{}' {}. Received: {} bytes packed into {} of an archive of {}",
                      path, m.name, why, m.bytes, m.stored_bytes, archive_bytes));
    };
    if (m.stored_bytes > archive_bytes) refuse("says that it is larger than the archive");
    if (!m.compressed && m.bytes != m.stored_bytes)
      refuse("is stored, but with two different sizes");
    if (m.compressed && m.bytes > m.stored_bytes * kDeflateExpansion + kDeflateSlackBytes) {
      refuse("says that it is larger than its packed bytes can hold");
    }
    if (m.bytes > kLargeMemberBytes && m.bytes / kLargeMemberExpansion > m.stored_bytes) {
      refuse("is refused: it has more than 4 GiB and expands more than 100 times");
    }
  }

  std::vector<std::byte> room_for(const ZipMember& m) const {
    try {
      return std::vector<std::byte>(m.bytes);
    } catch (const std::bad_alloc&) {
      throw OutOfMemory(fmt::format(
          "'{}': member '{}': there is not enough memory for its {} bytes", path, m.name, m.bytes));
    }
  }
};

ZipReader::ZipReader(const std::string& path) : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->archive_bytes = file_bytes(path);
  impl_->archive = open_file(path);
  impl_->list();
}

ZipReader::ZipReader(std::shared_ptr<const std::vector<std::byte>> archive, const std::string& name)
    : impl_(std::make_unique<Impl>()) {
  impl_->path = name;
  impl_->archive_bytes = archive->size();
  impl_->memory = std::move(archive);
  impl_->archive = open_memory(*impl_->memory, name);
  impl_->list();
}

ZipReader::~ZipReader() = default;
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;

const std::vector<ZipMember>& ZipReader::members() const& { return impl_->members; }

bool ZipReader::contains(std::string_view name) const {
  return std::any_of(impl_->members.begin(), impl_->members.end(),
                     [&](const ZipMember& m) { return m.name == name; });
}

std::vector<std::byte> ZipReader::read(std::string_view name) {
  const auto& members = impl_->members;
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const ZipMember& m) { return m.name == name; });
  if (found == members.end()) {
    std::string names;
    for (const ZipMember& m : members) names += (names.empty() ? "'" : ", '") + m.name + "'";
    throw FileError(
        fmt::format("'{}' has no member '{}'. Existing members: [{}]", impl_->path, name, names));
  }
  impl_->check(*found);
  const zip_uint64_t place = impl_->places[static_cast<std::size_t>(found - members.begin())];
  const auto fail = [&](const std::string& why) {
    throw FileError(fmt::format("'{}': member '{}' cannot be read: {}", impl_->path, name, why));
  };
  const std::unique_ptr<zip_file_t, CloseMember> file(
      zip_fopen_index(impl_->archive.get(), place, 0));
  if (!file) fail(zip_strerror(impl_->archive.get()));
  std::vector<std::byte> bytes = impl_->room_for(*found);
  std::size_t done = 0;
  for (;;) {
    // One read past the end: only there libzip compares the CRC.
    std::byte past_end;
    const bool full = done == bytes.size();
    const zip_int64_t read = zip_fread(file.get(), full ? &past_end : bytes.data() + done,
                                       full ? 1 : bytes.size() - done);
    if (read < 0) fail(zip_error_strerror(zip_file_get_error(file.get())));
    if (read == 0) break;
    if (full) fail("it is larger than it says");
    done += static_cast<std::size_t>(read);
  }
  if (done != bytes.size())
    fail(fmt::format("it ended early. Expected: {} bytes. Received: {}", bytes.size(), done));
  return bytes;
}

std::string ZipReader::read_text(std::string_view name) {
  const std::vector<std::byte> bytes = read(name);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_zip_file(const std::string& path) {
  file_bytes(path);
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) throw FileError(fmt::format("Reading '{}': it cannot be opened", path));
  unsigned char start[4] = {};
  const bool read = std::fread(start, 1, sizeof start, file) == sizeof start;
  std::fclose(file);
  // "PK\3\4" before a member, "PK\5\6" of an empty archive.
  return read && start[0] == 'P' && start[1] == 'K' && (start[2] == 3 || start[2] == 5) &&
         start[3] == start[2] + 1;
}

void ZipWriter::add(std::string name, std::vector<std::byte> bytes) {
  const bool taken = std::any_of(members_.begin(), members_.end(),
                                 [&](const Member& m) { return m.name == name; });
  if (name.empty() || taken) {
    throw FileError(fmt::format(
        "Writing an archive: member names must be unique and not empty. Received: '{}'", name));
  }
  members_.push_back({std::move(name), std::move(bytes)});
}

void ZipWriter::add(std::string name, std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  add(std::move(name), std::vector<std::byte>(bytes, bytes + text.size()));
}

namespace {

/// Adds a member whose bytes stay with the caller until the archive is closed.
void add_member(zip_t* archive, const std::string& name, const std::vector<std::byte>& bytes) {
  // 1 January 1980, the first day that zip can name.
  constexpr zip_uint16_t kTime = 0;
  constexpr zip_uint16_t kDate = (1 << 5) | 1;
  zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  const zip_int64_t place =
      source == nullptr ? -1 : zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (place < 0 && source != nullptr) zip_source_free(source);
  const auto at = static_cast<zip_uint64_t>(place);
  if (place < 0 || zip_set_file_compression(archive, at, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, at, kTime, kDate, 0) != 0) {
    throw FileError(
        fmt::format("Writing an archive: member '{}': {}", name, zip_strerror(archive)));
  }
}

/// The end record alone: libzip writes no file at all for an archive without members.
std::vector<std::byte> empty_archive() {
  std::vector<std::byte> end(22);
  constexpr unsigned char kSignature[] = {'P', 'K', 5, 6};
  for (std::size_t i = 0; i < sizeof kSignature; ++i) end[i] = std::byte{kSignature[i]};
  return end;
}

void close_archive(Archive& archive, const std::string& name) {
  if (zip_close(archive.get()) != 0)
    throw FileError(fmt::format("Writing {}: {}", name, zip_strerror(archive.get())));
  static_cast<void>(archive.release());  // zip_close freed it
}

}  // namespace

std::vector<std::byte> ZipWriter::to_bytes() const {
  if (members_.empty()) return empty_archive();
  ZipError error;
  zip_source_t* buffer = zip_source_buffer_create(nullptr, 0, 0, &error.error);
  if (buffer == nullptr) throw OutOfMemory("Writing an archive: no memory");
  const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> owner(buffer, &zip_source_free);
  Archive archive(zip_open_from_source(buffer, ZIP_TRUNCATE, &error.error));
  if (!archive) throw FileError(fmt::format("Writing an archive: {}", error.text()));
  zip_source_keep(buffer);  // closing the archive frees one reference
  for (const Member& m : members_) add_member(archive.get(), m.name, m.bytes);
  close_archive(archive, "an archive");
  zip_stat_t info;
  if (zip_source_open(buffer) != 0 || zip_source_stat(buffer, &info) != 0) {
    throw FileError("Writing an archive: the archive cannot be read back");
  }
  std::vector<std::byte> bytes(info.size);
  const zip_int64_t read = zip_source_read(buffer, bytes.data(), bytes.size());
  zip_source_close(buffer);
  if (read != static_cast<zip_int64_t>(bytes.size()))
    throw FileError("Writing an archive: the archive came back short");
  return bytes;
}

void ZipWriter::save(const std::string& path) const {
  if (members_.empty()) return write_file_atomically(path, empty_archive());
  AtomicFile file(path);
  int code = 0;
  Archive archive(zip_open(file.temporary_path().c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
  if (!archive) throw FileError(fmt::format("Writing '{}': {}", path, text_of(code)));
  for (const Member& m : members_) add_member(archive.get(), m.name, m.bytes);
  close_archive(archive, "'" + path + "'");
  file.commit();
}

}  // namespace weft::io
