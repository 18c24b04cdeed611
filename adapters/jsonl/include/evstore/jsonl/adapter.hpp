#pragma once

#include <evstore/adapter.hpp>
#include <evstore/jsonl/append_group.hpp>
#include <evstore/jsonl/checkpoint.hpp>
#include <evstore/jsonl/cursor.hpp>
#include <evstore/jsonl/files.hpp>
#include <evstore/jsonl/log_follower.hpp>
#include <evstore/jsonl/log_writer.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/recovery.hpp>
#include <evstore/jsonl/shared_log.hpp>
#include <evstore/jsonl/snapshot_files.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

namespace evstore::jsonl {

/// A store in a JSONL file: one event a line, crash-safe, readable by people and by any JSON tool.
/// Opened by `open` and `open_read_only`. Copies of a handle share one open log, which is closed
/// with the last of them: a subscription keeps one.
///
/// One open log writes to a file at a time, any number of others in any number of processes read
/// it, and see new commits as they are made. All functions but the destructor and the move may be
/// called by any number of threads at once. Cursors may outlive the handle. A handle that was moved
/// from answers every call with `errc::invalid_argument`.
///
/// Limits: 4,294,967,294 events, 256 MiB a record, local file systems. Index memory: see
/// `log_index`.
template <file_calls Files>
class basic_adapter {
public:
  /// Opens for writing; see `open`.
  static basic_adapter open(const std::string& log_path, const options& how,
                            const Files& files = {}) {
    const std::string path = settled_path(files, log_path);
    basic_adapter opened{files, path};
    require_regular(files, path, !how.create);
    look_before_locking(files, path);
    log_lock<Files> lock{files, path};
    file<Files> log = open_regular(files, path, O_RDWR | (how.create ? O_CREAT : 0));
    lock.extend_to(log);
    log.sync();
    sync_directory(files, directory_of(path));
    opened.log_ = std::make_shared<shared_log<Files>>(std::move(log));
    shared_log<Files>& shared = *opened.log_;
    shared.checksums = how.checksums;
    checkpoint<Files> kept{files, path};
    std::optional<torn_tail>& torn = opened.report_.torn;
    torn = read_log(shared, kept, lock.found(), [&](std::uint64_t offset) {
      // What a failed sync left in the page cache may not be on the disk: it must not be believed.
      Files{files}.drop_cache(shared.log.descriptor(), static_cast<off_t>(offset));
      return log_extent::of(shared.log);
    });
    std::optional<torn_tail> uncut;
    if (torn) {
      try {
        cut_off(shared.log, *torn);
      } catch (const error& why) {
        if (why.code() != errc::storage_full) throw; // a full disk can still be read
        uncut = torn;
      }
    }
    if (!uncut) {
      cut_filler(shared.log, shared.end);
      close_last_line(shared.log, shared.end);
    }
    shared.durable_bytes = uncut ? 0 : shared.end.offset;
    describe(opened.report_, shared.end, lock.found().durable);
    kept.save_and_resume(shared, how.durability.syncs());
    opened.writer_ = std::shared_ptr<log_writer<Files>>(
        new log_writer<Files>(opened.log_, std::move(lock), std::move(kept), how, std::move(uncut)),
        typename log_writer<Files>::deleter{});
    return opened;
  }

  /// Opens for reading; see `open_read_only`.
  static basic_adapter open_read_only(const std::string& log_path, const read_options& how,
                                      const Files& files = {}) {
    const std::string path = settled_path(files, log_path);
    basic_adapter opened{files, path};
    require_regular(files, path, true);
    opened.log_ = std::make_shared<shared_log<Files>>(open_regular(files, path, O_RDONLY));
    shared_log<Files>& shared = *opened.log_;
    shared.checksums = how.checksums;
    shown_extent<Files> shown{files, path};
    const lock_note note = note_of(files, path);
    opened.report_.torn =
        read_log(shared, checkpoint<Files>{files, path}, note,
                 [&](std::uint64_t) { return log_extent::of(shared.log, shown); });
    if (note.durable && note.durable->bytes <= shared.end.offset)
      shared.durable_bytes = std::max(shared.durable_bytes.load(), note.durable->bytes);
    describe(opened.report_, shared.end, std::nullopt);
    opened.follower_ = std::make_shared<log_follower<Files>>(opened.log_, std::move(shown));
    return opened;
  }

  /// What opening found. Empty for a log that was closed in order.
  [[nodiscard]] const open_report& report() const noexcept { return report_; }
  /// From the root.
  [[nodiscard]] const std::string& path() const {
    require_open();
    return log_->log.path();
  }

  append_result append(const commit_view& commit) {
    require_writer();
    return writer_->append(commit);
  }
  /// Returns while the commit is on its way, unless `options::most_in_flight` are; see
  /// `async_adapter`. The first call starts a thread that writes them. With any other durability
  /// than `sync` there is nothing to wait for.
  pending_append append_async(const commit_view& commit) {
    require_writer();
    return writer_->append_async(commit);
  }

  /// Makes everything durable that is acknowledged by now; of use with `durability::batched`, `none`
  /// and `buffered`. Throws as `append` does if that failed, now or earlier: then nobody can tell how much of
  /// what was not durable is lost. Closing a handle does the same and can tell nobody.
  void sync() {
    require_writer();
    writer_->sync();
  }

  [[nodiscard]] basic_cursor<Files> read_stream(std::string_view stream,
                                                const stream_range& range) const {
    catch_up();
    return {log_, stream, range};
  }
  [[nodiscard]] basic_cursor<Files> read_all(const query& which, const store_range& range) const {
    catch_up();
    return {log_, which, range};
  }

  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    catch_up();
    return log_->ask([&] { return log_->index.state_of(stream); });
  }
  [[nodiscard]] global_position head() const {
    catch_up();
    const std::shared_lock lock{log_->mutex};
    return global_position{log_->end.position};
  }

  [[nodiscard]] global_position wait_beyond(global_position after,
                                            std::chrono::milliseconds patience) const {
    require_open();
    if (follower_) return follower_->wait_beyond(after, patience);
    const typename log_writer<Files>::waiting_reader waits{*writer_};
    {
      std::shared_lock lock{log_->mutex};
      log_->grown.wait_for(lock, bounded_patience(patience),
                           [&] { return log_->end.position > after.value(); });
    }
    return head(); // or what keeps a commit that has come meanwhile from being shown
  }

  /// Throws `errc::read_only` for a handle that was opened for reading.
  void save_snapshot(std::string_view key, const snapshot_view& snapshot) {
    require_writer();
    require_snapshot_key(key);
    if (snapshot.position > head())
      throw error{errc::invalid_argument, "a snapshot is of a position that the log has"};
    snapshots_.save(key, snapshot, log_->crc_at(snapshot.position.value()));
  }

  [[nodiscard]] snapshot_lookup load_snapshot(std::string_view key) const {
    require_open();
    require_snapshot_key(key);
    snapshot_lookup lookup;
    auto found = snapshots_.load(key, lookup.ignored);
    if (!found) return lookup;
    const bool fits_any = detail::broken_rule == detail::rule::snapshots_fit_their_log;
    if (!fits_any && found->snapshot.position > head())
      lookup.ignored = "the snapshot is of a position that the log has not reached";
    else if (!fits_any && log_->crc_at(found->snapshot.position.value()) != found->record_crc)
      lookup.ignored = "the snapshot was taken of another log";
    else
      lookup.snapshot = std::move(found->snapshot);
    return lookup;
  }

private:
  basic_adapter(const Files& files, const std::string& path) : snapshots_{files, path} {}

  /// What the lock's text says, which everybody may read.
  static lock_note note_of(const Files& files, const std::string& path) {
    try {
      return lock_note::read(file<Files>{files, path + ".lock", O_RDONLY});
    } catch (const error&) {
      return {}; // a log without a lock has no note either
    }
  }

  /// The next append must not be glued to the last line.
  static void close_last_line(const file<Files>& log, log_end& end) {
    if (!end.open_line) return;
    log.write_or_throw("\n", end.offset);
    log.sync();
    ++end.offset;
    end.open_line = false;
  }

  void require_open() const {
    if (!log_) throw error{errc::invalid_argument, "this handle was moved from"};
  }
  void require_writer() const {
    require_open();
    if (!writer_) throw error{errc::read_only, "this handle was opened for reading"};
  }
  void catch_up() const {
    require_open();
    if (follower_)
      follower_->refresh();
    else
      writer_->make_readable();
  }

  std::shared_ptr<shared_log<Files>> log_;
  std::shared_ptr<log_writer<Files>> writer_;     // of a handle that writes
  std::shared_ptr<log_follower<Files>> follower_; // of one that reads
  snapshot_files<Files> snapshots_;
  open_report report_;
};

using cursor = basic_cursor<posix_files>;
using adapter = basic_adapter<posix_files>;

/// Opens the log at `path` for writing, and makes it first if it is not there. Beside it appear
/// `<path>.lock`, and when they are needed `<path>.snapshots` and `<path>.torn-*`.
///
/// An append that a crash left unfinished is cut off, kept, and told in `report()`. Throws `error`
/// and leaves the log as it is: `locked` if another handle has it open for writing, `corrupt` for
/// damage in what was durable, `invalid_argument` for what is no regular file, `read_only`,
/// `not_found`, `storage_full` and `io_failed` as the operating system says.
template <file_calls Files = posix_files>
[[nodiscard]] basic_adapter<Files> open(const std::string& path, const options& how = {},
                                        const Files& files = {}) {
  return basic_adapter<Files>::open(path, how, files);
}

/// Opens the log at `path` for reading, also while another process writes to it: the handle follows
/// the log and shows what the writer has acknowledged. Changes nothing on the disk.
template <file_calls Files = posix_files>
[[nodiscard]] basic_adapter<Files> open_read_only(const std::string& path,
                                                  const read_options& how = {},
                                                  const Files& files = {}) {
  return basic_adapter<Files>::open_read_only(path, how, files);
}

} // namespace evstore::jsonl
