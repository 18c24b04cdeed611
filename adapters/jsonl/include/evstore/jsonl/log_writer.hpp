#pragma once

#include <evstore/admission.hpp>
#include <evstore/jsonl/append_group.hpp>
#include <evstore/jsonl/batch_writer.hpp>
#include <evstore/jsonl/checkpoint.hpp>
#include <evstore/jsonl/log_lock.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/pending_batch.hpp>
#include <evstore/jsonl/pending_view.hpp>
#include <evstore/jsonl/record_fetch.hpp>
#include <evstore/jsonl/shared_log.hpp>

#include <algorithm>
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

namespace evstore::jsonl {

/// The one writer of a log. Threads that append at the same time share a write and a sync: whoever
/// finds nobody writing leads, that is, takes all that is encoded by then, writes and syncs it, and
/// wakes the others, who meanwhile encode the next batch. A leader lingers for a moment until those
/// whom the last sync has let go are back; without it they fall into two halves that wait for each
/// other. Commits that nobody waits for are written by a thread in the background, which the first
/// of them starts.
///
/// Rules: a commit is acknowledged only after its bytes are written and synced; what was not synced
/// is not shown; one batch is unsynced at a time; a failed sync is final.
template <file_calls Files>
class log_writer {
public:
  /// `uncut` is what recovery had no room to cut off: it is tried again before anything is written.
  log_writer(std::shared_ptr<shared_log<Files>> log, log_lock<Files> lock,
             checkpoint<Files> checkpoint, const options& how, std::optional<torn_tail> uncut)
      : log_{std::move(log)}, lock_{std::move(lock)}, checkpoint_{std::move(checkpoint)},
        durability_{how.durability}, most_in_flight_{std::max(how.most_in_flight, std::size_t{1})},
        disk_{log_->log, how.durability, std::move(uncut)}, end_{log_->end},
        synced_{log_->end.position}, fetch_{log_} {
    lock_.note_open({end_.position, end_.offset});
    if (durability_.what() == durability::kind::batched)
      flusher_ = std::thread{[this] { flush_now_and_then(); }};
  }
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  /// Writes what is in flight, syncs what is not, and gives the lock back. No call may be under way.
  ~log_writer() {
    {
      const std::lock_guard lock{mutex_};
      closing_ = true;
    }
    wake_flusher_.notify_all();
    wake_background_.notify_all();
    if (background_.joinable()) background_.join();
    if (flusher_.joinable()) flusher_.join();
    if (halted_ || !disk_.is_whole()) return;
    if (synced_ < log_->end.position && log_->log.sync_data() != 0) return;
    checkpoint_.save(*log_, durability_.what() != durability::kind::none);
    try {
      lock_.note_closed({log_->end.position, log_->end.offset}, file_stamp::of(log_->log.status()));
    } catch (const std::exception&) {
      // The next open reads the whole log.
    }
  }

  /// Deletes the writer, but in a forked child leaves it where it is: threads that the child does not
  /// have may hold its locks and wait at them.
  struct deleter {
    void operator()(log_writer* writer) const {
      if (writer->lock_.is_ours()) delete writer;
    }
  };

  append_result append(const commit_view& commit) {
    require_valid(commit);
    require_our_process();
    std::unique_lock lock{mutex_};
    require_open();
    admitted mine = admit_and_encode(lock, commit);
    if (!mine.group) return std::move(mine.verdict);
    if (mine.is_new) ++mine.group->waiting;
    await(lock, *mine.group);
    if (lock.owns_lock()) lock.unlock();
    return pending_append{std::move(mine.verdict), std::move(mine.group), mine.number, commit}
        .get();
  }

  /// See `async_adapter`.
  pending_append append_async(const commit_view& commit) {
    require_valid(commit);
    require_our_process();
    std::unique_lock lock{mutex_};
    require_open();
    if (!background_.joinable()) background_ = std::thread{[this] { write_in_background(); }};
    if (in_flight_ >= most_in_flight_) {
      room_.wait(lock, [this] { return in_flight_ < most_in_flight_; });
      require_open();
    }
    admitted mine = admit_and_encode(lock, commit);
    if (mine.group) {
      mine.group->has_tickets = true;
      if (mine.is_new) {
        ++mine.group->in_flight;
        ++in_flight_;
      }
      if (!is_led_) wake_background_.notify_one();
    }
    return {std::move(mine.verdict), std::move(mine.group), mine.number, commit};
  }

private:
  struct admitted {
    append_result verdict;
    std::shared_ptr<append_group> group; ///< that must be through first; may be null
    std::size_t number = 0;              ///< of the group's commits up to the one that matters
    bool is_new = false;                 ///< the commit is one of the group
  };

  static constexpr std::size_t most_pending_bytes = std::size_t{1} << 23;
  static constexpr std::chrono::microseconds longest_linger{50};
  using clock = std::chrono::steady_clock;

  void require_our_process() const {
    if (!lock_.is_ours())
      throw error{errc::locked, "this process was forked from the one that writes to the log"};
  }
  void require_open() const {
    if (halted_)
      throw error{errc::append_halted,
                  "an earlier write or sync of this log failed; reopen it to append (" +
                      halted_->message() + ")",
                  halted_->place()};
  }

  /// The log as the next commit finds it.
  pending_view<Files> pending() {
    return {*log_, fetch_, end_.position, syncing_ ? &syncing_->batch : nullptr,
            collecting_->batch};
  }

  /// Judges the commit against everything that is stored and pending, and makes it part of the next
  /// batch. The lock is held before and after, not always in between.
  admitted admit_and_encode(std::unique_lock<std::mutex>& lock, const commit_view& commit) {
    make_room(lock, commit);
    admitted mine{log_->ask([&] { return admit(pending(), commit); }), nullptr};
    if (!mine.verdict || mine.verdict->replayed || commit.event_count() == 0) {
      // The verdict may rest on commits that are not through yet.
      mine.group = collecting_->batch.empty() ? syncing_ : collecting_;
      if (mine.group) mine.number = mine.group->batch.commits().size();
      return mine;
    }
    if (end_.position + commit.event_count() > log_index<Files>::max_events)
      throw error{errc::unsupported, "a JSONL log holds at most 4294967294 events"};
    const auto now =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    collecting_->batch.add(commit, end_, now, claim(), writer_, [this](std::string_view stream) {
      return log_->ask([&] { return pending().state_of(stream); });
    });
    mine.group = collecting_;
    mine.number = collecting_->batch.commits().size();
    mine.is_new = true;
    if (is_led_ && mine.number == due_back_) back_.notify_one();
    return mine;
  }

  /// Waits while the batch is large enough, and while a commit with conditions cannot be judged:
  /// what a pending truncation hides, the index does not know yet.
  void make_room(std::unique_lock<std::mutex>& lock, const commit_view& commit) {
    const auto in_the_way = [&]() -> std::shared_ptr<append_group> {
      const auto is_unclear = [&](const std::shared_ptr<append_group>& pending) {
        return pending && pending->batch.has_facts() && !commit.conditions.empty();
      };
      if (is_unclear(collecting_)) return collecting_;
      if (is_unclear(syncing_)) return syncing_;
      if (collecting_->batch.bytes().size() <= most_pending_bytes) return nullptr;
      return syncing_ ? syncing_ : collecting_;
    };
    while (const std::shared_ptr<append_group> group = in_the_way()) {
      await(lock, *group);
      if (!lock.owns_lock()) lock.lock();
      require_open();
    }
  }

  /// Waits until a pending group is done, and leads if nobody does. The lock is held before, and
  /// given back on the way.
  void await(std::unique_lock<std::mutex>& lock, const append_group& group) {
    while (!group.is_done()) {
      if (!is_led_) {
        lead(lock);
        continue; // whoever leads finds the lock given back, and its group done
      }
      lock.unlock();
      group.wait_for_turn();
      if (group.is_done()) return;
      lock.lock();
    }
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

  /// Writes the collected batch, lets readers see it, and wakes who waits for it. Nobody leads, and
  /// there is something to write; the lock is held before, and given back.
  void lead(std::unique_lock<std::mutex>& lock) {
    auto next = std::make_shared<append_group>();
    is_led_ = true;
    collecting_->take_lead();
    linger(lock);
    next->batch = std::exchange(spare_, {});
    syncing_ = std::exchange(collecting_, std::move(next));
    const std::shared_ptr<append_group> mine = syncing_;
    typename batch_writer<Files>::outcome result{0, halted_, true};
    if (!halted_) {
      lock.unlock();
      const auto begin = clock::now();
      result = disk_.put(mine->batch, log_->end.offset);
      last_put_ = clock::now() - begin;
      lock.lock();
      if (result.stored != 0) show(mine->batch, result);
    }
    mine->stored = result.stored;
    mine->failure = result.failure;
    if (result.failure)
      give_up_collected(*result.failure, result.halts);
    else if (durability_.what() == durability::kind::sync)
      synced_ = log_->end.position;
    syncing_.reset();
    retire(*mine);
    is_led_ = false;
    due_back_ = mine->waiting + collecting_->batch.commits().size();
    const std::shared_ptr<append_group> waiting =
        collecting_->batch.empty() ? nullptr : collecting_;
    const bool in_background = waiting && waiting->has_tickets;
    if (waiting && !in_background) waiting->lose_leader();
    lock.unlock();
    mine->finish();
    if (in_background)
      wake_background_.notify_one();
    else if (waiting)
      waiting->call_leader();
  }

  /// Waits until those whom the last batch has let go have come back with another commit; not for
  /// long, and not for long against what a batch takes.
  void linger(std::unique_lock<std::mutex>& lock) {
    if (collecting_->batch.commits().size() >= due_back_) return;
    back_.wait_for(lock, std::min<clock::duration>(longest_linger, last_put_ / 2),
                   [this] { return collecting_->batch.commits().size() >= due_back_; });
  }

  /// Takes from a group that is through what others can use.
  void retire(append_group& group) noexcept {
    in_flight_ -= group.in_flight;
    if (group.in_flight != 0) room_.notify_all();
    spare_ = std::move(group.batch);
    spare_.clear();
  }

  void write_in_background() {
    std::unique_lock lock{mutex_};
    const auto has_work = [this] {
      return !is_led_ && !collecting_->batch.empty() && collecting_->has_tickets;
    };
    while (true) {
      wake_background_.wait(lock, [&] { return closing_ || has_work(); });
      if (!has_work()) return;
      lead(lock);
      lock.lock();
    }
  }

  /// Lets readers see what is stored of a batch. If that fails, nothing of it is shown, and only
  /// opening the log again helps.
  void show(const pending_batch& batch, typename batch_writer<Files>::outcome& result) {
    try {
      publish(batch, result.stored);
    } catch (const std::exception& why) {
      result = {0,
                error{errc::append_in_doubt, "the commit is written and cannot be shown (" +
                                                 std::string{why.what()} + "); reopen the log"},
                true};
    }
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
    if (halts && !halted_) halted_ = why;
    if (collecting_->batch.empty()) return;
    const std::shared_ptr<append_group> lost =
        std::exchange(collecting_, std::make_shared<append_group>());
    lost->failure = why;
    if (why.code() == errc::append_in_doubt)
      lost->failure =
          error{errc::append_halted, "a sync of the log failed; reopen it to append", why.place()};
    in_flight_ -= lost->in_flight;
    room_.notify_all();
    lost->finish();
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
  const jsonl::durability durability_;
  const std::size_t most_in_flight_;

  batch_writer<Files> disk_;   // of the thread that leads
  clock::duration last_put_{}; // so is this

  std::mutex mutex_; // guards what follows, and who may change the log's index and end
  std::condition_variable room_;
  std::condition_variable back_;
  std::shared_ptr<append_group> collecting_ = std::make_shared<append_group>();
  std::shared_ptr<append_group> syncing_; // being written by the thread that leads
  bool is_led_ = false;
  std::size_t due_back_ = 0;  // how many commits there will be when all who wait are back
  std::size_t in_flight_ = 0; // commits that nobody waits for
  pending_batch spare_;       // empty; its memory is used again
  log_end end_;               // behind everything that is pending
  std::uint64_t synced_;      // the position up to which all is durable
  std::optional<std::uint64_t> claimed_;
  std::optional<error> halted_;
  record_writer writer_;
  record_fetch<Files> fetch_;

  bool closing_ = false;
  std::condition_variable wake_flusher_;
  std::thread flusher_;
  std::condition_variable wake_background_;
  std::thread background_;
};

} // namespace evstore::jsonl
