#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <cstring>

#include "io/hdf5.hpp"
#include "io/hdf5_impl.hpp"

namespace weft::io {

using hdf5::fail;
using hdf5::Handle;
using hdf5::Lock;
using hdf5::refuse;

namespace {

// HDF5 keeps at most 64 KiB in an object header; Keras's HDF5_OBJECT_HEADER_LIMIT.
constexpr std::size_t kMaxAttributeBytes = 64512;

/// One string of fixed length without its padding.
std::string unpadded(const char* text, std::size_t bytes, H5T_str_t padding) {
  std::string_view view(text, bytes);
  if (padding == H5T_STR_NULLTERM) return std::string(view.substr(0, view.find('\0')));
  const char pad = padding == H5T_STR_SPACEPAD ? ' ' : '\0';
  const std::size_t last = view.find_last_not_of(pad);
  return std::string(view.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

std::vector<std::string> variable_strings(hid_t attribute, hid_t stored, hid_t space,
                                          std::size_t count, bool& good) {
  const Handle type = hdf5::text_type(H5Tget_cset(stored));
  std::vector<char*> pointers(count, nullptr);
  good = H5Aread(attribute, type, pointers.data()) >= 0;
  std::vector<std::string> texts;
  if (good) {
    for (const char* text : pointers) texts.emplace_back(text == nullptr ? "" : text);
  }
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  return texts;
}

std::vector<std::string> fixed_strings(hid_t attribute, hid_t stored, std::size_t count,
                                       bool& good) {
  const std::size_t bytes = H5Tget_size(stored);
  std::vector<char> buffer(count * bytes);
  good = H5Aread(attribute, stored, buffer.data()) >= 0;
  std::vector<std::string> texts;
  for (std::size_t i = 0; good && i < count; ++i)
    texts.push_back(unpadded(buffer.data() + i * bytes, bytes, H5Tget_strpad(stored)));
  return texts;
}

/// Makes an attribute, replacing one of the same name, and writes it.
void write_attribute(const Hdf5File::Impl& file, const std::string& object, const std::string& name,
                     hid_t type, hid_t space, const void* data) {
  file.require(object);
  if (H5Aexists_by_name(file.id, object.c_str(), name.c_str(), H5P_DEFAULT) > 0) {
    H5Adelete_by_name(file.id, object.c_str(), name.c_str(), H5P_DEFAULT);
  }
  const Handle made(H5Acreate_by_name(file.id, object.c_str(), name.c_str(), type, space,
                                      H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                    H5Aclose);
  if (!made || (data != nullptr && H5Awrite(made, type, data) < 0)) {
    fail(file.name, object, fmt::format("its attribute '{}' cannot be written", name));
  }
}

/// A one-dimensional attribute of strings of `width` bytes.
void write_fixed_strings(const Hdf5File::Impl& file, const std::string& object,
                         const std::string& name, std::span<const std::string> texts,
                         std::size_t width) {
  std::vector<char> buffer(texts.size() * width, '\0');
  for (std::size_t i = 0; i < texts.size(); ++i)
    std::memcpy(buffer.data() + i * width, texts[i].data(), texts[i].size());
  const hsize_t count = texts.size();
  const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Handle type = hdf5::text_type(H5T_CSET_ASCII, width);
  write_attribute(file, object, name, type, space, buffer.data());
}

}  // namespace

hdf5::Handle Hdf5File::Impl::link_properties() const {
  Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(links, 1);
  H5Pset_char_encoding(links, H5T_CSET_UTF8);
  return links;
}

std::vector<std::string> Hdf5File::Impl::text_attributes(const std::string& object,
                                                         const std::string& attribute) const {
  const auto fail_here = [&](std::string_view what) {
    fail(name, object, fmt::format("its attribute '{}' {}", attribute, what));
  };
  const auto refuse_here = [&](std::string_view what) {
    refuse(name, object, fmt::format("its attribute '{}' {}", attribute, what));
  };
  const Handle open(
      H5Aopen_by_name(id, object.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (!open) fail_here("cannot be opened");
  const Handle stored(H5Aget_type(open), H5Tclose);
  const Handle space(H5Aget_space(open), H5Sclose);
  const hssize_t points = space ? H5Sget_simple_extent_npoints(space) : -1;
  if (!stored || points < 0) fail_here("has no readable type or shape");
  if (points == 0 || H5Sget_simple_extent_type(space) == H5S_NULL)
    return {};  // Keras writes an empty list as float64
  if (H5Tget_class(stored) != H5T_STRING) refuse_here("is of another type. Expected: strings");
  const auto count = static_cast<std::size_t>(points);
  const bool variable = H5Tis_variable_str(stored) > 0;
  const std::size_t bytes_each = variable ? sizeof(hvl_t) : H5Tget_size(stored);
  if (count > bytes() / std::max<std::size_t>(1, bytes_each))
    refuse_here("says that it is larger than the file");
  if (variable && image != nullptr) {
    // The library copies strings of variable length without checking their sizes.
    auto texts = hdf5::attribute_texts(*image, messages(object), attribute, count);
    if (!texts) refuse_here("is damaged, or stored in a form that weft does not read");
    return std::move(*texts);
  }
  bool good = false;
  std::vector<std::string> texts = variable ? variable_strings(open, stored, space, count, good)
                                            : fixed_strings(open, stored, count, good);
  if (!good) fail_here("cannot be read");
  return texts;
}

std::string Hdf5File::Impl::text_attribute(const std::string& object,
                                           const std::string& attribute) const {
  const std::vector<std::string> texts = text_attributes(object, attribute);
  if (texts.size() != 1) {
    refuse(name, object,
           fmt::format("its attribute '{}' is of another shape. Expected: one string. Received: {}",
                       attribute, texts.size()));
  }
  return texts.front();
}

bool Hdf5File::has_attribute(std::string_view object, const std::string& name) const {
  const Lock lock;
  const std::string path = Impl::absolute(object);
  impl_->require(path);
  return H5Aexists_by_name(impl_->id, path.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> Hdf5File::attribute_names(std::string_view object) const {
  const Lock lock;
  const std::string path = Impl::absolute(object);
  impl_->require(path);
  const Handle open(H5Oopen(impl_->id, path.c_str(), H5P_DEFAULT), H5Oclose);
  if (!open) fail(impl_->name, path, "cannot be opened");
  std::vector<std::string> names;
  const auto keep = [](hid_t, const char* name, const H5A_info_t*, void* all) -> herr_t {
    static_cast<std::vector<std::string>*>(all)->emplace_back(name);
    return 0;
  };
  if (H5Aiterate2(open, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep, &names) < 0) {
    fail(impl_->name, path, "its attributes cannot be listed");
  }
  return names;
}

std::string Hdf5File::read_text(std::string_view object, const std::string& name) const {
  const Lock lock;
  const std::string path = Impl::absolute(object);
  impl_->require(path);
  return impl_->text_attribute(path, name);
}

std::vector<std::string> Hdf5File::read_texts(std::string_view object,
                                              const std::string& name) const {
  const Lock lock;
  const std::string path = Impl::absolute(object);
  impl_->require(path);
  const auto is_there = [&](const std::string& attribute) {
    return H5Aexists_by_name(impl_->id, path.c_str(), attribute.c_str(), H5P_DEFAULT) > 0;
  };
  if (is_there(name) || !is_there(name + "0")) return impl_->text_attributes(path, name);
  std::vector<std::string> all;
  for (int i = 0; is_there(name + std::to_string(i)); ++i) {
    const std::vector<std::string> part = impl_->text_attributes(path, name + std::to_string(i));
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

void Hdf5File::write_text(std::string_view object, const std::string& name, std::string_view text) {
  const Lock lock;
  const Handle type = hdf5::text_type(H5T_CSET_UTF8);
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const std::string kept(text);
  const char* pointer = kept.c_str();
  write_attribute(*impl_, Impl::absolute(object), name, type, space, &pointer);
}

void Hdf5File::write_texts(std::string_view object, const std::string& name,
                           const std::vector<std::string>& texts) {
  const Lock lock;
  const std::string path = Impl::absolute(object);
  if (texts.empty()) {
    const hsize_t none = 0;
    const Handle space(H5Screate_simple(1, &none, nullptr), H5Sclose);
    return write_attribute(*impl_, path, name, H5T_IEEE_F64LE, space, nullptr);
  }
  std::size_t width = 1;
  for (const std::string& text : texts) width = std::max(width, text.size());
  if (width > kMaxAttributeBytes) {
    refuse(impl_->name, path,
           fmt::format("its attribute '{}' holds a name of {} bytes. Expected: at most {}", name,
                       width, kMaxAttributeBytes));
  }
  if (texts.size() * width <= kMaxAttributeBytes)
    return write_fixed_strings(*impl_, path, name, texts, width);
  // As Keras does, into the fewest parts that fit, as equal as can be (numpy.array_split).
  std::size_t parts = 2;
  while ((texts.size() + parts - 1) / parts * width > kMaxAttributeBytes) ++parts;
  const std::span<const std::string> all(texts);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t count = texts.size() / parts + (i < texts.size() % parts ? 1 : 0);
    write_fixed_strings(*impl_, path, name + std::to_string(i), all.subspan(begin, count), width);
    begin += count;
  }
}

}  // namespace weft::io
