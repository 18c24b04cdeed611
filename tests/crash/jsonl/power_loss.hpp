#pragma once

#include <support/simulated_files.hpp>

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>
#include <evstore/testing/in_words.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

/// What may happen to a log when the power goes, again and again: lives of a program on a simulated
/// disk, each of which begins with what a power cut left of the one before.

namespace evstore::tests {

/// What the program was told so far, and so may rely on.
struct promise {
  struct kept_snapshot {
    std::vector<std::string> states{}; ///< in the order in which they were saved, or tried to be
    std::size_t acknowledged = 0;      ///< how many of them, up to the last that was
  };
  std::vector<testing::plain_commit> commits{}; ///< that were tried; the last may be unacknowledged
  std::size_t acknowledged = 0;
  std::map<std::string, kept_snapshot> snapshots{};
};

class broken_promise : public std::runtime_error {
  using runtime_error::runtime_error;
};

inline void hold(bool kept, const std::string& what) {
  if (!kept) throw broken_promise{what};
}

/// One life of a program: opens the log, checks that all promises are kept, appends, saves
/// snapshots, closes and opens again. `Files` wraps `simulated_files`. Determined by its arguments.
template <class Files>
class life {
public:
  /// The disk and the promises when the power might have gone.
  struct moment {
    simulated_disk disk;
    std::shared_ptr<const promise> promised;
  };

  life(simulated_disk disk, std::shared_ptr<const promise> promised, std::uint64_t seed)
      : machine_{std::make_shared<simulated_machine>(std::move(disk), seed)}, draw_{seed},
        promised_{std::move(promised)}, files_{simulated_files{machine_}} {
    machine_->changed = [this] { moments_.push_back({machine_->disk, promised_}); };
  }
  life(const life&) = delete;

  /// Throws `broken_promise`.
  void run(std::size_t works) {
    open();
    for (std::size_t i = 0; i < works; ++i) work();
    close();
    check_file();
    open();
    hold(!log_->report().torn, "opening a closed log twice found a torn end");
    close();
  }

  [[nodiscard]] const std::vector<moment>& moments() const noexcept { return moments_; }

private:
  static constexpr const char* path = "/log.jsonl";
  using log = jsonl::basic_adapter<Files>;

  template <class Change>
  void promise_more(Change change) {
    promise next = *promised_;
    change(next);
    promised_ = std::make_shared<const promise>(std::move(next));
  }

  void open() {
    try {
      log_.emplace(log::open(path, {}, files_));
    } catch (const error& why) {
      throw broken_promise{std::string{"the log cannot be opened: "} + why.what()};
    }
    check_kept_aside();
    check_events();
    check_snapshots();
  }
  void close() { log_.reset(); }

  void check_kept_aside() const {
    const auto& torn = log_->report().torn;
    if (!torn || torn->bytes == 0) return;
    const auto kept = machine_->disk.find(torn->kept_in);
    hold(kept != 0 && machine_->disk.bytes(kept).size() == torn->bytes, "cut bytes were not kept");
  }

  /// Whole commits in order, all that were acknowledged among them. What is shown now is promised.
  void check_events() {
    const auto records = testing::collect(log_->read_all(query::all(), {}));
    std::size_t at = 0;
    std::size_t commits = 0;
    std::map<std::string, std::uint64_t> versions;
    for (; commits < promised_->commits.size() && at < records.size(); ++commits)
      for (const testing::plain_write& write : promised_->commits[commits].writes)
        for (const testing::plain_event& event : write.events) {
          hold(at < records.size(), "the log shows part of a commit");
          const event_record& found = records[at++];
          hold(found.position.value() == at && found.stream == write.stream &&
                   found.version.value() == ++versions[write.stream] && found.type == event.type &&
                   found.data == event.data,
               "another event than was appended: " + testing::in_words(found));
        }
    hold(at == records.size(), "the log shows events that nobody appended");
    hold(commits >= promised_->acknowledged, std::to_string(promised_->acknowledged) +
                                                 " commits were acknowledged, " +
                                                 std::to_string(commits) + " are there");
    for (const auto& [stream, version] : versions)
      hold(log_->state_of(stream).version.value() == version, "the index knows another version");
    promise_more([&](promise& now) {
      now.commits.resize(commits);
      now.acknowledged = commits;
    });
  }

  void check_snapshots() const {
    for (const auto& [key, kept] : promised_->snapshots) {
      const snapshot_lookup found = log_->load_snapshot(key);
      if (!found.snapshot) {
        hold(kept.acknowledged == 0, "a saved snapshot is gone: " + found.ignored);
        continue;
      }
      std::size_t number = kept.states.size();
      while (number > 0 && kept.states[number - 1] != found.snapshot->state) --number;
      hold(number >= std::max<std::size_t>(kept.acknowledged, 1),
           "not the snapshot that was saved");
    }
  }

  void check_file() const {
    const auto report = jsonl::detail::verify(path, files_);
    hold(report.is_sound() && !report.torn, "verify finds fault with a log that was opened");
    std::size_t events = 0;
    for (const testing::plain_commit& commit : promised_->commits)
      for (const testing::plain_write& write : commit.writes) events += write.events.size();
    hold(report.records == events, "verify counts other records");
  }

  void work() {
    switch (draw_() % 10) {
    case 0: return save_snapshot();
    case 1: return append(outcome::sync_fails);
    case 2: return append(outcome::no_room);
    case 3: return append(outcome::written_in_pieces);
    case 4:
      check_lock();
      close();
      return open();
    default: return append(outcome::stored);
    }
  }

  void check_lock() {
    try {
      static_cast<void>(log::open(path, {}, files_));
      throw broken_promise{"two handles write to one log"};
    } catch (const error& why) {
      hold(why.code() == errc::locked, std::string{"the second writer sees "} + why.what());
    }
  }

  testing::plain_commit draw_commit() {
    testing::plain_commit commit;
    const std::size_t writes = draw_() % 4 == 0 ? 2 : 1;
    for (std::size_t i = 0; i < writes; ++i) {
      auto& write = commit.writes.emplace_back(testing::plain_write{
          std::string{"s-"} + static_cast<char>('a' + 2 * i + draw_() % 2), any, {}});
      for (std::size_t left = 1 + draw_() % 2; left != 0; --left)
        write.events.push_back({.type = "e" + std::to_string(draw_() % 3),
                                .data = R"({"n":)" + std::to_string(draw_()) + R"(,"text":")" +
                                        std::string(draw_() % 3 * 300, 'x') + "\"}",
                                .time = timestamp{}});
    }
    return commit;
  }

  enum class outcome { stored, sync_fails, no_room, written_in_pieces };

  void append(outcome due) {
    const testing::plain_commit commit = draw_commit();
    promise_more([&](promise& now) { now.commits.push_back(commit); });
    if (due == outcome::no_room) machine_->capacity = machine_->disk.used() + draw_() % 150;
    machine_->disturb = [this, due](std::string_view call) -> simulated_machine::trouble {
      if (due == outcome::sync_fails && call == "fdatasync") return {EIO};
      if (due != outcome::written_in_pieces || call != "pwrite") return {};
      return draw_() % 4 == 0 ? simulated_machine::trouble{EINTR}
                              : simulated_machine::trouble{0, 1 + draw_() % 300};
    };
    try {
      static_cast<void>(testing::append(*log_, commit).value());
      hold(due != outcome::sync_fails, "a commit was acknowledged whose sync had failed");
      hold(due != outcome::no_room, "a commit was acknowledged that had no room");
      promise_more([](promise& now) { now.acknowledged = now.commits.size(); });
    } catch (const error& why) {
      const bool fits = (due == outcome::sync_fails && why.code() == errc::append_in_doubt) ||
                        (due == outcome::no_room && why.code() == errc::storage_full);
      hold(fits, std::string{"appending failed: "} + why.what());
      machine_->disturb = nullptr;
      machine_->capacity = unlimited;
      // No error left the commit in the log; until the cut is synced, a power cut may.
      if (due == outcome::no_room) return check_events();
      hold(is_halted(commit), "a log went on after a sync had failed");
      close();
      open();
    }
    machine_->disturb = nullptr;
  }
  bool is_halted(const testing::plain_commit& commit) {
    try {
      static_cast<void>(testing::append(*log_, commit));
      return false;
    } catch (const error& why) {
      return why.code() == errc::append_halted;
    }
  }

  void save_snapshot() {
    const std::string key = draw_() % 2 == 0 ? "s/a" : "S%2Fa";
    const std::string state =
        R"({"drawn":")" + std::to_string(draw_()) + std::string(draw_() % 2 * 600, 'x') + "\"}";
    promise_more([&](promise& now) { now.snapshots[key].states.push_back(state); });
    try {
      log_->save_snapshot(key, {{}, log_->head(), 7, state});
    } catch (const error& why) {
      throw broken_promise{std::string{"a snapshot cannot be saved: "} + why.what()};
    }
    promise_more(
        [&](promise& now) { now.snapshots[key].acknowledged = now.snapshots[key].states.size(); });
  }

  std::shared_ptr<simulated_machine> machine_;
  random_source draw_;
  std::shared_ptr<const promise> promised_;
  Files files_;
  std::vector<moment> moments_;
  std::optional<log> log_;
};

/// Follows lives and what power cuts leave of them, until it has seen enough disks or one on which a
/// promise is broken. A disk is named by the way that leads to it, `SEED/MOMENT.CUT/MOMENT.CUT…`.
template <class Files>
class power_loss {
public:
  struct finding {
    std::string way;
    std::string what;
  };

  [[nodiscard]] std::size_t states() const noexcept { return seen_.size(); }

  /// One life from an empty disk, and lives after power cuts in each moment of it.
  std::optional<finding> explore(std::uint64_t seed) {
    return live({}, std::make_shared<const promise>(), seed, 0, std::to_string(seed));
  }

  /// Only what a way leads to.
  static std::optional<finding> replay(const std::string& way) {
    char* rest = nullptr;
    const auto number = [&](const char* from) { return std::strtoull(from, &rest, 10); };
    std::uint64_t seed = number(way.c_str());
    simulated_disk disk;
    auto promised = std::make_shared<const promise>();
    for (std::size_t depth = 0;; ++depth) {
      life<Files> one{disk, promised, seed};
      try {
        one.run(works[depth]);
      } catch (const broken_promise& broken) {
        return finding{way, broken.what()};
      }
      if (*rest != '/') return std::nullopt;
      const auto& moment = one.moments().at(number(rest + 1)); // rest: at the dot
      seed = number(rest + 1);
      random_source draw{seed};
      disk = moment.disk.power_cut(draw);
      promised = moment.promised;
    }
  }

private:
  static constexpr std::size_t deepest = 3;
  static constexpr std::size_t works[deepest + 1] = {8, 2, 1, 0};
  static constexpr std::size_t cuts[deepest] = {8, 3, 1};   // drawn in each moment
  static constexpr std::size_t every[deepest] = {1, 9, 11}; // of so many moments, one is taken

  std::optional<finding> live(const simulated_disk& disk, std::shared_ptr<const promise> promised,
                              std::uint64_t seed, std::size_t depth, const std::string& way) {
    life<Files> one{disk, std::move(promised), seed};
    try {
      one.run(works[depth]);
    } catch (const broken_promise& broken) {
      return finding{way, broken.what()};
    }
    if (depth == deepest) return std::nullopt;
    for (std::size_t i = seed % every[depth]; i < one.moments().size(); i += every[depth])
      for (std::size_t cut = 0; cut < cuts[depth]; ++cut) {
        const std::uint64_t next = (seed * 31 + i) * 31 % 1'000'000'007 + cut;
        random_source draw{next};
        const simulated_disk left = one.moments()[i].disk.power_cut(draw);
        if (!seen_.insert(left.fingerprint()).second) continue;
        if (auto found = live(left, one.moments()[i].promised, next, depth + 1,
                              way + "/" + std::to_string(i) + "." + std::to_string(next)))
          return found;
      }
    return std::nullopt;
  }

  std::unordered_set<std::uint64_t> seen_;
};

} // namespace evstore::tests
