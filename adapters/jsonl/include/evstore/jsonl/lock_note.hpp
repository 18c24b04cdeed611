#pragma once

#include <evstore/jsonl/file.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace evstore::jsonl {

/// How much of the log was known to be durable when a writer last opened or closed it.
struct durable_mark {
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
};

/// What tells a file that was not touched since from one that was.
struct file_stamp {
  std::uint64_t bytes = 0;
  std::uint64_t modified = 0; ///< nanoseconds
  std::uint64_t inode = 0;

  static file_stamp of(const struct stat& status) noexcept {
    return {static_cast<std::uint64_t>(status.st_size),
            static_cast<std::uint64_t>(status.st_mtim.tv_sec) * 1'000'000'000U +
                static_cast<std::uint64_t>(status.st_mtim.tv_nsec),
            static_cast<std::uint64_t>(status.st_ino)};
  }
  friend bool operator==(const file_stamp&, const file_stamp&) = default;
};

/// The text in `<log>.lock`: a line for each thing that is known,
///
///     shown BYTES BYTES
///     writer PID
///     durable POSITION BYTES
///     closed BYTES NANOSECONDS INODE
///
/// `writer` while one has the log open, or if it did not come to close it; `closed` otherwise.
/// Hints, written without a sync: they may make recovery more careful, and never less.
///
/// `shown` is there while a writer has the log open that acknowledges what is synced: how much of it
/// is, and so may be shown by others. It is written over with each commit; its number stands there
/// twice, so that who reads it meanwhile can tell.
struct lock_note {
  std::optional<std::uint64_t> shown{};
  std::optional<std::uint64_t> writer{};
  std::optional<durable_mark> durable{};
  std::optional<file_stamp> closed{};

  [[nodiscard]] std::string text() const {
    std::string lines;
    const auto line = [&](std::string_view key, std::initializer_list<std::uint64_t> numbers) {
      lines.append(key);
      for (const std::uint64_t number : numbers) lines.append(" ").append(std::to_string(number));
      lines.append("\n");
    };
    std::array<char, shown_size> first;
    if (shown) lines = shown_line(*shown, first);
    if (writer) line("writer", {*writer});
    if (durable) line("durable", {durable->position, durable->bytes});
    if (closed) line("closed", {closed->bytes, closed->modified, closed->inode});
    return lines;
  }

  /// Bytes of the first line, whatever its number is.
  static constexpr std::size_t shown_size = std::string_view{"shown  \n"}.size() + 2 * 20;

  static std::string_view shown_line(std::uint64_t bytes, std::array<char, shown_size>& out) {
    std::copy_n("shown ", 6, out.begin());
    for (std::size_t digit = 0; digit < 20; ++digit, bytes /= 10)
      out[25 - digit] = out[46 - digit] = static_cast<char>('0' + bytes % 10);
    out[26] = ' ';
    out[47] = '\n';
    return {out.data(), out.size()};
  }

  static lock_note parse(std::string_view text) {
    lock_note note;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      if (const auto two = numbers<2>(line, "shown"); two && (*two)[0] == (*two)[1])
        note.shown = (*two)[0];
      if (const auto one = numbers<1>(line, "writer")) note.writer = (*one)[0];
      if (const auto two = numbers<2>(line, "durable")) note.durable = {(*two)[0], (*two)[1]};
      if (const auto three = numbers<3>(line, "closed"))
        note.closed = {(*three)[0], (*three)[1], (*three)[2]};
    }
    return note;
  }

  template <file_calls Files>
  static lock_note read(const file<Files>& from) {
    std::array<char, 256> text;
    return parse({text.data(), from.read(text.data(), text.size(), 0)});
  }

  /// `shown` alone, which may be written meanwhile.
  template <file_calls Files>
  static std::optional<std::uint64_t> read_shown(const file<Files>& from) {
    constexpr int patience = 1000; // with a number that nobody is writing
    for (int attempt = 1;; ++attempt) {
      std::array<char, shown_size> text;
      const std::string_view found{text.data(), from.read(text.data(), text.size(), 0)};
      const std::optional<std::uint64_t> shown = parse(found).shown;
      if (shown || !found.starts_with("shown") || attempt == patience) return shown;
    }
  }

private:
  template <std::size_t N>
  static std::optional<std::array<std::uint64_t, N>> numbers(std::string_view line,
                                                             std::string_view key) {
    if (!line.starts_with(key)) return std::nullopt;
    std::array<std::uint64_t, N> found{};
    const char* at = line.data() + key.size();
    const char* const end = line.data() + line.size();
    for (std::uint64_t& number : found) {
      if (at == end || *at != ' ') return std::nullopt;
      const auto [behind, failed] = std::from_chars(at + 1, end, number);
      if (failed != std::errc{}) return std::nullopt;
      at = behind;
    }
    return at == end ? std::optional{found} : std::nullopt;
  }
};

} // namespace evstore::jsonl
