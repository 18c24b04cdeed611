#pragma once

#include <evstore/jsonl/checkpoint.hpp>
#include <evstore/jsonl/commit_scan.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/filler.hpp>
#include <evstore/jsonl/lock_note.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/record_reader.hpp>
#include <evstore/jsonl/shared_log.hpp>
#include <evstore/jsonl/shown_extent.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// What happens between the opening of a file and the first answer: the log is read and checked,
/// and its end put in order.

namespace evstore::jsonl {

/// Throws what the user can understand for a path that leads to something other than a file, and
/// with `must_exist` for one that leads nowhere.
template <file_calls Files>
void require_regular(Files files, const std::string& path, bool must_exist) {
  const auto refuse = [&](std::string_view why) {
    error_place place;
    place.file = path;
    throw error{errc::invalid_argument, why, std::move(place)};
  };
  struct stat found {};
  if (path.empty()) refuse("the log has no name");
  if (files.lstat(path.c_str(), &found) != 0) {
    if (must_exist || errno != ENOENT) throw file_error(errno, "cannot open the log", path);
    return;
  }
  // Two names of a log would have two locks, and so two writers.
  if (S_ISLNK(found.st_mode)) refuse("the log is a symbolic link; name the file it leads to");
  if (S_ISDIR(found.st_mode)) refuse("the log is a directory; name a file");
  if (!S_ISREG(found.st_mode)) refuse("the log is no regular file");
}

/// Opens the log's file. What appeared there since it was looked at is not followed or waited for.
template <file_calls Files>
file<Files> open_regular(const Files& files, const std::string& path, int flags) {
  file<Files> opened{files, path, flags};
  if (!S_ISREG(opened.status().st_mode)) require_regular(files, path, true);
  return opened;
}

/// Whether the file begins as our own writer begins one, as far as it goes; where a crash kept the
/// bytes from the disk there are zeros. Anything else that has no first record is somebody's file,
/// and not ours to cut.
template <file_calls Files>
bool begins_like_a_log(const file<Files>& log, std::uint64_t from) {
  constexpr std::string_view start = R"({"position":1,"stream":")";
  std::array<char, start.size()> begin;
  const std::string_view text{begin.data(), log.read(begin.data(), begin.size(), from)};
  const std::size_t arrived = std::min(text.find('\0'), text.size());
  return text.substr(0, arrived) == start.substr(0, arrived) &&
         text.find_first_not_of('\0', arrived) == text.npos;
}

/// What opening and repairing refuse to take for a log.
inline constexpr std::string_view no_log = "nothing in this file can be read: is it an event log?";

/// How far the file of a log reaches.
struct log_extent {
  std::uint64_t content; ///< without the filler
  std::uint64_t size;

  template <file_calls Files>
  static log_extent of(const file<Files>& log) {
    const std::uint64_t size = log.size();
    return {end_of_content(log, size), size};
  }
  /// Without what may not be shown yet.
  template <file_calls Files>
  static log_extent of(const file<Files>& log, shown_extent<Files>& shown) {
    const std::uint64_t size = log.size();
    return {end_of_content(log, shown.within(size)), size};
  }
};

/// What is wrong with a log that has no flaw and yet ends too early: where records were when a
/// writer last left, there is filler now.
inline std::optional<flaw> lost_in_filler(const log_end& end, const log_extent& extent,
                                          const std::optional<durable_mark>& mark) {
  if (!mark || end.position >= mark->position || extent.content == extent.size ||
      extent.size < mark->bytes || detail::broken_rule == detail::rule::filler_hides_no_records)
    return std::nullopt;
  return flaw{"blanks or zeros stand where records were", end.offset, end.position + 1, false,
              end.position > end.unsealed};
}

/// Tells a torn tail from damage. Torn is what nothing vouches for, neither a later record nor the
/// mark that the last writer left: it was never acknowledged. Throws `errc::corrupt` for damage.
template <file_calls Files>
torn_tail judge(const file<Files>& log, const flaw& found, const log_end& end,
                const log_extent& extent, const std::optional<durable_mark>& mark) {
  const auto damaged = [&](std::string_view advice) {
    throw data_error(errc::corrupt, found.what + std::string{advice}, log.path(), found.offset,
                     found.position);
  };
  if (end.position == 0 && !begins_like_a_log(log, end.offset)) damaged("; " + std::string{no_log});
  if (found.intact) damaged("; its checksum fits, so it was written like this");
  if (found.sealed_log || end.position == 0) {
    // A file that is shorter than it was has lost its end. One that is not was altered.
    const bool was_durable = mark && found.position <= mark->position;
    const bool lost_its_end = found.cut_short && mark && extent.size < mark->bytes;
    if (((was_durable && !lost_its_end) || is_vouched_for(log, found, extent.content)) &&
        detail::broken_rule != detail::rule::damage_is_never_cut)
      damaged(" in a part of the log that was durable; see jsonl::verify and jsonl::repair");
  } else if (!found.cut_short) {
    damaged("; see jsonl::verify and jsonl::repair");
  }
  return {end.offset, extent.content - end.offset, end.position + 1, found.what, {}};
}

/// Copies what is cut off the log into a file beside it, and makes that durable.
template <file_calls Files>
std::string keep_aside(const file<Files>& log, std::uint64_t from, std::uint64_t to,
                       std::string_view kind) {
  const std::string base = log.path() + "." + std::string{kind} + "-" + std::to_string(from);
  file<Files> aside;
  for (int attempt = 1; !aside.is_open(); ++attempt) {
    const std::string name = attempt == 1 ? base : base + "-" + std::to_string(attempt);
    aside = file<Files>::create_new(log.calls(), name);
  }
  const auto chunk = std::make_unique_for_overwrite<char[]>(line_window<Files>::chunk_size);
  for (std::uint64_t at = from; at < to;) {
    const std::size_t got =
        log.read(chunk.get(), std::min<std::uint64_t>(line_window<Files>::chunk_size, to - at), at);
    if (got == 0) break;
    aside.write_or_throw({chunk.get(), got}, at - from);
    at += got;
  }
  aside.sync();
  sync_directory(log.calls(), directory_of(log.path()));
  return aside.path();
}

/// Cuts a torn tail off, once its bytes are safe in a file of their own.
template <file_calls Files>
void cut_off(const file<Files>& log, torn_tail& torn) {
  if (torn.bytes == 0) return;
  torn.kept_in = keep_aside(log, torn.offset, torn.offset + torn.bytes, "torn");
  log.truncate_or_throw(torn.offset);
  log.sync();
}

/// Cuts off the filler that a writer left who did not come to close the log. If the power goes before
/// that is on the disk, the filler is there again, and so is the next one who cuts it.
template <file_calls Files>
void cut_filler(const file<Files>& log, const log_end& end) {
  if (log.size() > end.offset) log.truncate_or_throw(end.offset);
}

inline void describe(open_report& report, const log_end& end,
                     const std::optional<durable_mark>& mark) {
  report.without_checksum = end.unsealed;
  if (report.torn) {
    std::string text = std::to_string(report.torn->bytes) +
                       " bytes of an unfinished append at byte " +
                       std::to_string(report.torn->offset) + " (" + report.torn->what + ")";
    text += report.torn->kept_in.empty() ? " are passed over"
                                         : " were cut off and kept in " + report.torn->kept_in;
    report.warnings.push_back(std::move(text));
  }
  if (mark && end.position < mark->position)
    report.warnings.push_back("the log ends at position " + std::to_string(end.position) +
                              "; when it was last closed it ended at position " +
                              std::to_string(mark->position));
  if (end.unsealed != 0)
    report.warnings.push_back(std::to_string(end.unsealed) +
                              " records were written by another program and have no checksum");
}

/// Reads the log from `log.end` on into `log.index`. Throws for damage; says what is torn.
template <file_calls Files>
std::optional<torn_tail> scan_log(shared_log<Files>& log, const log_extent& extent,
                                  const std::optional<durable_mark>& mark) {
  if (log.end.offset == 0) log.end.offset = first_offset(log.log);
  auto found = commit_scan<Files>{log.log, log.end, extent.content, log.index}.run();
  if (!found) found = lost_in_filler(log.end, extent, mark);
  if (!found) return std::nullopt;
  return judge(log.log, *found, log.end, extent, mark);
}

/// Throws what opening throws for a file that is no log, before a lock is made beside it.
template <file_calls Files>
void look_before_locking(Files files, const std::string& path) {
  struct stat found {};
  if (files.lstat((path + ".lock").c_str(), &found) == 0) return; // it was a log before
  if (files.lstat(path.c_str(), &found) != 0) return;
  shared_log<Files> log{open_regular(files, path, O_RDONLY)};
  const std::uint64_t begin = first_offset(log.log);
  if (begins_like_a_log(log.log, begin)) return;
  line_window<Files> window{log.log, begin, log_extent::of(log.log).content, 1};
  std::array<std::string_view, 1> first;
  const auto batch = window.next(first);
  record_reader reader;
  event_view event;
  if (batch.lines.empty() || !reader.read(trimmed(batch.lines[0]), 1, event).defect) return;
  static_cast<void>(scan_log(log, log_extent::of(log.log), std::nullopt));
}

/// Makes `log` show what the file holds: from where the checkpoint ends, if there is one that can be
/// trusted, or from the beginning. `prepare(offset)` is called before anything behind the offset is
/// read, and says how far to read.
template <file_calls Files, class Prepare>
std::optional<torn_tail> read_log(shared_log<Files>& log, const checkpoint<Files>& kept,
                                  const lock_note& note, Prepare prepare) {
  if (kept.resume(log, note)) {
    const log_extent extent = prepare(page_begin(log.end.offset));
    try {
      return scan_log(log, extent, note.durable);
    } catch (const pages_damaged&) {
    } catch (const error& why) {
      if (why.code() != errc::corrupt) throw;
    }
    log.index = log_index<Files>{}; // in any doubt, all of it once more
    log.end = log_end{};
    log.durable_bytes = 0;
  }
  return scan_log(log, prepare(0), note.durable);
}

} // namespace evstore::jsonl
