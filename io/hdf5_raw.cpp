#include "io/hdf5_raw.hpp"

#include <algorithm>
#include <cstring>

namespace weft::io::hdf5 {
namespace {

/// Reads little-endian numbers in order; past the end `good` becomes false and zeros come.
class Cursor {
 public:
  explicit Cursor(Image bytes) : bytes_(bytes) {}
  std::uint64_t number(std::size_t width) {
    const Image part = take(width);
    std::uint64_t value = 0;
    for (std::size_t i = part.size(); i-- > 0;)
      value = value << 8 | std::to_integer<std::uint64_t>(part[i]);
    return value;
  }
  Image take(std::uint64_t size) {
    if (size > bytes_.size()) {
      good = false;
      bytes_ = {};
      return {};
    }
    const Image part = bytes_.first(static_cast<std::size_t>(size));
    bytes_ = bytes_.subspan(part.size());
    return part;
  }
  bool starts_with(std::string_view mark) {
    const Image part = take(mark.size());
    return good && std::memcmp(part.data(), mark.data(), mark.size()) == 0;
  }
  std::size_t left() const { return bytes_.size(); }
  bool good = true;

 private:
  Image bytes_;
};

/// The part of the file at an address; empty when it is not in the file.
Image at(Image image, std::uint64_t address, std::uint64_t size) {
  if (address > image.size() || size > image.size() - address) return {};
  return image.subspan(static_cast<std::size_t>(address), static_cast<std::size_t>(size));
}
Image from(Image image, std::uint64_t address) {
  return address >= image.size() ? Image{} : image.subspan(static_cast<std::size_t>(address));
}

struct Header {
  unsigned version = 1;
  bool has_creation_order = false;
  std::vector<Message> messages;
  std::vector<Image> blocks;  // the first, then continuations in the order in which they are met
};

// More than any file has; a loop of continuations would never end.
constexpr std::size_t kMaxBlocks = 4096;
constexpr std::size_t kChecksumBytes = 4;

/// Version 1: 8 bytes before each message, version 2: 4 or 6 (IV.A.1).
bool read_block(Image image, Image block, Header& header) {
  Cursor cursor(block);
  const bool first = header.version == 1;
  const std::size_t prefix = first ? 8 : header.has_creation_order ? 6 : 4;
  while (cursor.left() >= prefix) {
    Message message;
    message.type = static_cast<unsigned>(cursor.number(first ? 2 : 1));
    const std::uint64_t size = cursor.number(2);
    message.shared = (cursor.number(1) & 2) != 0;
    if (first) cursor.take(3);
    if (!first && header.has_creation_order) cursor.take(2);
    message.data = cursor.take(size);
    if (!cursor.good) return false;
    if (message.type == Message::continuation) {
      Cursor place(message.data);
      const std::uint64_t address = place.number(8), length = place.number(8);
      Image next = at(image, address, length);
      if (!place.good || next.empty() || header.blocks.size() >= kMaxBlocks) return false;
      if (!first) {
        Cursor mark(next);
        if (next.size() < 4 + kChecksumBytes || !mark.starts_with("OCHK")) return false;
        next = next.subspan(4, next.size() - 4 - kChecksumBytes);
      }
      header.blocks.push_back(next);
    }
    header.messages.push_back(message);
  }
  return true;
}

/// The first block of an object header.
bool open_header(Image image, std::uint64_t address, Header& header) {
  const Image start = from(image, address);
  Cursor second(start);
  if (second.starts_with("OHDR")) {
    header.version = 2;
    if (second.number(1) != 2) return false;
    const std::uint64_t flags = second.number(1);
    header.has_creation_order = (flags & 0x04) != 0;
    if ((flags & 0x20) != 0) second.take(16);  // times
    if ((flags & 0x10) != 0) second.take(4);   // limits of attribute storage
    const std::uint64_t size = second.number(std::size_t{1} << (flags & 3));
    header.blocks.push_back(second.take(size));
    return second.good;
  }
  Cursor first(start);
  if (first.number(1) != 1) return false;
  first.take(7);  // number of messages, references
  const std::uint64_t size = first.number(4);
  first.take(4);  // padding
  header.blocks.push_back(first.take(size));
  return first.good;
}

/// What stands in an attribute message behind name, type and space; version 1 pads each to 8 bytes.
bool open_attribute(Image message, std::string_view wanted, Image& data) {
  Cursor cursor(message);
  const std::uint64_t version = cursor.number(1);
  cursor.take(1);
  const std::uint64_t name_size = cursor.number(2), type_size = cursor.number(2),
                      space_size = cursor.number(2);
  if (version == 3) cursor.take(1);  // encoding of the name
  const auto padded = [&](std::uint64_t size) { return version == 1 ? (size + 7) / 8 * 8 : size; };
  const Image name = cursor.take(padded(name_size));
  cursor.take(padded(type_size));
  cursor.take(padded(space_size));
  if (!cursor.good || version < 1 || version > 3) return false;
  std::string_view text(reinterpret_cast<const char*>(name.data()), name.size());
  text = text.substr(0, text.find('\0'));
  data = cursor.take(cursor.left());
  return text == wanted;
}

/// Object `index` of the global heap collection at `address`.
std::optional<Image> heap_object(Image image, std::uint64_t address, std::uint64_t index) {
  constexpr std::size_t kCollectionPrefix = 16;
  Cursor prefix(from(image, address));
  if (!prefix.starts_with("GCOL") || prefix.number(1) != 1) return std::nullopt;
  prefix.take(3);
  const std::uint64_t size = prefix.number(8);
  const Image collection = at(image, address, size);
  if (!prefix.good || collection.size() < kCollectionPrefix) return std::nullopt;
  Cursor cursor(collection.subspan(kCollectionPrefix));
  while (cursor.left() >= 16) {
    const std::uint64_t found = cursor.number(2);
    cursor.take(6);  // references, padding
    const std::uint64_t bytes = cursor.number(8);
    if (found == 0) break;  // the free space behind the last object
    const Image object = cursor.take(bytes);
    if (!cursor.good) break;
    if (found == index) return object;
    cursor.take(std::min<std::uint64_t>((8 - bytes % 8) % 8, cursor.left()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> root_address(Image image) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  Cursor cursor(image);
  if (!cursor.starts_with(kSignature)) return std::nullopt;
  const std::uint64_t version = cursor.number(1);
  const bool old = version < 2;
  if (old) cursor.take(4);  // versions of parts
  const std::uint64_t offset_bytes = cursor.number(1), length_bytes = cursor.number(1);
  if (version > 3 || offset_bytes != 8 || length_bytes != 8) return std::nullopt;
  cursor.take(old ? (version == 0 ? 9 : 13) : 1);  // flags, sizes of tree nodes
  const std::uint64_t base = cursor.number(8);
  // Old: free space, end of file, driver, then the root's entry, whose first field is a name. New:
  // extension, end of file.
  cursor.take(old ? 32 : 16);
  const std::uint64_t root = cursor.number(8);
  if (!cursor.good || base != 0) return std::nullopt;
  return root;
}

std::optional<std::vector<Message>> object_messages(Image image, std::uint64_t address) {
  Header header;
  if (!open_header(image, address, header)) return std::nullopt;
  for (std::size_t i = 0; i < header.blocks.size(); ++i) {
    if (!read_block(image, header.blocks[i], header)) return std::nullopt;
  }
  return std::move(header.messages);
}

bool is_virtual(const std::vector<Message>& messages) {
  constexpr std::uint64_t kVirtualLayout = 3;
  return std::any_of(messages.begin(), messages.end(), [](const Message& m) {
    Cursor cursor(m.data);
    return m.type == Message::layout && cursor.number(1) >= 4 && cursor.number(1) == kVirtualLayout;
  });
}

std::optional<std::vector<std::string>> attribute_texts(Image image,
                                                        const std::vector<Message>& messages,
                                                        std::string_view name, std::size_t count) {
  Image data;
  const bool found = std::any_of(messages.begin(), messages.end(), [&](const Message& m) {
    return m.type == Message::attribute && !m.shared && open_attribute(m.data, name, data);
  });
  constexpr std::size_t kElementBytes =
      16;  // length, address of the collection, number of the object there
  if (!found || count > data.size() / kElementBytes) return std::nullopt;
  std::vector<std::string> texts;
  Cursor cursor(data);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t length = cursor.number(4), address = cursor.number(8),
                        index = cursor.number(4);
    if (length == 0) {
      texts.emplace_back();
      continue;
    }
    const std::optional<Image> object = heap_object(image, address, index);
    if (!object || object->size() < length) return std::nullopt;
    const std::string_view text(reinterpret_cast<const char*>(object->data()),
                                static_cast<std::size_t>(length));
    texts.emplace_back(text.substr(0, text.find('\0')));
  }
  return texts;
}

}  // namespace weft::io::hdf5
