#pragma once

#include <evstore/admission.hpp>
#include <evstore/error.hpp>
#include <evstore/jsonl/append_group.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/pending_batch.hpp>
#include <evstore/jsonl/pending_view.hpp>
#include <evstore/jsonl/record_fetch.hpp>
#include <evstore/jsonl/shared_log.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace evstore::jsonl {

/// The commits that are on their way into a log: judged against all that is stored and all that is
/// before them, encoded, and collected into a group while the group before is written. Nothing here
/// writes or waits. All of it under the writer's mutex.
template <file_calls Files>
class commit_queue {
public:
  /// A verdict, and what it rests on.
  struct admitted {
    append_result verdict;
    std::shared_ptr<append_group> group; ///< that must be through first; may be null
    std::size_t number = 0;              ///< of the group's commits up to the one that matters
    bool is_new = false;                 ///< the commit is one of the group
  };

  /// Behind `log`, all of which is durable.
  commit_queue(std::shared_ptr<shared_log<Files>> log, durability::kind how)
      : log_{std::move(log)}, how_{how}, end_{log_->end}, synced_{end_.position}, fetch_{log_} {}

  /// The group that takes commits now.
  [[nodiscard]] const std::shared_ptr<append_group>& collecting() const noexcept {
    return collecting_;
  }
  [[nodiscard]] std::size_t waiting_commits() const noexcept {
    return collecting_->batch.commits().size();
  }
  /// The position up to which all is durable.
  [[nodiscard]] std::uint64_t synced() const noexcept { return synced_; }
  void note_synced(std::uint64_t position) noexcept { synced_ = position; }

  /// The group that must be through before the commit can be judged or encoded, or null: while the
  /// batch is large enough, and while what a pending truncation hides is needed to judge conditions,
  /// which the index does not know yet.
  [[nodiscard]] std::shared_ptr<append_group> in_the_way_of(const commit_view& commit) const {
    const auto is_unclear = [&](const std::shared_ptr<append_group>& pending) {
      return pending && pending->batch.has_facts() && !commit.conditions.empty();
    };
    if (is_unclear(collecting_)) return collecting_;
    if (is_unclear(syncing_)) return syncing_;
    if (collecting_->batch.bytes().size() <= most_pending_bytes) return nullptr;
    return syncing_ ? syncing_ : collecting_;
  }

  /// Judges a commit that nothing is in the way of, and makes it part of the next batch.
  admitted add(const commit_view& commit) {
    const std::size_t before = waiting_commits();
    admitted mine{take(commit), collecting_, waiting_commits()};
    mine.is_new = mine.number != before;
    // Otherwise the verdict may rest on commits that are not through yet.
    if (mine.number == 0) mine.group = syncing_;
    if (mine.number == 0 && mine.group) mine.number = mine.group->batch.commits().size();
    return mine;
  }
  /// The same for who knows what the verdict rests on.
  append_result take(const commit_view& commit) {
    return log_->ask([&] {
      if (commit.writes.size() > 1)
        log_->index.expect_streams(commit.writes.size(),
                                   [&](std::size_t i) { return commit.writes[i].stream; });
      const pending_view<Files> known = pending();
      append_result verdict = admit(known, commit);
      const std::size_t events = commit.event_count();
      if (!verdict || verdict->replayed || events == 0) return verdict;
      if (end_.position + events > log_index<Files>::max_events)
        throw error{errc::unsupported, "a JSONL log holds at most 4294967294 events"};
      const auto now =
          std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
      collecting_->batch.add(commit, end_, now, claim(), writer_,
                             [&](std::string_view stream) { return known.state_of(stream); });
      return verdict;
    });
  }

  /// The collected group is to be written now; `next` collects from here on.
  std::shared_ptr<append_group> begin_writing(std::shared_ptr<append_group> next) noexcept {
    next->batch = std::move(spare_);
    syncing_ = std::exchange(collecting_, std::move(next));
    return syncing_;
  }
  void end_writing() noexcept {
    spare_ = std::move(syncing_->batch);
    spare_.clear();
    syncing_.reset();
  }

  /// Lets readers see the first commits of a batch, which are stored. If memory runs out or the
  /// index cannot be read, says so; then nothing of it is shown, and only opening the log again
  /// helps.
  [[nodiscard]] std::optional<error> show(const pending_batch& batch, std::size_t commits) {
    try {
      publish(batch, commits);
      return std::nullopt;
    } catch (const std::exception& why) {
      return error{errc::append_in_doubt, "the commit is written and cannot be shown (" +
                                              std::string{why.what()} + "); reopen the log"};
    }
  }

  /// Forgets the first of the collected commits, which are in the log.
  void forget_collected(std::size_t commits) { collecting_->batch.drop_front(commits); }

  /// Gives up the collected commits: those encoded behind a batch that failed were never written,
  /// and stand in the wrong place. Returns their group, or null if there are none.
  std::shared_ptr<append_group> drop_collected() {
    end_ = log_->end;
    if (collecting_->batch.empty()) return nullptr;
    return std::exchange(collecting_, std::make_shared<append_group>());
  }

private:
  static constexpr std::size_t most_pending_bytes = std::size_t{1} << 23;

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
      if (how_ == durability::kind::sync) log_->durable_bytes = log_->end.offset;
    }
    log_->grown.notify_all();
  }

  /// The log as the next commit finds it.
  pending_view<Files> pending() {
    return {*log_, fetch_, end_.position, syncing_ ? &syncing_->batch : nullptr,
            collecting_->batch};
  }

  /// What the next batch may say of the log: all before it is synced by the time it is written, or
  /// the batch will not be written.
  std::optional<global_position> claim() {
    if (!collecting_->batch.empty()) return std::nullopt;
    if (how_ == durability::kind::sync) return global_position{end_.position};
    if (claimed_ && *claimed_ >= synced_) return std::nullopt;
    claimed_ = synced_;
    return global_position{synced_};
  }

  void add_to_index(const pending_batch& batch, std::uint64_t last) {
    const char* entered = nullptr; // the stream of the event before, which is kept once in a batch
    std::uint32_t stream = 0;
    for (const pending_batch::noted_event& one : batch.events()) {
      const std::uint64_t position = one.event.position.value();
      if (position > last) break;
      if (position <= log_->index.head()) continue;
      if (one.event.stream.data() != entered) stream = log_->index.enter_stream(one.event.stream);
      entered = one.event.stream.data();
      log_->index.add(one.event, stream, log_->end.offset + one.offset);
    }
  }

  std::shared_ptr<shared_log<Files>> log_;
  durability::kind how_;
  std::shared_ptr<append_group> collecting_ = std::make_shared<append_group>();
  std::shared_ptr<append_group> syncing_; // being written by the thread that leads
  pending_batch spare_;                   // empty; its memory is used again
  log_end end_;                           // behind everything that is pending
  std::uint64_t synced_;
  std::optional<std::uint64_t> claimed_;
  record_writer writer_;
  record_fetch<Files> fetch_;
};

} // namespace evstore::jsonl
