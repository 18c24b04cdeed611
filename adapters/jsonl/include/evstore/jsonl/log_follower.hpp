#pragma once

#include <evstore/adapter.hpp>
#include <evstore/jsonl/change_watch.hpp>
#include <evstore/jsonl/commit_scan.hpp>
#include <evstore/jsonl/filler.hpp>
#include <evstore/jsonl/recovery.hpp>
#include <evstore/jsonl/shared_log.hpp>
#include <evstore/jsonl/shown_extent.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <utility>

namespace evstore::jsonl {

/// Keeps a log that another process writes to up to date: takes in commits as they are acknowledged.
/// Where nobody writes, or somebody whose commits are acknowledged before they are synced, whole
/// commits as they appear. Any number of threads.
template <file_calls Files>
class log_follower {
public:
  log_follower(std::shared_ptr<shared_log<Files>> log, shown_extent<Files> shown)
      : log_{std::move(log)}, shown_{std::move(shown)} {}

  /// Takes in what is new. Throws `errc::changed_under` if the file was cut or replaced, and
  /// `errc::corrupt` for damage in what is new.
  void refresh() {
    const std::lock_guard one_at_a_time{refreshing_};
    if (broken_) throw *broken_;
    try {
      take_in();
    } catch (const error& why) {
      // What was taken in by half stays that way; the handle answers nothing more.
      if (why.code() == errc::corrupt || why.code() == errc::changed_under) broken_ = why;
      throw;
    }
  }

  /// Returns once the head is beyond `after`, or when the time is up.
  global_position wait_beyond(global_position after, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + bounded_patience(patience);
    std::unique_lock lock{waiting_};
    if (!watch_) watch_.emplace(log_->log.path(), log_->log.path() + ".lock");
    lock.unlock();
    refresh();
    lock.lock();
    while (head() <= after) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) break;
      if (is_watched_) {
        woken_.wait_for(lock, left);
        continue;
      }
      is_watched_ = true;
      lock.unlock();
      watch_->wait(left);
      std::optional<error> failure;
      try {
        refresh(); // before the next thread may watch: it must not wait for what was told to us
      } catch (const error& why) {
        failure = why;
      }
      lock.lock();
      is_watched_ = false;
      woken_.notify_all();
      if (failure) throw *failure;
    }
    return head();
  }

private:
  [[nodiscard]] global_position head() const {
    const std::shared_lock lock{log_->mutex};
    return global_position{log_->end.position};
  }

  void take_in() {
    const std::optional<std::uint64_t> size = log_->log.size_in_place(identity_);
    log_end& end = log_->end; // changed by us only
    if (!size)
      throw data_error(errc::changed_under, "the log was replaced by another file; reopen it",
                       log_->log.path(), end.offset);
    if (*size < end.offset)
      throw data_error(errc::changed_under, "the log became shorter; reopen it", log_->log.path(),
                       *size);
    const std::uint64_t shown = shown_.within(*size);
    if (shown <= end.offset) return;
    const std::uint64_t content = end_of_new_content(log_->log, end.offset, shown);
    if (content == end.offset) return;
    const std::lock_guard lock{log_->mutex};
    if (end.open_line) {
      char next = 0;
      if (log_->log.read(&next, 1, end.offset) == 1 && next == '\n') {
        ++end.offset;
        end.open_line = false;
      }
    }
    std::optional<flaw> found;
    try {
      found = commit_scan<Files>{log_->log, end, content, log_->index}.run();
    } catch (const pages_damaged&) {
      log_->rebuild_index_locked();
      found = commit_scan<Files>{log_->log, end, content, log_->index}.run();
    }
    if (found && (found->intact || is_vouched_for(log_->log, *found, content)))
      throw data_error(errc::corrupt, found->what + "; see jsonl::verify", log_->log.path(),
                       found->offset, found->position);
    log_->grown.notify_all();
  }

  std::shared_ptr<shared_log<Files>> log_;
  std::optional<struct statx> identity_ = log_->log.identity();
  std::mutex refreshing_;
  shown_extent<Files> shown_;
  std::optional<error> broken_;

  std::mutex waiting_;
  std::condition_variable woken_;
  std::optional<change_watch> watch_;
  bool is_watched_ = false;
};

} // namespace evstore::jsonl
