#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace evstore::convex {

/// `a%20b` as the text that it is; nothing for an escape that is none (RFC 3986, 2.1). In forms and
/// queries a plus stands for a space, in paths for itself.
inline std::optional<std::string> from_percent(std::string_view text, char plus = '+') {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i] == '+' ? plus : text[i];
      continue;
    }
    unsigned code = 0;
    const char* const digits = text.data() + i + 1;
    if (text.size() - i < 3 || std::from_chars(digits, digits + 2, code, 16).ptr != digits + 2)
      return std::nullopt;
    plain += static_cast<char>(code);
    i += 2;
  }
  return plain;
}

} // namespace evstore::convex
