// Files as tests see them.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weft::test {

/// What a file holds. Throws when it cannot be opened.
std::string text_of(const std::string& path);

std::vector<std::byte> bytes_of(std::string_view text);

/// The names in a folder, sorted.
std::vector<std::string> files_in(const std::string& folder);

}  // namespace weft::test
