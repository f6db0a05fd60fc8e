// Errors tell in which layer they happened.
#pragma once
#include <weft/core/error.h>

namespace weft::detail {

/// Throws `error` again as what it is, with `context` appended, unless it already names two layers
/// (the innermost ones say most). An exception of a class of the user's passes unchanged. To be
/// called while `error` is being handled.
[[noreturn]] void rethrow_with_context(const Error& error, const std::string& context);

}  // namespace weft::detail
