// The state of an Hdf5File. Its members expect hdf5::Lock to be held.
#pragma once
#include "io/hdf5.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_raw.hpp"

namespace weft::io {

struct Hdf5File::Impl {
  std::string name;
  std::shared_ptr<const std::vector<std::byte>> image;  // outlives `id`, which reads it
  hdf5::Handle id;

  static std::string absolute(std::string_view path);
  /// Of the whole file: nothing in it can be larger.
  std::uint64_t bytes() const;
  /// Whether each part of the path is there; throws on links that lead elsewhere.
  bool there(const std::string& path) const;
  /// Throws when it is not there.
  void require(const std::string& path) const;
  /// H5I_BADID when it is not there.
  H5I_type_t kind(const std::string& path) const;
  /// The object header's messages of a path that is there, read from the image; only for files that
  /// have one.
  std::vector<hdf5::Message> messages(const std::string& path) const;
  /// Makes missing groups of a path; names are UTF-8.
  hdf5::Handle link_properties() const;
  /// The strings of an attribute that is there.
  std::vector<std::string> text_attributes(const std::string& object,
                                           const std::string& attribute) const;
  /// The only one of them.
  std::string text_attribute(const std::string& object, const std::string& attribute) const;
};

}  // namespace weft::io
