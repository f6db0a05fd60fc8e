#include "io/hdf5_handle.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

namespace weft::io::hdf5 {
namespace {

// Debian's library is built without thread safety.
std::mutex& library_mutex() {
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

/// Keeps the innermost reason of an error stack, which is visited first.
herr_t keep_reason(unsigned n, const H5E_error2_t* entry, void* text) {
  if (n == 0 && entry->desc != nullptr) *static_cast<std::string*>(text) = entry->desc;
  return 0;
}

/// An IEEE-like type of two bytes: 1 sign bit, `exponent_bits`, the rest mantissa.
Handle half_type(std::size_t exponent_bits) {
  Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  const std::size_t mantissa_bits = 15 - exponent_bits;
  H5Tset_fields(type, 15, mantissa_bits, exponent_bits, 0, mantissa_bits);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, (std::size_t{1} << (exponent_bits - 1)) - 1);
  return type;
}

MemoryType integer_type(hid_t stored) {
  const bool is_signed = H5Tget_sign(stored) == H5T_SGN_2;
  const auto native = [](DType dtype, hid_t type) {
    return MemoryType{dtype, Handle(H5Tcopy(type), H5Tclose)};
  };
  switch (H5Tget_size(stored)) {
    case 1:
      return is_signed ? native(DType::int8, H5T_NATIVE_INT8)
                       : native(DType::uint8, H5T_NATIVE_UINT8);
    case 2:
      return is_signed ? native(DType::int16, H5T_NATIVE_INT16)
                       : native(DType::uint16, H5T_NATIVE_UINT16);
    case 4:
      return is_signed ? native(DType::int32, H5T_NATIVE_INT32)
                       : native(DType::uint32, H5T_NATIVE_UINT32);
    case 8:
      return is_signed ? native(DType::int64, H5T_NATIVE_INT64)
                       : native(DType::uint64, H5T_NATIVE_UINT64);
    default:
      return {};
  }
}

MemoryType floating_type(hid_t stored) {
  std::size_t sign_at = 0, exponent_at = 0, exponent_bits = 0, mantissa_at = 0, mantissa_bits = 0;
  H5Tget_fields(stored, &sign_at, &exponent_at, &exponent_bits, &mantissa_at, &mantissa_bits);
  const std::size_t bytes = H5Tget_size(stored);
  if (bytes == 2 && exponent_bits == 5) return {DType::float16, half_type(5)};
  if (bytes == 2 && exponent_bits == 8) return {DType::bfloat16, half_type(8)};
  if (bytes == 4 && exponent_bits == 8)
    return {DType::float32, Handle(H5Tcopy(H5T_NATIVE_FLOAT), H5Tclose)};
  if (bytes == 8 && exponent_bits == 11)
    return {DType::float64, Handle(H5Tcopy(H5T_NATIVE_DOUBLE), H5Tclose)};
  return {};
}

/// h5py's bool: an enumeration of one byte with FALSE = 0 and TRUE = 1.
bool is_bool(hid_t stored) {
  signed char no = -1, yes = -1;
  return H5Tget_size(stored) == 1 && H5Tget_nmembers(stored) == 2 &&
         H5Tenum_valueof(stored, "FALSE", &no) >= 0 && H5Tenum_valueof(stored, "TRUE", &yes) >= 0 &&
         no == 0 && yes == 1;
}

Handle bool_type() {
  Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
  const signed char no = 0, yes = 1;
  H5Tenum_insert(type, "FALSE", &no);
  H5Tenum_insert(type, "TRUE", &yes);
  return type;
}

std::string_view class_name(H5T_class_t type_class) {
  switch (type_class) {
    case H5T_INTEGER:
      return "integers of an unusual size";
    case H5T_FLOAT:
      return "floating-point numbers of an unusual format";
    case H5T_TIME:
      return "times";
    case H5T_STRING:
      return "strings";
    case H5T_BITFIELD:
      return "bit fields";
    case H5T_OPAQUE:
      return "opaque bytes";
    case H5T_COMPOUND:
      return "compounds (complex numbers or records)";
    case H5T_REFERENCE:
      return "references";
    case H5T_ENUM:
      return "enumerations";
    case H5T_VLEN:
      return "lists of variable length";
    case H5T_ARRAY:
      return "arrays";
    default:
      return "an unknown type";
  }
}

}  // namespace

Lock::Lock() : guard_(library_mutex()) {
  H5Eget_auto2(H5E_DEFAULT, &printer_, &printer_data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

// An application that uses the library itself gets its own setting back.
Lock::~Lock() { H5Eset_auto2(H5E_DEFAULT, printer_, printer_data_); }

void fail(const std::string& file, std::string_view path, std::string_view what) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_reason, &reason);
  H5Eclear2(H5E_DEFAULT);
  throw FileError(fmt::format("'{}'{}{}: {}{}{}", file, path.empty() ? "" : ": ", path, what,
                              reason.empty() ? "" : ": ", reason));
}

void refuse(const std::string& file, std::string_view path, std::string_view what) {
  H5Eclear2(H5E_DEFAULT);
  fail(file, path, what);
}

MemoryType memory_type(hid_t stored, bool marked_bfloat16, std::string& why) {
  const H5T_class_t type_class = H5Tget_class(stored);
  MemoryType found;
  if (type_class == H5T_INTEGER) {
    found = integer_type(stored);
  } else if (type_class == H5T_FLOAT) {
    found = floating_type(stored);
  } else if (type_class == H5T_ENUM && is_bool(stored)) {
    found = {DType::boolean, Handle(H5Tcopy(stored), H5Tclose)};
  } else if (type_class == H5T_OPAQUE && H5Tget_size(stored) == 2 && marked_bfloat16) {
    found = {DType::bfloat16, Handle(H5Tcopy(stored), H5Tclose)};
  }
  if (found.dtype == DType::undefined) why = class_name(type_class);
  return found;
}

Handle stored_type(DType dtype) {
  const auto copied = [](hid_t type) { return Handle(H5Tcopy(type), H5Tclose); };
  switch (dtype.code()) {
    case DType::boolean:
      return bool_type();
    case DType::uint8:
      return copied(H5T_STD_U8LE);
    case DType::int8:
      return copied(H5T_STD_I8LE);
    case DType::int16:
      return copied(H5T_STD_I16LE);
    case DType::uint16:
      return copied(H5T_STD_U16LE);
    case DType::int32:
      return copied(H5T_STD_I32LE);
    case DType::uint32:
      return copied(H5T_STD_U32LE);
    case DType::int64:
      return copied(H5T_STD_I64LE);
    case DType::uint64:
      return copied(H5T_STD_U64LE);
    case DType::float16:
      return half_type(5);
    case DType::bfloat16:
      return Handle(H5Tcreate(H5T_OPAQUE, 2), H5Tclose);
    case DType::float32:
      return copied(H5T_IEEE_F32LE);
    case DType::float64:
      return copied(H5T_IEEE_F64LE);
    case DType::undefined:
      break;
  }
  return {};
}

Handle text_type(H5T_cset_t encoding, std::size_t bytes) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, bytes);
  H5Tset_cset(type, encoding);
  if (bytes != H5T_VARIABLE) H5Tset_strpad(type, H5T_STR_NULLPAD);
  return type;
}

}  // namespace weft::io::hdf5
