#include "io/tar.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "io/gzip_file.hpp"

namespace weft::io {
namespace {

constexpr std::size_t kBlock = 512, kNameBytes = 100, kSizeAt = 124, kSizeBytes = 12, kSumAt = 148,
                      kSumBytes = 8, kTypeAt = 156;

using Block = std::array<std::byte, kBlock>;

std::size_t octal(const GzipFile& file, const std::byte* at, std::size_t bytes) {
  std::size_t value = 0;
  bool any = false;
  for (std::size_t i = 0; i < bytes; ++i) {
    const char c = static_cast<char>(at[i]);
    if (c == ' ' && !any) continue;
    if (c == '\0' || c == ' ') break;
    if (c < '0' || c > '7') file.fail("a member's size is no number");
    value = value * 8 + static_cast<std::size_t>(c - '0');
    any = true;
  }
  return value;
}

/// The sum of all bytes, those of the sum itself counted as spaces.
std::size_t sum_of(const Block& block) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool own = i >= kSumAt && i < kSumAt + kSumBytes;
    sum += own ? std::size_t{' '} : std::to_integer<std::size_t>(block[i]);
  }
  return sum;
}

std::string name_of(const Block& block) {
  std::string name;
  for (std::size_t i = 0; i < kNameBytes && block[i] != std::byte{0}; ++i)
    name += static_cast<char>(block[i]);
  return name.substr(name.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

std::vector<TarMember> read_tar(const std::string& path) {
  GzipFile file(path, "a tar archive");
  std::vector<TarMember> members;
  Block block;
  while (true) {
    file.read(block.data(), kBlock);
    if (std::all_of(block.begin(), block.end(), [](std::byte b) { return b == std::byte{0}; }))
      return members;
    if (octal(file, &block[kSumAt], kSumBytes) != sum_of(block))
      file.fail("a header's check sum is wrong");
    const std::size_t size = octal(file, &block[kSizeAt], kSizeBytes);
    const char type = static_cast<char>(block[kTypeAt]);
    TarMember member{name_of(block), {}};
    // In pieces: a size that a damaged file makes up is never allocated at once.
    for (std::size_t done = 0; done < size; done += kBlock) {
      file.read(block.data(), kBlock);
      const std::size_t part = std::min(kBlock, size - done);
      member.bytes.insert(member.bytes.end(), block.begin(),
                          block.begin() + static_cast<std::ptrdiff_t>(part));
    }
    if (type == '0' || type == '\0') members.push_back(std::move(member));
  }
}

}  // namespace weft::io
