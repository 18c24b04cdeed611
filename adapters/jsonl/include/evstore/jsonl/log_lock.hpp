#pragma once

#include <evstore/error.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/lock_note.hpp>
#include <evstore/jsonl/process_mark.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace evstore::jsonl {

/// The right to write to a log, held by one handle at a time: a lock on `<log>.lock`, a file that
/// is never deleted (to lock a file that somebody else may unlink is to lock nothing). The kernel
/// gives it back when the process ends, however it ends. See `lock_note` for the text in the file.
template <file_calls Files>
class log_lock {
public:
  /// Throws `errc::locked`, naming the holder, if another handle or process has it.
  log_lock(const Files& files, const std::string& log_path) : file_{open(files, log_path)} {
    if (file_.calls().try_lock(file_.descriptor()) == 0) {
      found_ = lock_note::read(file_);
      return;
    }
    if (errno != EAGAIN && errno != EACCES) throw file_error(errno, "cannot lock", file_.path());
    refuse(lock_note::read(file_), log_path);
  }

  /// Takes the right to the file itself, too, which may have another name (a hard link) with a lock of
  /// its own. Throws as the constructor does.
  void extend_to(const file<Files>& log) {
    log_ = file<Files>{log.calls(), log.path(), O_RDWR};
    if (log_.calls().try_lock(log_.descriptor()) == 0) return;
    if (errno != EAGAIN && errno != EACCES) throw file_error(errno, "cannot lock", log_.path());
    error_place place;
    place.file = log_.path();
    throw error{errc::locked, "this file is open for writing under another name (a hard link)",
                std::move(place)};
  }

  /// What the writer before left.
  [[nodiscard]] const lock_note& found() const noexcept { return found_; }

  /// A forked child shares the lock, and so must not write: the parent goes on.
  [[nodiscard]] bool is_ours() const noexcept {
    return process_.is_ours() || detail::broken_rule == detail::rule::forked_children_are_refused;
  }

  /// Names this process as the holder, which shows what is `shown` of the log to other handles, or
  /// everything. No failure matters: the text is a hint.
  void note_open(durable_mark durable, std::optional<std::uint64_t> shown) const {
    note({shown, static_cast<std::uint64_t>(process_.maker()), durable, std::nullopt});
  }
  /// For a log that was opened with something `shown`, each time that there is more. If this fails,
  /// other handles see it with the next one.
  void note_shown(std::uint64_t bytes) const noexcept {
    std::array<char, lock_note::shown_size> line;
    static_cast<void>(file_.write(lock_note::shown_line(bytes, line), 0));
  }
  void note_closed(durable_mark durable, file_stamp stamp) const {
    note({std::nullopt, std::nullopt, durable, stamp});
  }

private:
  /// Names the log, which is what the user has named: a folder that is not there, or that nobody may
  /// write to, is found out here.
  static file<Files> open(const Files& files, const std::string& log_path) try {
    return {files, log_path + ".lock", O_RDWR | O_CREAT};
  } catch (const error& why) {
    error_place place;
    place.file = log_path;
    throw error{why.code(), "the lock beside the log: " + why.message(), std::move(place)};
  }

  void note(const lock_note& now) const {
    if (file_.truncate(0) == 0) static_cast<void>(file_.write(now.text(), 0));
  }

  [[noreturn]] static void refuse(const lock_note& note, const std::string& log_path) {
    error_place place;
    place.file = log_path;
    std::string who = "another process";
    if (note.writer == static_cast<std::uint64_t>(::getpid()))
      who = "another handle of this process";
    else if (note.writer)
      who = "process " + std::to_string(*note.writer);
    throw error{errc::locked, who + " has this log open for writing; open it for reading, or wait",
                std::move(place)};
  }

  file<Files> file_;
  file<Files> log_; // a descriptor of its own: readers that outlive the writer have the other one
  lock_note found_;
  process_mark process_;
};

} // namespace evstore::jsonl
