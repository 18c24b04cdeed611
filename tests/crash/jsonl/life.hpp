#pragma once

#include "drawn_commits.hpp"
#include "file_checks.hpp"
#include "moments.hpp"
#include "promise.hpp"

#include <support/call_gate.hpp>
#include <support/simulated_files.hpp>

#include <evstore/jsonl/adapter.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace evstore::tests {

/// One life of a program: looks at the log and opens it in one of the modes of durability, checks
/// that all promises are kept, appends, with and without waiting, saves snapshots, meets failing
/// syncs and full disks, closes and opens again. `Files` wraps `simulated_files`. Determined by its
/// arguments, threads and all.
template <class Files>
class life {
public:
  life(const moment& begin, std::uint64_t seed)
      : machine_{std::make_shared<simulated_machine>(begin.disk, seed)}, draw_{seed},
        promised_{begin.promised}, is_after_power_cut_{begin.is_after_power_cut},
        files_{simulated_files{machine_}} {
    machine_->changed = [this] {
      moments_.push_back({machine_->disk, promised_, true, machine_->has_locks()});
    };
    machine_->gate = &gate_;
  }
  life(const life&) = delete;
  ~life() {
    if (log_) close(0);
  }

  /// Throws `broken_promise`.
  void run(std::size_t works) {
    const auto seen = look();
    open(promised_->acknowledged);
    // What a failed sync had left in memory only a reader saw, and the writer dropped.
    hold(!seen || *seen == promised_->commits.size() ||
             (!is_after_power_cut_ && *seen > promised_->commits.size()),
         "a reader saw what a writer did not");
    for (std::size_t i = 0; i < works; ++i) work();
    close(0);
    check_file(files_, *promised_);
    open(promised_->acknowledged);
    hold(!log_->report().torn, "opening a closed log twice found a torn end");
    close(0);
  }

  [[nodiscard]] const std::vector<moment>& moments() const noexcept { return moments_; }

private:
  using log = jsonl::basic_adapter<Files>;
  using ticket = jsonl::pending_append;
  using trouble = simulated_machine::trouble;

  enum class outcome { stored, sync_fails, no_room, written_in_pieces };
  enum class flusher { idle, at_the_gate, late };

  template <class Change>
  void promise_more(Change change) {
    promise next = *promised_;
    change(next);
    promised_ = std::make_shared<const promise>(std::move(next));
  }
  void acknowledge(std::size_t commits) {
    promise_more([&](promise& now) {
      now.acknowledged = commits;
      if (shares_syncs()) now.durable = commits;
    });
  }

  // ---- opening and closing

  /// What a reader sees before anybody has opened the log; nothing, if there is none. It changes
  /// nothing.
  std::optional<std::size_t> look() {
    if (machine_->disk.find(log_path) == 0) return std::nullopt;
    const std::uint64_t before = machine_->disk.fingerprint();
    const std::size_t moments = moments_.size();
    const std::size_t seen = count_commits(reading<log>(files_), *promised_, promised_->durable);
    hold(moments_.size() == moments && machine_->disk.fingerprint() == before,
         "a reader changed something");
    return seen;
  }

  /// The log as it is opened is durable.
  void open(std::size_t due) {
    using jsonl::durability;
    constexpr std::chrono::milliseconds soon{1};
    constexpr auto never = std::chrono::milliseconds::max(); // by a thread of its own
    how_.durability = std::array{durability::sync(), durability::sync(),
                                 durability::sync(), durability::batched(soon),
                                 durability::none(), durability::buffered(never)}[draw_() % 6];
    how_.preallocation_size = std::array<std::uint64_t, 4>{0, 0, 700, 3000}[draw_() % 4];
    if (how_.durability.what() == durability::kind::batched) gate_.hold("fdatasync");
    try {
      log_.emplace(log::open(log_path, how_, files_));
    } catch (const error& why) {
      throw broken_promise{std::string{"the log cannot be opened: "} + why.what()};
    }
    check_kept_aside(*machine_, log_->report());
    const std::size_t found = count_commits(*log_, *promised_, due);
    promise_more([&](promise& now) { now.settle(found); });
    check_snapshots(*log_, *promised_);
  }

  /// With `code`, the sync fails that may be due: then the rest of the log is as after a power cut.
  void close(int code) {
    machine_->disturb = [code](std::string_view call) {
      return trouble{call == "fdatasync" ? code : 0};
    };
    gate_.release("fdatasync");
    gate_.release("pwrite");
    flusher_ = flusher::idle;
    log_.reset();
    machine_->disturb = nullptr;
    if (buffers() && code == 0) acknowledge(promised_->commits.size());
    if (code == 0)
      promise_more([](promise& now) { now.durable = now.acknowledged; });
    else
      promise_more([](promise& now) { now.acknowledged = now.durable; });
  }
  void reopen() {
    close(0);
    open(promised_->acknowledged);
  }

  // ---- looking

  void check_lock() {
    try {
      static_cast<void>(log::open(log_path, {}, files_));
      throw broken_promise{"two handles write to one log"};
    } catch (const error& why) {
      hold(why.code() == errc::locked, std::string{"the second writer sees "} + why.what());
    }
  }

  // ---- working

  void work() {
    constexpr outcome outcomes[] = {outcome::stored, outcome::stored, outcome::sync_fails,
                                    outcome::no_room, outcome::written_in_pieces};
    switch (draw_() % 12) {
    case 0: return save_snapshot();
    case 1: check_lock(); return reopen();
    case 2: return how_.durability.syncs() ? flush(0) : sync();
    case 3: return fail_in_background();
    case 4:
    case 5:
    case 6:
      if (shares_syncs()) return append_in_flight(outcomes[draw_() % 5]);
      if (buffers()) return read_buffered(outcomes[draw_() % 5]);
      [[fallthrough]];
    default:
      return buffers() ? append_to_buffer(outcomes[draw_() % 5]) : append(outcomes[draw_() % 5]);
    }
  }
  bool shares_syncs() const { return how_.durability.what() == jsonl::durability::kind::sync; }
  bool buffers() const { return how_.durability.what() == jsonl::durability::kind::buffered; }

  /// A commit, which the promise has as one that is tried.
  testing::plain_commit begin_commit() {
    testing::plain_commit commit = draw_commit(draw_, promised_->commits);
    promise_more([&](promise& now) { now.commits.push_back(commit); });
    return commit;
  }

  /// Lets what is to go wrong go wrong from here on.
  void begin_trouble(outcome due, std::uint64_t room) {
    if (due == outcome::no_room) machine_->capacity = machine_->disk.used() + room;
    machine_->disturb = [this, due](std::string_view call) -> trouble {
      if (due == outcome::sync_fails && call == "fdatasync") return {EIO};
      if (due != outcome::written_in_pieces || call != "pwrite") return {};
      return draw_() % 4 == 0 ? trouble{EINTR} : trouble{0, 1 + draw_() % 300};
    };
  }
  void end_trouble() {
    machine_->disturb = nullptr;
    machine_->capacity = unlimited;
  }

  /// Only then does an append sync.
  outcome possible(outcome due) const {
    return due == outcome::sync_fails && !shares_syncs() ? outcome::stored : due;
  }

  void append(outcome due) {
    due = possible(due);
    const testing::plain_commit commit = begin_commit();
    begin_trouble(due, draw_() % least_record);
    const auto failure =
        failure_of([&] { static_cast<void>(testing::append(*log_, commit).value()); });
    end_trouble();
    if (!failure) {
      hold(due != outcome::sync_fails, "a commit was acknowledged whose sync had failed");
      hold(due != outcome::no_room || how_.preallocation_size != 0,
           "a commit was acknowledged that had no room");
    }
    conclude(due, failure ? promised_->commits.size() - 1 : promised_->commits.size(), failure);
  }

  /// A commit that nobody can rely on before it is written, or that is refused because those before
  /// it, which are to be written now, have no room.
  void append_to_buffer(outcome due) {
    const testing::plain_commit commit = begin_commit();
    begin_trouble(due, draw_() % least_record);
    const auto failure =
        failure_of([&] { static_cast<void>(testing::append(*log_, commit).value()); });
    end_trouble();
    if (!failure) return;
    hold_no_room(due, *failure);
    promise_more([](promise& now) { now.commits.pop_back(); });
  }
  /// Whoever reads has it written, and sees all of it, at the latest once there is room.
  void read_buffered(outcome due) {
    begin_trouble(due, draw_() % 1000);
    const auto failure = failure_of([&] { static_cast<void>(log_->head()); });
    end_trouble();
    if (failure) hold_no_room(due, *failure);
    const std::size_t all = promised_->commits.size();
    hold(count_commits(*log_, *promised_, all) == all, "what was acknowledged is not shown");
    acknowledge(all);
  }
  void hold_no_room(outcome due, const error& failure) {
    hold(due == outcome::no_room && failure.code() == errc::storage_full,
         std::string{"a buffered log fails: "} + failure.what());
  }

  /// Several commits, of which one is written by itself and the others behind it, all at once.
  void append_in_flight(outcome due) {
    due = possible(due);
    // What fails, fails with the first of them, if early.
    const bool early = draw_() % 3 == 0 && (due == outcome::sync_fails || due == outcome::no_room);
    const std::size_t before = promised_->commits.size();
    const global_position head = log_->head();
    const auto begin = [&] {
      const testing::plain_commit commit = begin_commit();
      return testing::with_view(commit,
                                [&](const commit_view& view) { return log_->append_async(view); });
    };
    std::vector<ticket> tickets;
    gate_.hold("pwrite");
    tickets.push_back(begin());
    gate_.wait_for("pwrite", [&] { return tickets[0].is_ready(); });
    if (tickets[0].is_ready()) static_cast<void>(tickets[0].get().value()); // it was not written
    for (std::size_t more = 1 + draw_() % 4; more != 0; --more) tickets.push_back(begin());
    hold(log_->head() == head, "what is in flight is shown");

    const std::uint64_t room = draw_() % (early ? least_record : 1000);
    std::size_t stored = 0;
    if (early) {
      begin_trouble(due, room);
    } else {
      gate_.pass("pwrite");
      while (how_.preallocation_size != 0 && !tickets[0].is_ready()) { // there may be filler
        gate_.wait_for("pwrite", [&] { return tickets[0].is_ready(); });
        if (!tickets[0].is_ready()) gate_.pass("pwrite");
      }
      static_cast<void>(tickets[0].get().value());
      note_stored();
      acknowledge(before + ++stored);
      gate_.wait_for("pwrite", [&] { return tickets[1].is_ready(); });
      begin_trouble(due, room);
    }
    gate_.release("pwrite");
    tickets.back().wait();
    std::optional<error> failure;
    for (; stored < tickets.size() && !failure; stored += failure ? 0 : 1)
      failure = failure_of([&] { static_cast<void>(tickets[stored].get().value()); });
    for (std::size_t i = stored; i < tickets.size(); ++i)
      hold(failure_of([&] { static_cast<void>(tickets[i].get().value()); }).has_value(),
           "a commit is stored behind one that is not");
    end_trouble();
    hold(due != outcome::sync_fails || failure, "a commit was acknowledged whose sync had failed");
    conclude(due, before + stored, failure);
  }

  template <class Action>
  std::optional<error> failure_of(Action action) {
    try {
      action();
      return std::nullopt;
    } catch (const error& why) {
      return why;
    }
  }

  /// After commits of which `stored` are acknowledged by now, and the next was answered with this.
  void conclude(outcome due, std::size_t stored, const std::optional<error>& failure) {
    if (stored > promised_->acknowledged) note_stored();
    acknowledge(stored);
    if (!failure) return;
    const bool fits = (due == outcome::sync_fails && failure->code() == errc::append_in_doubt) ||
                      (due == outcome::no_room && failure->code() == errc::storage_full);
    hold(fits, std::string{"appending failed: "} + failure->what());
    if (due == outcome::no_room) {
      // No error left a commit in the log.
      hold(count_commits(*log_, *promised_, stored) == stored, "what had no room is shown");
      promise_more([&](promise& now) { now.commits.resize(stored); });
    } else {
      hold(is_halted(), "a log went on after a sync had failed");
      reopen();
    }
  }
  bool is_halted() {
    const auto failure = failure_of([&] {
      static_cast<void>(testing::append(*log_, {{{"s-late", any, testing::events("e")}}, {}}));
    });
    return failure && failure->code() == errc::append_halted;
  }

  /// After commits were stored. In the mode `batched`, a thread syncs the log by itself, and waits
  /// at the gate until we flush: it comes when there is something to sync, and what is stored
  /// while it waits it syncs another time.
  void note_stored() {
    if (how_.durability.what() != jsonl::durability::kind::batched) return;
    if (flusher_ == flusher::idle) gate_.wait_for("fdatasync");
    flusher_ = flusher_ == flusher::idle ? flusher::at_the_gate : flusher::late;
  }

  /// What the log does by itself in the mode `batched`: from then on, what is there is durable.
  void flush(int code) {
    if (how_.durability.what() != jsonl::durability::kind::batched) return;
    if (flusher_ == flusher::idle) return;
    machine_->disturb = [code](std::string_view call) {
      return trouble{call == "fdatasync" ? code : 0};
    };
    gate_.pass("fdatasync");
    if (flusher_ == flusher::late && code == 0) {
      gate_.wait_for("fdatasync");
      gate_.pass("fdatasync");
    }
    flusher_ = flusher::idle;
    machine_->disturb = nullptr;
    if (code == 0) promise_more([](promise& now) { now.durable = now.acknowledged; });
  }

  /// What a program asks for in the modes `none` and `buffered`.
  void sync() {
    log_->sync();
    if (buffers()) acknowledge(promised_->commits.size());
    promise_more([](promise& now) { now.durable = now.acknowledged; });
  }

  /// A sync that nobody waits for fails. What was acknowledged since the last one is in doubt.
  void fail_in_background() {
    if (shares_syncs() || promised_->acknowledged == promised_->durable) return;
    promise_more([](promise& now) { now.acknowledged = now.durable; });
    flush(EIO);
    close(EIO);
    open(promised_->durable);
  }

  void save_snapshot() {
    const std::string key = draw_() % 2 == 0 ? "s/a" : "S%2Fa";
    const std::string state =
        R"({"drawn":")" + std::to_string(draw_()) + std::string(draw_() % 2 * 600, 'x') + "\"}";
    promise_more([&](promise& now) {
      now.snapshots[key].states.push_back({state, now.commits.size()});
    });
    const auto failure = failure_of([&] {
      log_->save_snapshot(key, {{}, log_->head(), 7, state});
    });
    hold(!failure, failure ? std::string{"a snapshot cannot be saved: "} + failure->what() : "");
    if (buffers()) acknowledge(promised_->commits.size());
    promise_more(
        [&](promise& now) { now.snapshots[key].acknowledged = now.snapshots[key].states.size(); });
  }

  std::shared_ptr<simulated_machine> machine_;
  random_source draw_;
  std::shared_ptr<const promise> promised_;
  const bool is_after_power_cut_;
  call_gate gate_;
  Files files_;
  std::vector<moment> moments_;
  jsonl::options how_;
  flusher flusher_ = flusher::idle;
  std::optional<log> log_;
};

} // namespace evstore::tests
