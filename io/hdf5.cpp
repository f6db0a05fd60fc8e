#include "io/hdf5.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <atomic>

#include "io/atomic_file.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_impl.hpp"

namespace weft::io {

using hdf5::fail;
using hdf5::Handle;
using hdf5::Lock;
using hdf5::refuse;

namespace {

constexpr std::uint64_t kLargeDatasetBytes = std::uint64_t{4} << 30;
constexpr std::uint64_t kLargeDatasetExpansion = 1000;
constexpr std::size_t kImageIncrementBytes = std::size_t{1} << 20;

// Callbacks that let the core driver read the caller's memory in place; by default it copies the
// file twice. The file is opened for reading only, so nothing is written through the pointer.
void* image_malloc(std::size_t, H5FD_file_image_op_t, void* image) { return image; }
void* image_memcpy(void* to, const void*, std::size_t, H5FD_file_image_op_t, void*) { return to; }
void* image_realloc(void*, std::size_t, H5FD_file_image_op_t, void*) { return nullptr; }
herr_t image_free(void*, H5FD_file_image_op_t, void*) { return 0; }
void* image_copy(void* image) { return image; }
herr_t image_done(void*) { return 0; }

/// The library takes two files in memory of one name for the same file, and an image of a name that
/// is on the disk for an error: hence a number, and a folder that does not exist.
std::string memory_name() {
  static std::atomic<unsigned> count{0};
  return fmt::format("weft-in-memory/{}.h5", count++);
}

Handle image_access(const std::vector<std::byte>& bytes) {
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access, kImageIncrementBytes, 0);
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
  void* memory = const_cast<std::byte*>(bytes.data());
  H5FD_file_image_callbacks_t callbacks{image_malloc, image_memcpy, image_realloc, image_free,
                                        image_copy,   image_done,   memory};
  H5Pset_file_image_callbacks(access, &callbacks);
  H5Pset_file_image(access, memory, bytes.size());
  return access;
}

/// How a dataset's values are stored: what is refused, and how many bytes there are.
void check_storage(const Hdf5File::Impl& file, const std::string& path, hid_t dataset,
                   std::uint64_t bytes) {
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(properties);
  if (layout == H5D_VIRTUAL)
    refuse(file.name, path, "is a virtual dataset. Expected: values stored in this file");
  if (H5Pget_external_count(properties) > 0) {
    refuse(file.name, path,
           "keeps its values in another file. Expected: values stored in this file");
  }
  const int filters = layout == H5D_CHUNKED ? H5Pget_nfilters(properties) : 0;
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t values = 0;
    char name[64] = {};
    const H5Z_filter_t filter = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags,
                                               &values, nullptr, sizeof name, name, &config);
    // Others would make the library look for plug-ins to load.
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
        filter != H5Z_FILTER_FLETCHER32) {
      refuse(file.name, path,
             fmt::format("uses the filter {} '{}'. Expected: none, deflate, shuffle or fletcher32",
                         static_cast<int>(filter), name));
    }
  }
  const std::uint64_t stored = H5Dget_storage_size(dataset);
  if (stored > file.bytes()) {
    refuse(
        file.name, path,
        fmt::format("says that it holds {} bytes, more than the file's {}", stored, file.bytes()));
  }
  if (bytes > kLargeDatasetBytes && bytes / kLargeDatasetExpansion > stored) {
    refuse(
        file.name, path,
        fmt::format("is refused: it has more than 4 GiB ({} bytes) and less than a thousandth of "
                    "it stored ({} bytes)",
                    bytes, stored));
  }
}

struct OpenDataset {
  Handle dataset;
  hdf5::MemoryType type;
  std::vector<std::uint64_t> dims;
  std::size_t bytes = 0;
};

OpenDataset open_dataset(const Hdf5File::Impl& file, const std::string& path) {
  file.require(path);
  OpenDataset open;
  if (file.image != nullptr && hdf5::is_virtual(file.messages(path))) {  // opening one is not safe
    refuse(file.name, path, "is a virtual dataset. Expected: values stored in this file");
  }
  open.dataset = Handle(H5Dopen2(file.id, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!open.dataset) fail(file.name, path, "cannot be opened as a dataset");
  const Handle stored(H5Dget_type(open.dataset), H5Tclose);
  const Handle space(H5Dget_space(open.dataset), H5Sclose);
  if (!stored || !space) fail(file.name, path, "has no readable type or shape");
  const bool marked =
      H5Aexists(open.dataset, "dtype") > 0 && file.text_attribute(path, "dtype") == "bfloat16";
  std::string why;
  open.type = hdf5::memory_type(stored, marked, why);
  if (open.type.dtype == DType::undefined) {
    refuse(file.name, path,
           fmt::format("has values of a type that weft does not read. Expected: real numbers or "
                       "bool. Received: {}",
                       why));
  }
  if (H5Sget_simple_extent_type(space) == H5S_NULL) {
    open.dims = {0};
  } else {
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0) fail(file.name, path, "has no readable shape");
    std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
    if (rank > 0 && H5Sget_simple_extent_dims(space, dims.data(), nullptr) < 0)
      fail(file.name, path, "has no readable shape");
    open.dims.assign(dims.begin(), dims.end());
  }
  open.bytes = checked_bytes(open.dims, open.type.dtype.itemsize(),
                             fmt::format("'{}': {}", file.name, path));
  check_storage(file, path, open.dataset, open.bytes);
  return open;
}

struct Listing {
  std::vector<std::string> names;
  std::size_t most;
};

herr_t list_one(hid_t, const char* name, const H5L_info_t*, void* listing) {
  auto& all = *static_cast<Listing*>(listing);
  if (all.names.size() >= all.most) return -1;
  all.names.emplace_back(name);
  return 0;
}

std::vector<std::string> list_members(const Hdf5File::Impl& file, const std::string& path) {
  file.require(path);
  const Handle group(H5Gopen2(file.id, path.c_str(), H5P_DEFAULT), H5Gclose);
  if (!group) fail(file.name, path, "cannot be opened as a group");
  // An entry takes some twenty bytes at least: more of them than fit into the file are a loop in
  // it.
  Listing listing{{}, static_cast<std::size_t>(file.bytes() / 16 + 16)};
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, list_one, &listing) < 0)
    fail(file.name, path, "its members cannot be listed");
  return std::move(listing.names);
}

}  // namespace

// ------------------------------------------------------------------------------------------------
// Impl

std::string Hdf5File::Impl::absolute(std::string_view path) {
  return path.starts_with('/') ? std::string(path) : "/" + std::string(path);
}

std::uint64_t Hdf5File::Impl::bytes() const {
  hsize_t bytes = 0;
  if (H5Fget_filesize(id, &bytes) < 0) return 0;
  return image == nullptr ? bytes : image->size();
}

bool Hdf5File::Impl::there(const std::string& path) const {
  if (path == "/") return true;
  std::size_t end = 0;
  do {
    end = path.find('/', end + 1);
    const std::string prefix = path.substr(0, end);
    if (prefix.back() == '/') continue;  // doubled or trailing
    if (H5Lexists(id, prefix.c_str(), H5P_DEFAULT) <= 0) return false;
    H5L_info_t info;
    if (H5Lget_info(id, prefix.c_str(), &info, H5P_DEFAULT) < 0)
      fail(name, prefix, "its link cannot be read");
    if (info.type != H5L_TYPE_HARD) {
      const char* kind = info.type == H5L_TYPE_SOFT       ? "a soft link"
                         : info.type == H5L_TYPE_EXTERNAL ? "an external link"
                                                          : "a foreign link";
      refuse(
          name, prefix,
          fmt::format("is refused. Expected: a group or dataset of this file. Received: {}", kind));
    }
  } while (end != std::string::npos);
  return true;
}

void Hdf5File::Impl::require(const std::string& path) const {
  if (!there(path)) refuse(name, path, "is not in the file");
}

std::vector<hdf5::Message> Hdf5File::Impl::messages(const std::string& path) const {
  std::optional<std::uint64_t> address = hdf5::root_address(*image);
  const std::size_t last = path.find_last_not_of('/');
  if (last != std::string::npos) {
    H5L_info_t info;
    if (H5Lget_info(id, path.substr(0, last + 1).c_str(), &info, H5P_DEFAULT) < 0)
      fail(name, path, "its link cannot be read");
    address = address ? std::optional<std::uint64_t>(info.u.address) : std::nullopt;
  }
  auto found = address ? hdf5::object_messages(*image, *address) : std::nullopt;
  if (!found)
    refuse(name, path, "its object header is damaged, or of a form that weft does not read");
  return std::move(*found);
}

H5I_type_t Hdf5File::Impl::kind(const std::string& path) const {
  if (!there(path)) return H5I_BADID;
  if (image != nullptr && hdf5::is_virtual(messages(path)))
    return H5I_DATASET;  // opening one is not safe
  const Handle object(H5Oopen(id, path.c_str(), H5P_DEFAULT), H5Oclose);
  if (!object) fail(name, path, "cannot be opened");
  return H5Iget_type(object);
}

// ------------------------------------------------------------------------------------------------
// files

Hdf5File::Hdf5File(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;

Hdf5File& Hdf5File::operator=(Hdf5File&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}

Hdf5File::~Hdf5File() {
  if (impl_ == nullptr) return;
  const Lock lock;
  impl_.reset();
}

// Not by H5Fopen: what is checked must be what is read, and the library's file locks fail on some
// file systems.
Hdf5File Hdf5File::open(const std::string& path) {
  return from_bytes(std::make_shared<const std::vector<std::byte>>(read_file(path)), path);
}

Hdf5File Hdf5File::from_bytes(std::shared_ptr<const std::vector<std::byte>> bytes,
                              const std::string& name) {
  if (bytes == nullptr || bytes->empty())
    throw FileError(fmt::format("'{}': cannot be read as an HDF5 file: it is empty", name));
  const Lock lock;
  auto impl = std::make_unique<Impl>();
  impl->name = name;
  impl->image = std::move(bytes);
  const Handle access = image_access(*impl->image);
  impl->id = Handle(H5Fopen(memory_name().c_str(), H5F_ACC_RDONLY, access), H5Fclose);
  if (!impl->id) fail(name, "", "cannot be read as an HDF5 file");
  return Hdf5File(std::move(impl));
}

Hdf5File Hdf5File::create() {
  const Lock lock;
  auto impl = std::make_unique<Impl>();
  impl->name = "new HDF5 file";
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access, kImageIncrementBytes, 0);
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
  impl->id = Handle(H5Fcreate(memory_name().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
  if (!impl->id) fail(impl->name, "", "cannot be made");
  return Hdf5File(std::move(impl));
}

std::vector<std::byte> Hdf5File::to_bytes() const {
  const Lock lock;
  if (H5Fflush(impl_->id, H5F_SCOPE_GLOBAL) < 0) fail(impl_->name, "", "cannot be flushed");
  const ssize_t size = H5Fget_file_image(impl_->id, nullptr, 0);
  if (size < 0) fail(impl_->name, "", "cannot be copied");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  if (H5Fget_file_image(impl_->id, bytes.data(), bytes.size()) != size)
    fail(impl_->name, "", "cannot be copied");
  return bytes;
}

// ------------------------------------------------------------------------------------------------
// objects

bool Hdf5File::exists(std::string_view path) const {
  const Lock lock;
  return impl_->there(Impl::absolute(path));
}

bool Hdf5File::is_group(std::string_view path) const {
  const Lock lock;
  return impl_->kind(Impl::absolute(path)) == H5I_GROUP;
}

std::vector<std::string> Hdf5File::members(std::string_view group) const {
  const Lock lock;
  return list_members(*impl_, Impl::absolute(group));
}

HostArray Hdf5File::describe(std::string_view dataset) const {
  const Lock lock;
  const std::string path = Impl::absolute(dataset);
  const OpenDataset open = open_dataset(*impl_, path);
  return {open.type.dtype, checked_shape(open.dims, path), {}};
}

HostArray Hdf5File::read(std::string_view dataset) const {
  const Lock lock;
  const std::string path = Impl::absolute(dataset);
  const OpenDataset open = open_dataset(*impl_, path);
  HostArray array{open.type.dtype, checked_shape(open.dims, path),
                  std::vector<std::byte>(open.bytes)};
  if (open.bytes > 0 && H5Dread(open.dataset, open.type.type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                array.bytes.data()) < 0) {
    fail(impl_->name, path, "its values cannot be read");
  }
  return array;
}

void Hdf5File::write(std::string_view dataset, const HostArray& values) {
  write(dataset, values.dtype, values.shape, values.bytes);
}

void Hdf5File::write(std::string_view dataset, DType dtype, const Shape& shape,
                     std::span<const std::byte> bytes) {
  const std::string path = Impl::absolute(dataset);
  if (bytes.size() != static_cast<std::size_t>(shape.size()) * dtype.itemsize()) {
    throw FileError(
        fmt::format("Writing '{}': size does not fit. Expected: {} of {}. Received: {} bytes", path,
                    shape.to_string(), dtype.name(), bytes.size()));
  }
  {
    const Lock lock;
    const Handle type = hdf5::stored_type(dtype);
    if (!type) refuse(impl_->name, path, "cannot be written: its dtype is undefined");
    std::vector<hsize_t> dims;
    for (Dim d : shape) dims.push_back(static_cast<hsize_t>(static_cast<std::int64_t>(d)));
    const Handle space(
        dims.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(shape.rank(), dims.data(), nullptr),
        H5Sclose);
    const Handle links = impl_->link_properties();
    Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(properties, false);  // equal models give equal files
    const Handle made(
        H5Dcreate2(impl_->id, path.c_str(), type, space, links, properties, H5P_DEFAULT), H5Dclose);
    if (!made) fail(impl_->name, path, "cannot be made");
    std::string why;
    const hdf5::MemoryType memory = hdf5::memory_type(type, dtype == DType::bfloat16, why);
    if (!bytes.empty() &&
        H5Dwrite(made, memory.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) {
      fail(impl_->name, path, "its values cannot be written");
    }
  }
  if (dtype == DType::bfloat16) write_text(path, "dtype", "bfloat16");
}

void Hdf5File::create_group(std::string_view group) {
  const Lock lock;
  const std::string path = Impl::absolute(group);
  if (impl_->kind(path) == H5I_GROUP) return;
  const Handle links = impl_->link_properties();
  const Handle made(H5Gcreate2(impl_->id, path.c_str(), links, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  if (!made) fail(impl_->name, path, "cannot be made");
}

}  // namespace weft::io
