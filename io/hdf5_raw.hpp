// What the C library reads of a file without checking it (1.10: strings of variable length, virtual
// datasets), read from the bytes with checks. Everything here is in the terms of the "HDF5 File
// Format Specification Version 3.0"; a section number stands beside what it describes.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::io::hdf5 {

using Image = std::span<const std::byte>;

/// A message of an object header (IV.A.2): what an object is made of.
struct Message {
  static constexpr unsigned external_files = 0x07, layout = 0x08, attribute = 0x0c,
                            continuation = 0x10;
  unsigned type = 0;
  bool shared = false;  // the data is elsewhere
  Image data;
};

/// Where the root group's object header is. None: a file of a kind that HDF5 libraries do not write
/// (II.A).
std::optional<std::uint64_t> root_address(Image image);

/// All messages of the object header at `address`, of version 1 or 2, with its continuations. None:
/// it is damaged.
std::optional<std::vector<Message>> object_messages(Image image, std::uint64_t address);

/// Whether a dataset's values are pieced together from other datasets.
bool is_virtual(const std::vector<Message>& messages);

/// `count` strings of variable length of an attribute (IV.A.2.m) from the global heap (III.E).
/// None: there is no such attribute in these messages, or it is damaged.
std::optional<std::vector<std::string>> attribute_texts(Image image,
                                                        const std::vector<Message>& messages,
                                                        std::string_view name, std::size_t count);

}  // namespace weft::io::hdf5
