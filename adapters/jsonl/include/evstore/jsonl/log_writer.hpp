#pragma once

#include <evstore/admission.hpp>
#include <evstore/jsonl/checkpoint.hpp>
#include <evstore/jsonl/log_lock.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/pending_batch.hpp>
#include <evstore/jsonl/record_fetch.hpp>
#include <evstore/jsonl/recovery.hpp>
#include <evstore/jsonl/shared_log.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace evstore::jsonl {

/// The one writer of a log. Threads that append at the same time share a write and a sync: whoever
/// finds nobody writing takes all that is encoded by then, writes and syncs it, and wakes the
/// others, who meanwhile encode the next batch.
///
/// Rules: a commit is acknowledged only after its bytes are written and synced; what was not synced
/// is not shown; one batch is unsynced at a time; a failed sync is final.
template <file_calls Files>
class log_writer {
public:
  /// `uncut` is what recovery had no room to cut off: it is tried again before anything is written.
  log_writer(std::shared_ptr<shared_log<Files>> log, log_lock<Files> lock,
             checkpoint<Files> checkpoint, jsonl::durability how, std::optional<torn_tail> uncut)
      : log_{std::move(log)}, lock_{std::move(lock)}, checkpoint_{std::move(checkpoint)},
        durability_{how}, uncut_{std::move(uncut)}, end_{log_->end}, synced_{log_->end.position},
        fetch_{log_} {
    lock_.note_open({end_.position, end_.offset});
    if (durability_.what() == durability::kind::batched)
      flusher_ = std::thread{[this] { flush_now_and_then(); }};
  }
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  /// Syncs what is not, and gives the lock back. No append may be under way.
  ~log_writer() {
    {
      const std::lock_guard lock{mutex_};
      closing_ = true;
    }
    wake_flusher_.notify_all();
    if (flusher_.joinable()) flusher_.join();
    if (!lock_.is_ours() || halted_ || uncut_) return;
    if (synced_ < log_->end.position && log_->log.sync_data() != 0) return;
    checkpoint_.save(*log_, durability_.what() != durability::kind::none);
    try {
      lock_.note_closed({log_->end.position, log_->end.offset}, file_stamp::of(log_->log.status()));
    } catch (const std::exception&) {
      // The next open reads the whole log.
    }
  }

  append_result append(const commit_view& commit) {
    require_valid(commit);
    std::unique_lock lock{mutex_};
    require_open();
    make_room(lock, commit);
    append_result verdict = log_->ask([&] { return admit(view_of{*this}, commit); });
    if (!verdict || verdict->replayed || commit.event_count() == 0) {
      // The verdict may rest on commits that are not through yet.
      settle(lock, commit);
      return verdict;
    }
    if (end_.position + commit.event_count() > log_index<Files>::max_events)
      throw error{errc::unsupported, "a JSONL log holds at most 4294967294 events"};
    const auto now =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const std::shared_ptr<group> mine = collecting_;
    mine->batch.add(commit, end_, now, claim(), writer_, [this](std::string_view stream) {
      return log_->ask([&] { return state_of(stream); });
    });
    const std::size_t number = mine->batch.commits().size();
    while (!mine->done) lead_or_wait(lock);
    if (number > mine->stored) fail(*mine, commit);
    return verdict;
  }

private:
  struct group {
    pending_batch batch;
    bool done = false;
    std::size_t stored = 0;       ///< how many of its commits are in the log for good
    std::optional<error> failure; ///< why the others are not
  };

  /// The log as the next commit finds it. Models `commit_index`.
  struct view_of {
    const log_writer& writer;
    [[nodiscard]] global_position head() const { return global_position{writer.end_.position}; }
    [[nodiscard]] stream_state state_of(std::string_view stream) const {
      return writer.state_of(stream);
    }
    [[nodiscard]] std::optional<event_record> find_event(std::string_view stream,
                                                         const event_id& id) const {
      return writer.find_event(stream, id);
    }
    [[nodiscard]] std::optional<global_position> first_match(const query& which,
                                                             global_position after) const {
      return writer.first_match(which, after);
    }
  };

  static constexpr std::size_t most_pending_bytes = std::size_t{1} << 23;

  void require_open() const {
    if (!lock_.is_ours())
      throw error{errc::locked, "this process was forked from the one that writes to the log"};
    if (halted_)
      throw error{errc::append_halted,
                  "an earlier write or sync of this log failed; reopen it to append (" +
                      halted_->message() + ")",
                  halted_->place()};
  }

  /// Waits while the batch is large enough, and while a commit with conditions cannot be judged:
  /// what a pending truncation hides, the index does not know yet.
  void make_room(std::unique_lock<std::mutex>& lock, const commit_view& commit) {
    const auto unclear = [&](const std::shared_ptr<group>& pending) {
      return pending && pending->batch.has_facts() && !commit.conditions.empty();
    };
    while (collecting_->batch.bytes().size() > most_pending_bytes || unclear(collecting_) ||
           unclear(syncing_)) {
      lead_or_wait(lock);
      require_open();
    }
  }

  /// Waits until everything that is pending now is through; throws if it cannot be.
  void settle(std::unique_lock<std::mutex>& lock, const commit_view& commit) {
    const std::shared_ptr<group> last = collecting_->batch.empty() ? syncing_ : collecting_;
    if (!last) return;
    while (!last->done) lead_or_wait(lock);
    if (last->failure) fail(*last, commit);
  }

  void lead_or_wait(std::unique_lock<std::mutex>& lock) {
    if (syncing_)
      progress_.wait(lock);
    else
      write_collected(lock);
  }

  /// What the next batch may say of the log: all before it is synced by the time it is written, or
  /// the batch will not be written.
  std::optional<global_position> claim() {
    if (!collecting_->batch.empty()) return std::nullopt;
    if (durability_.what() == durability::kind::sync) return global_position{end_.position};
    if (claimed_ && *claimed_ >= synced_) return std::nullopt;
    claimed_ = synced_;
    return global_position{synced_};
  }

  /// Writes the collected batch. The lock is given back while the disk is busy.
  void write_collected(std::unique_lock<std::mutex>& lock) {
    std::shared_ptr<group> next = fresh_group();
    syncing_ = std::exchange(collecting_, std::move(next));
    group& mine = *syncing_;
    lock.unlock();
    outcome result;
    try {
      result = put(mine.batch);
    } catch (const error& caught) {
      result = {0, caught, caught.code() != errc::storage_full};
    }
    lock.lock();
    if (result.stored != 0) publish(mine.batch, result.stored);
    mine.stored = result.stored;
    mine.failure = result.failure;
    if (result.failure) give_up_collected(*result.failure, result.halts);
    if (result.stored != 0 && durability_.what() == durability::kind::sync)
      synced_ = log_->end.position;
    mine.done = true;
    spare_ = std::move(syncing_);
    syncing_.reset();
    progress_.notify_all();
  }

  struct outcome {
    std::size_t stored = 0;            ///< how many commits are in the log for good
    std::optional<error> failure = {}; ///< why the others are not
    bool halts = false;                ///< nothing more may be written
  };

  outcome put(const pending_batch& batch) {
    const file<Files>& log = log_->log;
    const std::uint64_t offset = log_->end.offset;
    if (uncut_) cut_off(log, *uncut_);
    uncut_.reset();
    const bool checked = durability_.what() != durability::kind::none;
    if (checked && (!log.is_in_place() || log.size() != offset))
      throw data_error(errc::changed_under, "somebody else changed the log; reopen it", log.path(),
                       offset);
    outcome result{batch.commits().size()};
    if (const auto written = log.write(batch.bytes().view(), offset); written.error != 0) {
      result.failure = file_error(written.error, "cannot append", log.path());
      while (result.stored > 0 && batch.commits()[result.stored - 1].bytes > written.bytes)
        --result.stored;
      const std::size_t whole = result.stored == 0 ? 0 : batch.commits()[result.stored - 1].bytes;
      const int cut = log.truncate(offset + whole);
      result.halts = cut != 0 || result.failure->code() != errc::storage_full;
    }
    if (result.stored == 0 || durability_.what() != durability::kind::sync) return result;
    if (const int code = log.sync_data(); code != 0) {
      const error why = file_error(code, "cannot sync", log.path());
      return {
          0,
          error{errc::append_in_doubt,
                why.message() + "; reopen the log to see whether the commit is in it", why.place()},
          true};
    }
    return result;
  }

  /// Lets readers see the first commits of a batch.
  void publish(const pending_batch& batch, std::size_t commits) {
    const auto& last = batch.commits()[commits - 1];
    {
      const std::lock_guard lock{log_->mutex};
      try {
        add_to_index(batch, last.position);
      } catch (const pages_damaged&) {
        log_->rebuild_index_locked();
        add_to_index(batch, last.position);
      }
      const std::string_view line = batch.bytes().view().substr(0, last.bytes - 1);
      log_->end.offset += last.bytes;
      log_->end.position = last.position;
      log_->end.crc = crc_after(line);
    }
    log_->grown.notify_all();
  }
  void add_to_index(const pending_batch& batch, std::uint64_t last) {
    batch.for_each_record([&](const event_view& event, std::size_t offset) {
      if (event.position.value() > last) return false;
      if (event.position.value() > log_->index.head())
        log_->index.add(event, log_->end.offset + offset);
      return true;
    });
  }

  /// The commits encoded behind a failed batch were never written, and stand in the wrong place.
  void give_up_collected(const error& why, bool halts) {
    end_ = log_->end;
    if (halts) halted_ = why;
    if (collecting_->batch.empty()) return;
    const std::shared_ptr<group> lost = std::exchange(collecting_, std::make_shared<group>());
    lost->failure = why;
    if (why.code() == errc::append_in_doubt)
      lost->failure =
          error{errc::append_halted, "a sync of the log failed; reopen it to append", why.place()};
    lost->done = true;
  }

  [[noreturn]] static void fail(const group& mine, const commit_view& commit) {
    error why = *mine.failure;
    if (why.code() == errc::append_in_doubt) {
      std::vector<event_id> ids;
      evstore::detail::for_each_event(commit, [&](const new_event& event, std::string_view) {
        if (event.id) ids.push_back(*event.id);
      });
      why.with_ids(std::move(ids));
    }
    throw why;
  }

  std::shared_ptr<group> fresh_group() {
    if (!spare_ || spare_.use_count() != 1) return std::make_shared<group>();
    spare_->batch.clear();
    spare_->done = false;
    spare_->stored = 0;
    spare_->failure.reset();
    return std::move(spare_);
  }

  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    if (const auto found = collecting_->batch.state_of(stream)) return *found;
    if (syncing_)
      if (const auto found = syncing_->batch.state_of(stream)) return *found;
    return log_->index.state_of(stream);
  }

  [[nodiscard]] std::optional<event_record> find_event(std::string_view stream,
                                                       const event_id& id) const {
    std::optional<event_record> found = collecting_->batch.find_event(stream, id);
    if (!found && syncing_) found = syncing_->batch.find_event(stream, id);
    if (found) return found;
    log_->index.find_id(stream, id, [&](std::uint32_t position) {
      const located at = log_->locate(position);
      const event_view event = fetch_.fetch({&at, 1}).front();
      if (event.id == id && event.stream == stream) found.emplace(event);
      return found.has_value();
    });
    return found;
  }

  [[nodiscard]] std::optional<global_position> first_match(const query& which,
                                                           global_position after) const {
    if (const auto found = log_->index.first_match(which, after.value()))
      return global_position{*found};
    std::optional<global_position> found;
    if (syncing_) found = syncing_->batch.first_match(which, after);
    return found ? found : collecting_->batch.first_match(which, after);
  }

  void flush_now_and_then() {
    std::unique_lock lock{mutex_};
    while (!closing_) {
      wake_flusher_.wait_for(lock, durability_.interval());
      if (closing_ || halted_) return;
      const std::uint64_t reached = log_->end.position;
      if (reached == synced_) continue;
      lock.unlock();
      const int code = log_->log.sync_data();
      lock.lock();
      if (code == 0)
        synced_ = reached;
      else
        halted_ = file_error(code, "cannot sync", log_->log.path());
    }
  }

  std::shared_ptr<shared_log<Files>> log_;
  log_lock<Files> lock_;
  checkpoint<Files> checkpoint_;
  jsonl::durability durability_;
  std::optional<torn_tail> uncut_; // of the thread that writes

  std::mutex mutex_; // guards what follows, and who may change the log's index and end
  std::condition_variable progress_;
  std::shared_ptr<group> collecting_ = std::make_shared<group>();
  std::shared_ptr<group> syncing_; // being written by one of the threads
  std::shared_ptr<group> spare_;
  log_end end_;          // behind everything that is pending
  std::uint64_t synced_; // the position up to which all is durable
  std::optional<std::uint64_t> claimed_;
  std::optional<error> halted_;
  record_writer writer_;
  mutable record_fetch<Files> fetch_;

  std::condition_variable wake_flusher_;
  bool closing_ = false;
  std::thread flusher_;
};

} // namespace evstore::jsonl
