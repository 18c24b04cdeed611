#pragma once

#include <evstore/adapter.hpp>
#include <evstore/query.hpp>
#include <evstore/testing/in_words.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

/// What a program was told of its log so far, and whether a log keeps it.

namespace evstore::tests {

/// Commits are numbered as they were begun, which is their order in the log. All of those that are
/// there stand at the beginning.
struct promise {
  struct saved {
    std::string state;
    std::size_t commits;  ///< how many the log had
    bool is_void = false; ///< some of them were lost, as they might be: it is of no use
  };
  struct kept_snapshot {
    std::vector<saved> states{};  ///< in the order in which they were saved, or tried to be
    std::size_t acknowledged = 0; ///< how many of them, up to the last that was
  };
  std::vector<testing::plain_commit> commits{}; ///< that were tried
  std::size_t acknowledged = 0; ///< of them; they are seen as long as there is power
  std::size_t durable = 0;      ///< of them; they survive a power cut
  std::size_t losses = 0;       ///< how often commits that were tried were given up
  std::map<std::string, kept_snapshot> snapshots{};

  /// The log has the first `count` commits, and no power cut or error can change that any more.
  void settle(std::size_t count) {
    if (count < commits.size()) ++losses;
    commits.resize(count);
    acknowledged = durable = count;
    for (auto& [key, kept] : snapshots)
      for (saved& one : kept.states) one.is_void = one.is_void || one.commits > count;
  }
};

class broken_promise : public std::runtime_error {
  using runtime_error::runtime_error;
};

inline void hold(bool kept, const std::string& what) {
  if (!kept) throw broken_promise{what};
}

/// What a log shows that has these commits, found once more without the adapter's code.
class expected_log {
public:
  struct entry {
    const testing::plain_event* event;
    const std::string* stream;
    std::uint64_t version;
  };

  void add(const testing::plain_commit& commit) {
    for (const testing::plain_write& write : commit.writes)
      for (const testing::plain_event& event : write.events) {
        stream_state& state = states_[write.stream];
        const std::uint64_t version = state.version.value() + 1;
        state.version = stream_version{version};
        entries_.push_back({&event, &write.stream, version});
        if (event.type == "$tombstoned") {
          state.tombstoned = true;
          state.first = state.version;
        } else if (event.type == "$truncated") {
          const std::uint64_t before = std::stoull(event.data.substr(event.data.find(':') + 1));
          state.first = std::max(state.first, stream_version{std::min(before, version)});
        }
      }
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  /// Throws `broken_promise` unless the log shows exactly this.
  template <adapter Log>
  void check(const Log& log) const {
    compare(testing::collect(log.read_all(query::all(), {})), [](const entry&) { return true; });
    const std::string tag = "t1";
    compare(testing::collect(log.read_all(query::tags({tag}), {.order = direction::backwards})),
            [&](const entry& one) {
              return std::count(one.event->tags.begin(), one.event->tags.end(), tag) != 0;
            });
    for (const auto& [stream, state] : states_) {
      hold(log.state_of(stream) == state, "the index knows another state of a stream");
      compare(testing::collect(log.read_stream(stream, {})),
              [&, &name = stream](const entry& one) { return *one.stream == name; });
    }
  }

private:
  template <class Wanted>
  void compare(const std::vector<event_record>& records, Wanted wanted) const {
    const bool ascends = records.empty() || records.front().position <= records.back().position;
    std::size_t at = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const entry& due = entries_[i];
      if (due.version < states_.at(*due.stream).first.value() || !wanted(due)) continue;
      hold(at < records.size(), "an event is missing that the log has");
      const event_record& found = records[ascends ? at : records.size() - 1 - at];
      ++at;
      if (found.position.value() != i + 1 || found.stream != *due.stream ||
          found.version.value() != due.version || found.type != due.event->type ||
          found.data != due.event->data)
        throw broken_promise{"another event than was appended: " + testing::in_words(found)};
    }
    hold(at == records.size(), "the log shows events that it should not");
  }

  std::vector<entry> entries_;
  std::map<std::string, stream_state> states_;
};

/// How many of the promised commits the log shows: whole ones, in order, as they were tried, all
/// that was `due` among them.
template <adapter Log>
std::size_t count_commits(const Log& log, const promise& promised, std::size_t due) {
  const std::uint64_t head = log.head().value();
  expected_log expected;
  std::size_t count = 0;
  while (count < promised.commits.size() && expected.size() < head)
    expected.add(promised.commits[count++]);
  hold(expected.size() >= head, "the log has events that nobody appended");
  hold(expected.size() == head, "the log has part of a commit");
  expected.check(log);
  hold(count >= due,
       std::to_string(due) + " commits were acknowledged, " + std::to_string(count) + " are there");
  return count;
}

/// Of each snapshot that was saved, the newest is found, or one that was tried later. Those of
/// commits that were lost are not.
template <adapter Log>
void check_snapshots(const Log& log, const promise& promised) {
  for (const auto& [key, kept] : promised.snapshots) {
    const snapshot_lookup found = log.load_snapshot(key);
    const auto may_be = [&](auto is_it) {
      const std::size_t first = kept.acknowledged == 0 ? 0 : kept.acknowledged - 1;
      return std::any_of(kept.states.begin() + static_cast<std::ptrdiff_t>(first),
                         kept.states.end(), is_it);
    };
    if (found.snapshot)
      hold(may_be([&](const promise::saved& one) {
             return !one.is_void && one.state == found.snapshot->state;
           }),
           "not the snapshot that was saved");
    else
      hold(kept.acknowledged == 0 || may_be([](const promise::saved& one) { return one.is_void; }),
           "a saved snapshot is gone: " + found.ignored);
  }
}

} // namespace evstore::tests
