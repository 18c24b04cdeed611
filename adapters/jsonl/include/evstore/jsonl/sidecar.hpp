#pragma once

#include <evstore/jsonl/crc32c.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/seal.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

/// What files beside a log have in common: they are written under another name and then put in their
/// place, and those that people may look at are one line that is sealed like a record of the log,
/// its crc continued from nothing.

namespace evstore::jsonl {

/// Lets `write(file)` write a new file under the name of `draft`, and gives it the name of `path`.
/// So there is a whole file under that name, or the one before, or none. With `synced` its bytes are
/// durable before its name is, and its name is with the next sync of its directory.
template <file_calls Files, class Write>
void put_in_place(Files files, const std::string& path, const std::string& draft, bool synced,
                  Write write) {
  try {
    file<Files> out = file<Files>::create_new(files, draft);
    if (!out.is_open()) { // left by a writer that was killed
      files.unlink(draft.c_str());
      out = file<Files>{files, draft, O_WRONLY | O_CREAT | O_EXCL};
    }
    write(out);
    if (synced) out.sync();
    if (files.rename(draft.c_str(), path.c_str()) != 0)
      throw file_error(errno, "cannot put in place", path);
  } catch (...) {
    files.unlink(draft.c_str());
    throw;
  }
}

inline std::string crc_digits_of(std::uint32_t crc) {
  std::string digits(crc_digits, '0');
  write_crc(digits.data(), crc);
  return digits;
}

/// The line of a JSON object that lacks its last brace.
inline std::string sealed_line(std::string text) {
  const std::uint32_t crc = crc32c(0, text);
  return text.append(seal_begin).append(crc_digits_of(crc)).append(seal_end).append("\n");
}

/// The object again; nothing, if the text is anything but such a line, or, unless it is `checked`, a
/// line that was altered.
inline std::optional<std::string_view> unsealed(std::string_view text, bool checked = true) {
  if (!text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  if (!is_sealed(text) || (checked && count_intact({&text, 1}, 0) != 1)) return std::nullopt;
  return sealed_part(text);
}

/// Reads such an object from front to back. Each function says whether that is what comes next.
class text_reader {
public:
  explicit text_reader(std::string_view text) noexcept : rest_{text} {}

  bool take(std::string_view literal) noexcept {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }
  bool number(std::uint64_t& out) noexcept {
    const auto [end, failed] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return failed == std::errc{};
  }
  /// Eight hexadecimal digits.
  bool crc(std::uint32_t& out) noexcept {
    const auto parsed = parse_crc(rest_.substr(0, crc_digits));
    rest_.remove_prefix(std::min(crc_digits, rest_.size()));
    out = parsed.value_or(0);
    return parsed.has_value();
  }
  /// What was not read yet.
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

private:
  std::string_view rest_;
};

} // namespace evstore::jsonl
