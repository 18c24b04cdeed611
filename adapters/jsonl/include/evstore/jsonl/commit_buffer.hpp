#pragma once

#include <evstore/jsonl/append_group.hpp>
#include <evstore/jsonl/batch_writer.hpp>
#include <evstore/jsonl/commit_queue.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/shared_log.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace evstore::jsonl {

/// The way into a log for commits that wait for no sync. Whoever appends one writes it, which takes
/// less time than to hand it over; in a log that is `durability::buffered` it stays in memory, and is
/// written with others when there are many of them or when somebody needs it.
///
/// What is in memory is acknowledged, so it is not given up for an error that can pass: while there is
/// no room for it, it stays, appends throw `errc::storage_full`, and so does whoever needs it. After an
/// error that is final it is lost, and nobody is shown the log without it.
///
/// All of it under the writer's mutex. What it uses outlives it.
template <file_calls Files>
class commit_buffer {
public:
  /// `halted`: why nothing more may be written.
  commit_buffer(shared_log<Files>& log, commit_queue<Files>& queue, batch_writer<Files>& disk,
                durability how, std::optional<error>& halted)
      : log_{log}, queue_{queue}, disk_{disk}, keeps_{how.what() == durability::kind::buffered},
        halted_{halted} {}

  /// Whether commits stay in memory.
  [[nodiscard]] bool keeps() const noexcept { return keeps_; }

  /// Judges a commit of a log that is not halted, and takes it if it may. The ticket is ready.
  pending_append append(const commit_view& commit) {
    if (is_late_ || batch().bytes().size() >= most_bytes || queue_.in_the_way_of(commit))
      write_or_throw();
    append_result verdict = queue_.take(commit);
    if (keeps_ && waiting_readers_ == 0) return {std::move(verdict), nullptr, 0, commit};
    std::optional<error> failure = write();
    if (!failure || (keeps_ && !halted_)) return {std::move(verdict), nullptr, 0, commit};
    queue_.drop_collected(); // nothing but this commit: what was kept is written before
    const auto lost = std::make_shared<append_group>();
    lost->failure = std::move(failure);
    lost->finish();
    return {std::move(verdict), lost, 1, commit};
  }

  /// Writes what is in memory, and lets readers see it. Says why not all of it.
  std::optional<error> write() {
    if (batch().empty()) return std::nullopt;
    if (halted_) return refusal();
    auto result = disk_.put(batch(), log_.end.offset);
    if (result.stored != 0)
      if (auto why = queue_.show(batch(), result.stored)) result = {0, std::move(why), true};
    if (result.halts) halted_ = result.failure;
    is_late_ = result.failure.has_value();
    queue_.forget_collected(result.stored);
    return std::move(result.failure);
  }
  void write_or_throw() {
    auto failure = write();
    if (!failure) return;
    // It is in doubt for those who were told that they have it, not for who asks now.
    throw failure->code() == errc::append_in_doubt ? refusal() : *std::move(failure);
  }

  /// Somebody waits for commits: from now on each is written as it comes.
  void begin_waiting() {
    write_or_throw();
    ++waiting_readers_;
  }
  void end_waiting() noexcept { --waiting_readers_; }

  /// What is thrown by a halted log.
  [[nodiscard]] error refusal() const {
    std::string what = "an earlier write or sync of this log failed; reopen it to append (" +
                       halted_->message() + ")";
    if (keeps_ && !batch().empty())
      what.append("; ")
          .append(std::to_string(batch().commits().size()))
          .append(halted_->code() == errc::append_in_doubt
                      ? " commits that were acknowledged may be in it, and are not shown"
                      : " commits that were acknowledged and not yet written are lost");
    return error{errc::append_halted, what, halted_->place()};
  }

private:
  /// More at a time is not written faster.
  static constexpr std::size_t most_bytes = [] {
    if constexpr (requires { Files::most_buffered_bytes; }) return Files::most_buffered_bytes;
    return std::size_t{1} << 16;
  }();

  [[nodiscard]] const pending_batch& batch() const noexcept { return queue_.collecting()->batch; }

  shared_log<Files>& log_;
  commit_queue<Files>& queue_;
  batch_writer<Files>& disk_;
  const bool keeps_;
  std::optional<error>& halted_;
  std::size_t waiting_readers_ = 0;
  bool is_late_ = false; // it could not be written when it was due
};

} // namespace evstore::jsonl
