#pragma once

#include <evstore/commit.hpp>
#include <evstore/error.hpp>
#include <evstore/jsonl/pending_batch.hpp>
#include <evstore/jsonl/wait_word.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace evstore::jsonl {

/// Commits that share a write and a sync, and what became of them. Everything but the stage belongs
/// to the writer, under its mutex, until the stage is `done`; from then on nothing changes.
///
/// Who waits for the group waits for its stage, with nothing to lock when it comes: one wake-up of
/// the kernel's is for all of them.
class append_group {
public:
  pending_batch batch;
  std::size_t waiting = 0;      ///< how many of its commits a thread waits for
  std::size_t in_flight = 0;    ///< how many it does not
  bool has_tickets = false;     ///< somebody waits for it who cannot write it
  std::size_t stored = 0;       ///< how many of its commits are in the log for good
  std::optional<error> failure; ///< why the others are not

  [[nodiscard]] bool is_done() const noexcept { return stage_.load() == done; }
  /// Returns when the group is done or wants a leader.
  void wait_for_turn() const noexcept {
    while (stage_.load() == pending) stage_.wait_while(pending);
  }
  void wait() const noexcept {
    for (std::uint32_t now = stage_.load(); now != done; now = stage_.load())
      stage_.wait_while(now);
  }

  void finish() noexcept {
    stage_.store(done);
    stage_.wake_all();
  }
  /// Under the writer's mutex: nobody waits in vain, and nobody is called while there is a leader.
  void take_lead() noexcept { stage_.store(pending); }
  void lose_leader() noexcept { stage_.store(leaderless); }
  /// Wakes one who waits for a group that has lost its leader.
  void call_leader() const noexcept { stage_.wake_one(); }

private:
  static constexpr std::uint32_t pending = 0;
  static constexpr std::uint32_t leaderless = 1; // nobody writes; one of those who wait should
  static constexpr std::uint32_t done = 2;

  wait_word stage_{pending};
};

/// What was said of a commit, and the group that must be through before it is true: the commit's
/// own, or the last one that the verdict rests on. Models `append_ticket`.
class [[nodiscard]] pending_append {
public:
  /// `number` counts the group's commits up to the one that matters. Without a group the verdict is
  /// final.
  pending_append(append_result verdict, std::shared_ptr<const append_group> group,
                 std::size_t number, const commit_view& commit)
      : verdict_{std::move(verdict)}, group_{std::move(group)}, number_{number} {
    evstore::detail::for_each_event(commit, [&](const new_event& event, std::string_view) {
      if (event.id) ids_.push_back(*event.id);
    });
  }

  [[nodiscard]] bool is_ready() const noexcept { return !group_ || group_->is_done(); }
  void wait() const noexcept {
    if (group_) group_->wait();
  }
  [[nodiscard]] const append_result& judged() const noexcept { return verdict_; }
  /// A commit whose sync failed is `errc::append_in_doubt`, with the ids of its events.
  [[nodiscard]] const append_result& get() const& {
    wait();
    require_stored();
    return verdict_;
  }
  [[nodiscard]] append_result get() && {
    wait();
    require_stored();
    return std::move(verdict_);
  }

private:
  void require_stored() const {
    if (!group_ || number_ <= group_->stored) return;
    error why = *group_->failure;
    if (why.code() == errc::append_in_doubt) {
      if (!verdict_) // the commit was never written: it is what it was compared with that is in doubt
        why = error{errc::append_halted, why.message(), why.place()};
      else
        why.with_ids(ids_);
    }
    throw why;
  }

  append_result verdict_;
  std::shared_ptr<const append_group> group_;
  std::size_t number_;
  std::vector<event_id> ids_;
};

} // namespace evstore::jsonl
