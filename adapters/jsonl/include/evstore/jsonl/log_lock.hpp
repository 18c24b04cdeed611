#pragma once

#include <evstore/error.hpp>
#include <evstore/jsonl/file.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace evstore::jsonl {

/// How much of the log was known to be durable when a writer last opened or closed it.
struct durable_mark {
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
};

/// The right to write to a log, held by one handle at a time: a lock on `<log>.lock`, a file that
/// is never deleted (to lock a file that somebody else may unlink is to lock nothing). The kernel
/// gives it back when the process ends, however it ends. The text in the file is for people, but
/// for one line, `durable POSITION BYTES`: a hint for recovery, which is never relied on to accept
/// anything.
template <file_calls Files>
class log_lock {
public:
  log_lock() = default;

  /// Throws `errc::locked`, naming the holder, if another handle or process has it.
  log_lock(const Files& files, const std::string& log_path)
      : file_{files, log_path + ".lock", O_RDWR | O_CREAT} {
    const std::string text = read();
    if (file_.calls().try_lock(file_.descriptor()) != 0) {
      if (errno != EAGAIN && errno != EACCES) throw file_error(errno, "cannot lock", file_.path());
      refuse(text, log_path);
    }
    mark_ = number_pair(text, "durable ");
    writer_ = ::getpid();
  }

  /// What the writer before left.
  [[nodiscard]] const std::optional<durable_mark>& mark() const noexcept { return mark_; }

  /// A forked child shares the lock, and so must not write: the parent goes on.
  [[nodiscard]] bool is_ours() const noexcept { return writer_ == ::getpid(); }

  /// Names this process as the holder. Failures are none: the text is a hint.
  void note_open(durable_mark durable) const noexcept {
    note("writer " + std::to_string(writer_) + "\n" + line(durable));
  }
  void note_closed(durable_mark durable) const noexcept { note(line(durable)); }

private:
  static std::string line(durable_mark durable) {
    return "durable " + std::to_string(durable.position) + " " + std::to_string(durable.bytes) +
           "\n";
  }
  void note(const std::string& text) const noexcept {
    if (file_.truncate(0) == 0) static_cast<void>(file_.write(text, 0));
  }

  [[nodiscard]] std::string read() const {
    std::array<char, 256> text;
    return {text.data(), file_.read(text.data(), text.size(), 0)};
  }

  [[noreturn]] static void refuse(std::string_view text, const std::string& log_path) {
    error_place place;
    place.file = log_path;
    const auto holder = number_pair(text, "writer ");
    std::string who = "another process";
    if (holder && holder->position == static_cast<std::uint64_t>(::getpid()))
      who = "another handle of this process";
    else if (holder)
      who = "process " + std::to_string(holder->position);
    throw error{errc::locked, who + " has this log open for writing; open it for reading, or wait",
                std::move(place)};
  }

  /// The one or two numbers behind `key`, or nothing.
  static std::optional<durable_mark> number_pair(std::string_view text, std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    const char* const end = text.data() + text.size();
    durable_mark numbers;
    const auto first = std::from_chars(text.data() + at + key.size(), end, numbers.position);
    if (first.ec != std::errc{}) return std::nullopt;
    if (first.ptr != end && *first.ptr == ' ') std::from_chars(first.ptr + 1, end, numbers.bytes);
    return numbers;
  }

  file<Files> file_;
  std::optional<durable_mark> mark_;
  pid_t writer_ = 0;
};

} // namespace evstore::jsonl
