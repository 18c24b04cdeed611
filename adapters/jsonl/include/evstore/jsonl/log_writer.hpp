#pragma once

#include <evstore/admission.hpp>
#include <evstore/jsonl/append_group.hpp>
#include <evstore/jsonl/batch_writer.hpp>
#include <evstore/jsonl/brief_lock.hpp>
#include <evstore/jsonl/checkpoint.hpp>
#include <evstore/jsonl/commit_buffer.hpp>
#include <evstore/jsonl/commit_queue.hpp>
#include <evstore/jsonl/linger.hpp>
#include <evstore/jsonl/log_lock.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/shared_log.hpp>
#include <evstore/jsonl/worker_thread.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace evstore::jsonl {

/// The one writer of a log. Threads that append at the same time share a write and a sync: whoever
/// finds nobody writing leads, that is, takes all that is encoded by then, writes and syncs it, and
/// wakes the others, who meanwhile encode the next batch. Commits that nobody waits for are written
/// by a thread in the background, which the first of them starts. Where an append does not wait for
/// a sync, threads have nothing to share, and take turns: see `commit_buffer`.
///
/// Rules: a commit is acknowledged only after its bytes are as durable as the log was opened for; what
/// is to be synced and was not is not shown, by this handle and those that follow the log; one batch
/// is unsynced at a time; a failed sync is final.
template <file_calls Files>
class log_writer {
public:
  /// `uncut` is what recovery had no room to cut off: it is tried again before anything is written.
  log_writer(std::shared_ptr<shared_log<Files>> log, log_lock<Files> lock,
             checkpoint<Files> checkpoint, const options& how, std::optional<torn_tail> uncut)
      : log_{std::move(log)}, lock_{std::move(lock)}, checkpoint_{std::move(checkpoint)},
        durability_{how.durability}, most_in_flight_{std::max(how.most_in_flight, std::size_t{1})},
        disk_{log_->log, log_->end.offset, how, std::move(uncut)},
        queue_{log_, how.durability.what()},
        buffer_{*log_, queue_, disk_, how.durability, halted_} {
    if (durability_.what() == durability::kind::batched)
      flusher_.start(durability_.interval(), [this] { return flush(); });
    if (buffer_.keeps()) flusher_.start(durability_.interval(), [this] { return write_behind(); });
    lock_.note_open({log_->end.position, log_->end.offset},
                    shows_synced() ? std::optional{log_->end.offset} : std::nullopt);
  }
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  /// Writes what is in flight or in memory, cuts off what is written ahead, syncs, and gives the
  /// lock back. No call may be under way.
  ~log_writer() {
    {
      const std::lock_guard lock{mutex_};
      closing_ = true;
    }
    wake_background_.notify_all();
    if (background_.joinable()) background_.join();
    flusher_.stop();
    if (buffer_.keeps()) write_behind();
    if (halted_ || !disk_.is_whole()) return;
    const bool was_cut = disk_.cut_filler(log_->end.offset);
    if ((was_cut || queue_.synced() < log_->end.position) && log_->log.sync_data() != 0) return;
    checkpoint_.save(*log_, durability_.syncs());
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
    std::unique_lock lock = lock_soon(mutex_);
    require_open();
    if (!shows_synced()) return buffer_.append(commit).get();
    admitted mine = take_in(lock, commit);
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
    std::unique_lock lock = lock_soon(mutex_);
    require_open();
    if (!shows_synced()) return buffer_.append(commit);
    if (!background_.joinable()) background_ = start_thread([this] { write_in_background(); });
    if (in_flight_ >= most_in_flight_) {
      room_.wait(lock, [this] { return in_flight_ < most_in_flight_; });
      require_open();
    }
    admitted mine = take_in(lock, commit);
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

  void sync() {
    require_our_process();
    {
      const std::lock_guard lock{mutex_};
      require_open();
      if (buffer_.keeps()) buffer_.write_or_throw();
    }
    if (flush()) return;
    const std::lock_guard lock{mutex_};
    throw *halted_;
  }

  /// Writes what is acknowledged and still in memory, so that it can be read. Throws if that cannot be
  /// done. (A forked child reads what was written.)
  void make_readable() {
    if (!buffer_.keeps() || !lock_.is_ours()) return;
    const std::unique_lock lock = lock_soon(mutex_);
    buffer_.write_or_throw();
  }

  /// As long as there is one, commits are readable as soon as they are acknowledged.
  class waiting_reader {
  public:
    /// Throws as `make_readable` does.
    explicit waiting_reader(log_writer& of)
        : of_{of.buffer_.keeps() && of.lock_.is_ours() ? &of : nullptr} {
      if (of_ == nullptr) return;
      const std::lock_guard lock{of_->mutex_};
      of_->buffer_.begin_waiting();
    }
    waiting_reader(const waiting_reader&) = delete;
    waiting_reader& operator=(const waiting_reader&) = delete;
    ~waiting_reader() {
      if (of_ == nullptr) return;
      const std::lock_guard lock{of_->mutex_};
      of_->buffer_.end_waiting();
    }

  private:
    log_writer* of_;
  };

private:
  using admitted = typename commit_queue<Files>::admitted;

  [[nodiscard]] bool shows_synced() const noexcept {
    return durability_.what() == durability::kind::sync;
  }

  void require_our_process() const {
    if (!lock_.is_ours())
      throw error{errc::locked, "this process was forked from the one that writes to the log"};
  }
  void require_open() const {
    if (halted_) throw buffer_.refusal();
  }

  /// Makes the commit part of the next batch, or says why not. The lock is held before and after,
  /// not always in between.
  admitted take_in(std::unique_lock<std::mutex>& lock, const commit_view& commit) {
    while (const std::shared_ptr<append_group> group = queue_.in_the_way_of(commit)) {
      await(lock, *group);
      if (!lock.owns_lock()) lock.lock();
      require_open();
    }
    admitted mine = queue_.add(commit);
    if (mine.is_new) linger_.note(mine.number);
    return mine;
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

  /// Writes the collected batch, lets readers see it, and wakes who waits for it. Nobody leads, and
  /// there is something to write; the lock is held before, and given back.
  void lead(std::unique_lock<std::mutex>& lock) {
    auto next = std::make_shared<append_group>();
    is_led_ = true;
    queue_.collecting()->take_lead();
    linger_.wait(lock, [this] { return queue_.waiting_commits(); });
    const std::shared_ptr<append_group> mine = queue_.begin_writing(std::move(next));
    typename batch_writer<Files>::outcome result{0, halted_, true};
    const auto begin = linger::clock::now();
    if (!halted_) {
      lock.unlock();
      result = disk_.put(mine->batch, log_->end.offset);
      lock.lock();
      if (result.stored != 0)
        if (auto why = queue_.show(mine->batch, result.stored)) result = {0, std::move(why), true};
    }
    mine->stored = result.stored;
    mine->failure = result.failure;
    if (result.failure)
      give_up_collected(*result.failure, result.halts);
    else
      queue_.note_synced(log_->end.position);
    if (mine->stored != 0) lock_.note_shown(log_->end.offset);
    queue_.end_writing();
    make_room_for(mine->in_flight);
    is_led_ = false;
    linger_.expect(mine->waiting + queue_.waiting_commits(), linger::clock::now() - begin);
    const std::shared_ptr<append_group> waiting =
        queue_.waiting_commits() == 0 ? nullptr : queue_.collecting();
    const bool in_background = waiting && waiting->has_tickets;
    if (waiting && !in_background) waiting->lose_leader();
    lock.unlock();
    mine->finish();
    if (in_background)
      wake_background_.notify_one();
    else if (waiting)
      waiting->call_leader();
  }

  void make_room_for(std::size_t commits) noexcept {
    in_flight_ -= commits;
    if (commits != 0) room_.notify_all();
  }

  void write_in_background() {
    std::unique_lock lock{mutex_};
    const auto has_work = [this] {
      return !is_led_ && queue_.waiting_commits() != 0 && queue_.collecting()->has_tickets;
    };
    while (true) {
      wake_background_.wait(lock, [&] { return closing_ || has_work(); });
      if (!has_work()) return;
      lead(lock);
      lock.lock();
    }
  }

  void give_up_collected(const error& why, bool halts) {
    if (halts && !halted_) halted_ = why;
    const std::shared_ptr<append_group> lost = queue_.drop_collected();
    if (!lost) return;
    lost->failure = why;
    if (why.code() == errc::append_in_doubt)
      lost->failure =
          error{errc::append_halted, "a sync of the log failed; reopen it to append", why.place()};
    make_room_for(lost->in_flight);
    lost->finish();
  }

  /// Writes what is in memory. False: never again.
  bool write_behind() {
    const std::unique_lock lock = lock_soon(mutex_);
    static_cast<void>(buffer_.write());
    return !halted_;
  }

  /// Syncs what has been written since the last time. False: never again.
  bool flush() {
    // One at a time: of two syncs at once, only one is told what was lost.
    const std::lock_guard alone{flushing_};
    std::unique_lock lock = lock_soon(mutex_);
    if (halted_) return false;
    const std::uint64_t reached = log_->end.position;
    const std::uint64_t bytes = log_->end.offset;
    if (reached == queue_.synced()) return true;
    lock.unlock();
    const int code = log_->log.sync_data();
    lock.lock();
    if (code == 0) {
      queue_.note_synced(reached);
      log_->durable_bytes = bytes;
    } else {
      halted_ = file_error(code, "cannot sync", log_->log.path());
    }
    return code == 0;
  }

  std::shared_ptr<shared_log<Files>> log_;
  log_lock<Files> lock_;
  checkpoint<Files> checkpoint_;
  const jsonl::durability durability_;
  const std::size_t most_in_flight_;

  batch_writer<Files> disk_; // of the thread that leads; where nobody does, of who holds `mutex_`

  std::mutex flushing_; // taken before `mutex_`
  std::mutex mutex_;    // guards what follows, and who may change the log's index and end
  std::optional<error> halted_;
  commit_queue<Files> queue_;
  commit_buffer<Files> buffer_;
  std::condition_variable room_;
  linger linger_;
  bool is_led_ = false;
  std::size_t in_flight_ = 0; // commits that nobody waits for

  bool closing_ = false;
  std::condition_variable wake_background_;
  std::thread background_;
  repeated_work flusher_;
};

} // namespace evstore::jsonl
