#pragma once

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/admissibility.hpp>
#include <evstore/jsonl/commit_scan.hpp>
#include <evstore/jsonl/lock_note.hpp>
#include <evstore/jsonl/log_lock.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/recovery.hpp>
#include <evstore/jsonl/renumbering.hpp>
#include <evstore/jsonl/survey.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::jsonl {

/// One thing that is wrong with a log.
struct defect {
  std::uint64_t line = 0; ///< from 1
  std::uint64_t byte = 0; ///< where the line begins
  std::uint64_t size = 0; ///< of the line
  std::string what{};
};

struct verify_report {
  std::uint64_t records = 0;          ///< that can be relied on
  std::uint64_t without_checksum = 0; ///< of them
  std::vector<defect> defects{};      ///< by place
  std::optional<torn_tail> torn{};    ///< the unfinished append that opening would cut off
  std::vector<defect> foreign{};      ///< records that are read and that no append would take, so
                                      ///< that they cannot be copied: another program wrote them

  /// Whether opening the log would lose or refuse nothing.
  [[nodiscard]] bool is_sound() const noexcept { return defects.empty(); }
};

/// What repairing did.
struct repair_report {
  std::uint64_t records = 0;     ///< that the log has now
  std::vector<defect> dropped{}; ///< lines that are not in it any more; none: nothing was done
  std::string original{};        ///< where the log as it was is kept; empty if nothing was done
};

namespace detail {

inline defect defect_of(const surveyed_line& line, std::string_view what) {
  return {line.number, line.offset, line.size, std::string{what}};
}

template <file_calls Files>
verify_report verify(shared_log<Files> log, const log_extent& extent) {
  const std::string& path = log.log.path();
  const Files& files = log.log.calls();
  verify_report report;
  admissibility appends;
  log_survey{log.log, extent, [&](const surveyed_line& line) {
               if (!line.what.empty()) report.defects.push_back(defect_of(line, line.what));
               if (!line.event) return;
               ++report.records;
               if (const std::string why = appends.defect_of(*line.event); !why.empty())
                 report.foreign.push_back(defect_of(line, why));
             }};
  // The lines may be sound each by itself and not together: parts of commits, versions.
  try {
    log.end.offset = first_offset(log.log);
    auto found = commit_scan<Files>{log.log, log.end, extent.content, log.index}.run();
    report.without_checksum = log.end.unsealed;
    std::optional<durable_mark> mark; // what opening goes by, too
    try {
      mark = lock_note::read(file<Files>{files, path + ".lock", O_RDONLY}).durable;
    } catch (const error&) { // a log without a lock has no mark either
    }
    if (!found) found = lost_in_filler(log.end, extent, mark);
    if (!found) return report;
    if (report.defects.empty())
      report.defects.push_back(
          {found->position, found->offset, extent.content - found->offset, found->what});
    report.torn = judge(log.log, *found, log.end, extent, mark);
  } catch (const error& why) {
    if (why.code() != errc::corrupt) throw;
    if (report.defects.empty())
      report.defects.push_back(
          {why.place().line.value_or(0), why.place().byte.value_or(0), 0, why.message()});
  }
  return report;
}

/// Of a log that somebody writes to, what may be shown.
template <file_calls Files>
verify_report verify(const std::string& path, const Files& files) {
  require_regular(files, path, true);
  file<Files> log = open_regular(files, path, O_RDONLY);
  shown_extent<Files> shown{files, path};
  const log_extent extent = log_extent::of(log, shown);
  return verify(shared_log<Files>{std::move(log)}, extent);
}

/// Appends the events of a surveyed log to a new one, commit by commit; a commit of which a part is
/// lost is lost as a whole.
template <file_calls Files>
class salvage {
public:
  explicit salvage(basic_adapter<Files>& into) : into_{into} {}

  void take(const surveyed_line& line) {
    if (!line.event) return drop_parts(&line, line.what);
    const commit_part part = line.event->commit;
    if (part.index != parts_.size() + 1 ||
        (!parts_.empty() && part.count != parts_[0].commit.count))
      drop_parts(nullptr, {});
    if (part.index != parts_.size() + 1)
      return drop_parts(&line, "other parts of its commit are lost");
    parts_.emplace_back(*line.event);
    lines_.push_back(defect_of(line, "other parts of its commit are lost"));
    if (part.index == part.count) append();
  }

  std::vector<defect> finish() {
    drop_parts(nullptr, {});
    return std::move(dropped_);
  }

private:
  void drop_parts(const surveyed_line* line, std::string_view what) {
    dropped_.insert(dropped_.end(), lines_.begin(), lines_.end());
    if (line != nullptr) dropped_.push_back(defect_of(*line, what));
    parts_.clear();
    lines_.clear();
  }

  void append() {
    std::vector<std::vector<std::string_view>> tags;
    std::vector<std::string> data;
    std::vector<new_event> events;
    std::vector<stream_write> writes;
    for (const event_record& part : parts_) tags.emplace_back(part.tags.begin(), part.tags.end());
    renumber(data);
    for (std::size_t i = 0; i < parts_.size(); ++i)
      events.push_back({.type = parts_[i].type,
                        .data = json_view::trusted(data[i]),
                        .schema = parts_[i].schema,
                        .id = parts_[i].id,
                        .tags = tags[i],
                        .metadata = json_view::trusted(parts_[i].metadata),
                        .time = parts_[i].time});
    for (std::size_t i = 0, end = 0; i < parts_.size(); i = end) {
      while (end < parts_.size() && parts_[end].stream == parts_[i].stream) ++end;
      writes.push_back({parts_[i].stream, any, {&events[i], end - i}});
    }
    if (const std::string why = refusal_of({writes, {}}); !why.empty()) {
      for (defect& line : lines_) line.what = "no append would take its commit: " + why;
      return drop_parts(nullptr, {});
    }
    parts_.clear();
    lines_.clear();
  }

  /// Appends the commit, or says why that cannot be: another program may have written anything.
  std::string refusal_of(const commit_view& commit) {
    try {
      const append_result appended = into_.append(commit);
      if (!appended) return appended.error().to_string();
      return appended->replayed ? "its ids stand in an earlier one" : "";
    } catch (const error& why) {
      if (why.code() != errc::invalid_argument && why.code() != errc::invalid_payload) throw;
      return why.message();
    }
  }

  /// Each part's data once its version is another.
  void renumber(std::vector<std::string>& data) {
    std::map<std::string_view, stream_version> versions;
    for (const event_record& part : parts_) {
      const auto known = versions.try_emplace(part.stream, stream_version{});
      stream_version& version = known.first->second;
      if (known.second) version = into_.state_of(part.stream).version;
      version = version.next();
      renumbered_.keep(part.stream, part.version, version);
      data.push_back(renumbered_.data(part));
    }
  }

  basic_adapter<Files>& into_;
  renumbering renumbered_;
  std::vector<event_record> parts_; // of the present commit
  std::vector<defect> lines_;       // theirs
  std::vector<defect> dropped_;
};

/// Before a lock is made beside what may be somebody's text.
template <file_calls Files>
void require_log(const std::string& path, const Files& files) {
  const file<Files> log = open_regular(files, path, O_RDONLY);
  if (begins_like_a_log(log, first_offset(log))) return;
  if (verify(path, files).records == 0)
    throw data_error(errc::invalid_argument, no_log, path, first_offset(log));
}

template <file_calls Files>
repair_report repair(const std::string& path, const Files& files) {
  require_regular(files, path, true);
  require_log(path, files);
  const log_lock<Files> lock{files, path};
  repair_report report;
  file<Files> log = open_regular(files, path, O_RDONLY);
  const log_extent extent = log_extent::of(log);
  if (const verify_report found = verify(shared_log<Files>{std::move(log)}, extent);
      found.is_sound()) {
    report.records = found.records;
    return report;
  }
  const std::string draft = path + ".repairing";
  Files calls = files;
  checkpoint<Files> index_of_draft{files, draft};
  calls.unlink(draft.c_str()); // of a repair that did not come to its end
  index_of_draft.remove();
  {
    auto repaired = basic_adapter<Files>::open(draft, {.durability = durability::none()}, files);
    salvage<Files> kept{repaired};
    log_survey{open_regular(files, path, O_RDONLY), extent,
               [&](const surveyed_line& line) { kept.take(line); }};
    report.dropped = kept.finish();
    report.records = repaired.head().value();
    repaired.sync(); // closing does it, too, and cannot say if it failed
  }
  index_of_draft.remove();

  for (int attempt = 1; report.original.empty(); ++attempt) {
    const std::string name = path + ".damaged-" + std::to_string(attempt);
    if (calls.link(path.c_str(), name.c_str()) == 0)
      report.original = name;
    else if (errno != EEXIST)
      throw file_error(errno, "cannot keep the damaged log", name);
  }
  sync_directory(files, directory_of(path));
  const std::uint64_t size = open_regular(files, draft, O_RDONLY).size();
  if (calls.rename(draft.c_str(), path.c_str()) != 0)
    throw file_error(errno, "cannot put the repaired log in place", path);
  sync_directory(files, directory_of(path));
  calls.unlink((draft + ".lock").c_str());
  lock.note_closed({report.records, size}, {});
  return report;
}

} // namespace detail

/// Reads the whole log and says everything that is wrong with it, naming lines and bytes; of one that
/// somebody writes to, as far as it is acknowledged. Changes nothing. Throws `error` only where the file cannot be read.
[[nodiscard]] inline verify_report verify(const std::string& path) {
  return detail::verify(path, posix_files{});
}

/// Makes a damaged log whole again by leaving out what cannot be relied on: damaged records, and all
/// of a commit of which a part is damaged. The events that remain are numbered anew, as positions
/// and versions have no gaps, and truncations hide the same events by their new numbers; snapshots of
/// what comes behind the first damage no longer fit and are ignored. The log as it was stays beside
/// it, as `<path>.damaged-N`. A sound log is left alone.
///
/// Throws `locked` while somebody writes to the log, `storage_full` if there is no room for a second
/// copy, and `invalid_argument` for a file in which nothing is a record, as it may be no log at all;
/// the file is then as it was.
inline repair_report repair(const std::string& path) { return detail::repair(path, posix_files{}); }

} // namespace evstore::jsonl
