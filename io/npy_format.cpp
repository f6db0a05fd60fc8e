#include "io/npy_format.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>

namespace weft::io {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeaderBytes =
    64 * 1024;  // NumPy itself refuses more than 10,000 for untrusted files
constexpr std::string_view kNpzSuffix = ".npy";
constexpr std::size_t kAlignment = 64;  // of the values in a file, as NumPy writes them

[[noreturn]] void fail(std::string_view name, std::string_view what) {
  throw FileError(fmt::format("'{}' cannot be read as a NumPy array: {}", name, what));
}

// ------------------------------------------------------------------------------------------------
// the header

/// What the header's dict says.
struct Header {
  DType dtype;
  bool swap = false;  // values are in the other byte order
  bool fortran_order = false;
  std::vector<std::uint64_t> dims;
  std::size_t values_at = 0;
};

/// Reads the Python literal {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class LiteralReader {
 public:
  LiteralReader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  bool take(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) damaged(fmt::format("expected '{}' at place {}", c, at_));
  }
  bool at(char c) {
    skip_blanks();
    return at_ < text_.size() && text_[at_] == c;
  }
  std::string string() {
    skip_blanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') damaged(fmt::format("expected a string at place {}", at_));
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) damaged("a string has no end");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return std::string(inside);
  }
  bool boolean() {
    skip_blanks();
    for (const std::string_view word : {"True", "False"}) {
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return word == "True";
      }
    }
    damaged(fmt::format("expected True or False at place {}", at_));
  }
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> numbers;
    expect('(');
    while (!take(')')) {
      skip_blanks();
      std::uint64_t number = 0;
      const auto [end, error] =
          std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
      if (error != std::errc{}) damaged(fmt::format("expected a dimension at place {}", at_));
      at_ = static_cast<std::size_t>(end - text_.data());
      take('L');  // Python 2's long
      numbers.push_back(number);
      if (!take(',') && !at(')')) damaged(fmt::format("expected ',' or ')' at place {}", at_));
    }
    return numbers;
  }
  [[noreturn]] void damaged(std::string_view what) const {
    fail(name_, fmt::format("its header is damaged: {}", what));
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
      ++at_;
  }
  std::string_view text_, name_;
  std::size_t at_ = 0;
};

[[noreturn]] void refuse(std::string_view name, std::string_view descr, std::string_view what) {
  fail(name, fmt::format("its values are {}. Expected: real numbers or bool. Received: dtype '{}'",
                         what, descr));
}

DType dtype_of(std::string_view kind_and_size) {
  struct Row {
    std::string_view text;
    DType::Code code;
  };
  constexpr std::array<Row, 12> kTable{{{"b1", DType::boolean},
                                        {"u1", DType::uint8},
                                        {"u2", DType::uint16},
                                        {"u4", DType::uint32},
                                        {"u8", DType::uint64},
                                        {"i1", DType::int8},
                                        {"i2", DType::int16},
                                        {"i4", DType::int32},
                                        {"i8", DType::int64},
                                        {"f2", DType::float16},
                                        {"f4", DType::float32},
                                        {"f8", DType::float64}}};
  for (const Row& row : kTable) {
    if (row.text == kind_and_size) return row.code;
  }
  return {};
}

void read_descr(std::string_view descr, std::string_view name, Header& header) {
  const char order = descr.empty() ? '\0' : descr.front();
  const bool has_order = order == '<' || order == '>' || order == '|' || order == '=';
  const std::string_view rest = has_order ? descr.substr(1) : descr;
  header.dtype = dtype_of(rest);
  if (header.dtype == DType::undefined) {
    switch (rest.empty() ? '\0' : rest.front()) {
      case 'S':
      case 'a':
      case 'U':
      case 'T':
        refuse(name, descr, "strings");
      case 'c':
        refuse(name, descr, "complex numbers");
      case 'M':
      case 'm':
        refuse(name, descr, "dates or time spans");
      case 'O':
        refuse(name, descr, "Python objects (a pickle, which weft never opens)");
      case 'V':
        refuse(name, descr, "raw bytes (bfloat16 is not NumPy's: save it as float32)");
      case 'f':
        refuse(name, descr, "floating-point numbers of an unusual size");
      default:
        refuse(name, descr, "of an unknown type");
    }
  }
  constexpr bool little = std::endian::native == std::endian::little;
  header.swap =
      header.dtype.itemsize() > 1 && ((order == '>' && little) || (order == '<' && !little));
}

/// The header's length, and where its text starts.
std::pair<std::size_t, std::size_t> header_place(std::span<const std::byte> file,
                                                 std::string_view name) {
  constexpr std::size_t kVersionAt = 6;
  const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(file[i]); };
  if (file.size() < 10 || std::memcmp(file.data(), kMagic.data(), kMagic.size()) != 0) {
    fail(name, "it does not start with NumPy's mark");
  }
  const std::size_t version = byte(kVersionAt);
  if (version < 1 || version > 3)
    fail(name,
         fmt::format("its format version is unknown. Expected: 1, 2 or 3. Received: {}", version));
  const std::size_t start = version == 1 ? 10 : 12;
  if (file.size() < start) fail(name, "it is truncated within its header");
  const std::size_t length = version == 1
                                 ? byte(8) | byte(9) << 8
                                 : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
  if (length > kMaxHeaderBytes) {
    fail(name, fmt::format("its header is too long. Expected: at most {} bytes. Received: {}",
                           kMaxHeaderBytes, length));
  }
  if (file.size() - start < length) fail(name, "it is truncated within its header");
  return {start, length};
}

Header read_header(std::span<const std::byte> file, std::string_view name) {
  const auto [start, length] = header_place(file, name);
  Header header;
  header.values_at = start + length;
  LiteralReader literal({reinterpret_cast<const char*>(file.data()) + start, length}, name);
  bool has_descr = false, has_order = false, has_shape = false;
  literal.expect('{');
  while (!literal.take('}')) {
    const std::string key = literal.string();
    literal.expect(':');
    if (key == "descr") {
      if (literal.at('[')) refuse(name, "[...]", "records of several fields");
      read_descr(literal.string(), name, header);
      has_descr = true;
    } else if (key == "fortran_order") {
      header.fortran_order = literal.boolean();
      has_order = true;
    } else if (key == "shape") {
      header.dims = literal.tuple();
      has_shape = true;
    } else {
      literal.damaged(fmt::format("unknown key '{}'", key));
    }
    if (!literal.take(',') && !literal.at('}')) literal.damaged("expected ',' or '}'");
  }
  if (!has_descr || !has_order || !has_shape)
    literal.damaged("expected the keys 'descr', 'fortran_order' and 'shape'");
  return header;
}

// ------------------------------------------------------------------------------------------------
// the values

void swap_bytes(std::span<std::byte> values, std::size_t itemsize) {
  for (std::size_t i = 0; i < values.size(); i += itemsize)
    std::reverse(values.begin() + static_cast<std::ptrdiff_t>(i),
                 values.begin() + static_cast<std::ptrdiff_t>(i + itemsize));
}

/// Column-major to row-major: walks the result in order and keeps the source's offset beside it.
void to_row_major(const std::byte* from, std::byte* to, const Shape& shape, std::size_t itemsize) {
  const int rank = shape.rank();
  std::array<std::size_t, Shape::max_rank> dims{}, strides{}, index{};
  std::size_t stride = itemsize;
  for (int i = 0; i < rank; ++i) {
    const auto axis = static_cast<std::size_t>(i);
    dims[axis] = static_cast<std::size_t>(static_cast<std::int64_t>(shape[i]));
    strides[axis] = stride;
    stride *= dims[axis];
  }
  const std::size_t bytes = stride;
  std::size_t source = 0;
  for (std::size_t done = 0; done < bytes; done += itemsize) {
    std::memcpy(to + done, from + source, itemsize);
    for (auto axis = static_cast<std::size_t>(rank); axis-- > 0;) {
      source += strides[axis];
      if (++index[axis] < dims[axis]) break;
      source -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
}

std::string_view descr_of(DType dtype) {
  switch (dtype.code()) {
    case DType::boolean:
      return "|b1";
    case DType::uint8:
      return "|u1";
    case DType::int8:
      return "|i1";
    case DType::uint16:
      return "<u2";
    case DType::int16:
      return "<i2";
    case DType::uint32:
      return "<u4";
    case DType::int32:
      return "<i4";
    case DType::uint64:
      return "<u8";
    case DType::int64:
      return "<i8";
    case DType::float16:
      return "<f2";
    case DType::bfloat16:
    case DType::float32:
      return "<f4";
    case DType::float64:
      return "<f8";
    case DType::undefined:
      break;
  }
  throw FileError("Writing a NumPy array: the array has no dtype");
}

/// bfloat16 is the upper half of a float32.
void append_widened(std::span<const std::byte> values, std::vector<std::byte>& out) {
  for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
    std::uint16_t half = 0;
    std::memcpy(&half, values.data() + i, sizeof half);
    const std::uint32_t whole = std::uint32_t{half} << 16;
    const auto* bytes = reinterpret_cast<const std::byte*>(&whole);
    out.insert(out.end(), bytes, bytes + sizeof whole);
  }
}

}  // namespace

HostArray parse_npy_header(std::span<const std::byte> file, std::string_view name) {
  const Header header = read_header(file, name);
  return {header.dtype, checked_shape(header.dims, name), {}};
}

HostArray parse_npy(std::span<const std::byte> file, std::string_view name) {
  const Header header = read_header(file, name);
  HostArray array{header.dtype, checked_shape(header.dims, name), {}};
  const std::size_t itemsize = header.dtype.itemsize();
  const std::size_t bytes = checked_bytes(header.dims, itemsize, name);
  const std::span<const std::byte> values = file.subspan(header.values_at);
  if (values.size() < bytes) {
    fail(name,
         fmt::format("it is truncated. Expected: {} bytes for the shape {} of {}. Received: {}",
                     bytes, array.shape.to_string(), array.dtype.name(), values.size()));
  }
  if (header.fortran_order && array.shape.rank() > 1) {
    array.bytes.resize(bytes);
    if (bytes > 0) to_row_major(values.data(), array.bytes.data(), array.shape, itemsize);
  } else {
    array.bytes.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(bytes));
  }
  if (header.swap) swap_bytes(array.bytes, itemsize);
  if (header.dtype == DType::boolean) {
    for (std::byte& b : array.bytes)
      b = b == std::byte{0} ? b : std::byte{1};  // a C++ bool is 0 or 1 and nothing else
  }
  return array;
}

std::vector<std::byte> format_npy(const HostArray& array) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}",
                                   descr_of(array.dtype), array.shape.to_string());
  constexpr std::size_t kPrefix = 10;
  const std::size_t unpadded = kPrefix + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  header += '\n';
  std::string start(kMagic);
  start += '\1';
  start += '\0';
  start += static_cast<char>(header.size() & 0xff);
  start += static_cast<char>(header.size() >> 8);
  start += header;
  std::vector<std::byte> out;
  out.reserve(start.size() + array.bytes.size() * (array.dtype == DType::bfloat16 ? 2 : 1));
  const auto* first = reinterpret_cast<const std::byte*>(start.data());
  out.assign(first, first + start.size());
  const std::size_t values_at = out.size();
  if (array.dtype == DType::bfloat16) {
    append_widened(array.bytes, out);
  } else {
    out.insert(out.end(), array.bytes.begin(), array.bytes.end());
  }
  if (std::endian::native == std::endian::big) {
    const std::size_t itemsize = array.dtype == DType::bfloat16 ? 4 : array.dtype.itemsize();
    swap_bytes(std::span(out).subspan(values_at), itemsize);
  }
  return out;
}

NpzReader::NpzReader(const std::string& path) : path_(path), archive_(path) {
  for (const ZipMember& member : archive_.members()) {
    if (member.name.ends_with(kNpzSuffix))
      names_.push_back(member.name.substr(0, member.name.size() - kNpzSuffix.size()));
  }
}

bool NpzReader::contains(std::string_view name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

HostArray NpzReader::read(std::string_view name) {
  if (!contains(name)) {
    std::string names;
    for (const std::string& one : names_) names += (names.empty() ? "'" : ", '") + one + "'";
    throw FileError(
        fmt::format("'{}' has no array '{}'. Existing arrays: [{}]", path_, name, names));
  }
  return parse_npy(archive_.read(std::string(name) + std::string(kNpzSuffix)),
                   fmt::format("{}:{}", path_, name));
}

std::vector<NamedArray> read_npz(const std::string& path) {
  const ZipReader members(path);
  for (const ZipMember& member : members.members()) {
    if (member.name.ends_with(kNpzSuffix)) continue;
    throw FileError(fmt::format(
        "'{}' is no archive of NumPy arrays. Expected: members named *.npy. Received: '{}'", path,
        member.name));
  }
  NpzReader archive(path);
  std::vector<NamedArray> arrays;
  for (const std::string& name : archive.names()) arrays.push_back({name, archive.read(name)});
  return arrays;
}

void write_npz(const std::string& path, const std::vector<NamedArray>& arrays) {
  ZipWriter archive;
  for (const NamedArray& one : arrays)
    archive.add(one.name + std::string(kNpzSuffix), format_npy(one.array));
  archive.save(path);
}

}  // namespace weft::io
