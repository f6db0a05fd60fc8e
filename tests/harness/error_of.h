// The text of an error, for tests of messages.
#pragma once
#include <string>

namespace weft::test {

/// What `f` throws, which must be an E (not a class derived from something else); otherwise a text
/// that no message is.
template <class E, class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& other) {
    return std::string("(another class of error was thrown: ") + other.what() + ")";
  }
  return "(nothing was thrown)";
}

}  // namespace weft::test
