// The suite must be able to fail: adapters with one fault each, and for every check of the suite a
// fault that it finds.
#include <evstore/memory/adapter.hpp>
#include <evstore/testing/conformance.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace evstore;

enum class fault {
  none,
  // append
  accepts_anything,
  any_means_new,
  changes_payloads, // `from` becomes `to`
  clock_stands_still,
  counts_positions_per_stream,
  cuts_long_payloads,
  drops_guards,
  drops_late_writes,
  drops_the_last_event,
  facts_without_effect,
  folds_case,
  ids_are_global,
  ignores_conditions,
  ignores_expectations,
  ids_from_types,
  later_conditions_ignored,
  loses_ids,
  loses_tags,
  loses_microseconds,
  conditions_include_their_position,
  receipt_of_the_first_event,
  replays_any_known_id,
  reverses_writes,
  splits_large_commits,
  throws_on_conflict,
  writes_one_by_one,
  // reading
  cursor_dies_with_its_handle,
  ends_after_a_batch,
  head_runs_ahead,
  ignores_from,
  leaves_gaps,
  limits_before_it_matches,
  live_cursors,
  matches_the_first_tag_only,
  one_cursor_at_a_time,
  restarts_a_moved_cursor,
  reuses_a_batch,
  sorts_by_time,
  versions_are_positions,
  // the rest
  copies_have_their_own,
  finds_any_snapshot,
  forgets_when_closed,
  loses_snapshots,
  loses_its_store_when_moved,
  second_handle_has_its_own,
  shares_all_stores,
  snapshots_into_the_log,
  wakes_for_nothing,
};

struct defect {
  fault what = fault::none;
  std::string from{};
  std::string to{};
};

/// What the handles on one store share.
struct state {
  memory::adapter sound;
  std::set<event_id> ids;
  std::mutex mutex;
  std::array<char, 4096> lent_types; // for reuses_a_batch: one place for the types of all cursors
  std::atomic<int> newest_cursor{0};
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

class broken_cursor {
public:
  using source = std::function<std::vector<event_record>()>;

  broken_cursor(defect of, std::shared_ptr<state> store, std::weak_ptr<int> handle, source read)
      : defect_{std::move(of)}, store_{std::move(store)}, handle_{std::move(handle)},
        read_{std::move(read)}, number_{++store_->newest_cursor} {
    if (defect_.what != fault::live_cursors) records_ = read_();
  }
  broken_cursor(broken_cursor&& other) noexcept { *this = std::move(other); }
  broken_cursor& operator=(broken_cursor&& other) noexcept {
    defect_ = other.defect_;
    store_ = other.store_;
    handle_ = other.handle_;
    read_ = other.read_;
    records_ = std::move(other.records_);
    number_ = other.number_;
    at_ = defect_.what == fault::restarts_a_moved_cursor ? 0 : other.at_;
    return *this;
  }

  std::span<const event_view> next() {
    constexpr std::size_t most = 100;
    views_.clear();
    tags_.clear();
    if (defect_.what == fault::live_cursors) records_ = read_();
    if (defect_.what == fault::cursor_dies_with_its_handle && handle_.expired()) return {};
    if (defect_.what == fault::one_cursor_at_a_time && number_ != store_->newest_cursor) return {};
    if (defect_.what == fault::ends_after_a_batch && at_ > 0) return {};
    const std::size_t end = std::min(records_.size(), at_ + most);
    for (std::size_t i = at_; i < end; ++i)
      views_.push_back(view_of(records_[i], tags_.emplace_back())); // inner vectors stay in place
    if (defect_.what == fault::reuses_a_batch) {
      char* place = store_->lent_types.data();
      for (event_view& event : views_) {
        event.type.copy(place, event.type.size());
        event.type = {place, event.type.size()};
        place += event.type.size();
      }
    }
    at_ = end;
    return views_;
  }

private:
  defect defect_;
  std::shared_ptr<state> store_;
  std::weak_ptr<int> handle_;
  source read_;
  std::vector<event_record> records_;
  std::vector<std::vector<std::string_view>> tags_;
  std::vector<event_view> views_;
  int number_ = 0;
  std::size_t at_ = 0;
};

class broken_adapter {
public:
  explicit broken_adapter(defect of) : defect_{std::move(of)} {}
  broken_adapter(const broken_adapter& other)
      : defect_{other.defect_}, state_{other.state_}, token_{other.token_} {
    if (is(fault::copies_have_their_own)) state_ = std::make_shared<state>();
  }
  broken_adapter& operator=(const broken_adapter& other) { return *this = broken_adapter{other}; }
  broken_adapter(broken_adapter&& other) noexcept { *this = std::move(other); }
  broken_adapter& operator=(broken_adapter&& other) noexcept {
    defect_ = other.defect_;
    state_ = is(fault::loses_its_store_when_moved) ? std::make_shared<state>() : other.state_;
    token_ = std::move(other.token_);
    return *this;
  }

  append_result append(const commit_view& commit) {
    try {
      append_result outcome = changed_append(commit);
      if (!outcome && is(fault::throws_on_conflict)) throw_refusal(outcome.error());
      if (!outcome && is(fault::replays_any_known_id) &&
          outcome.error().reason == append_conflict::kind::event_id)
        return append_receipt{{}, {}, {}, true};
      if (outcome && is(fault::receipt_of_the_first_event)) {
        append_receipt receipt = *outcome;
        receipt.last = receipt.first;
        return receipt;
      }
      if (outcome && is(fault::counts_positions_per_stream)) {
        append_receipt receipt = *outcome;
        receipt.first = receipt.last = global_position{receipt.version().value()};
        return receipt;
      }
      return outcome;
    } catch (const error&) {
      if (!is(fault::accepts_anything)) throw;
      return append_receipt{};
    }
  }

  broken_cursor read_stream(std::string_view name, const stream_range& range) const {
    return {defect_, state_, token_, [self = detached(), name = named(name), range] {
              stream_range asked = range;
              if (self.is(fault::ignores_from)) asked.from.reset();
              return self.changed(testing::collect(self.state_->sound.read_stream(name, asked)));
            }};
  }
  broken_cursor read_all(const query& which, const store_range& range) const {
    return {defect_, state_, token_, [self = detached(), which = asked(which), range] {
              store_range asked = range;
              if (self.is(fault::ignores_from)) asked.from.reset();
              if (!self.is(fault::limits_before_it_matches))
                return self.changed(testing::collect(self.state_->sound.read_all(which, asked)));
              auto records = testing::collect(self.state_->sound.read_all(query::all(), asked));
              std::erase_if(records, [&](const event_record& event) {
                const std::vector<std::string_view> tags(event.tags.begin(), event.tags.end());
                return !which.matches(event.type, tags);
              });
              return records;
            }};
  }

  stream_state state_of(std::string_view name) const { return state_->sound.state_of(named(name)); }
  global_position head() const {
    const global_position head = state_->sound.head();
    return is(fault::head_runs_ahead) ? head.next() : head;
  }
  global_position wait_beyond(global_position after, std::chrono::milliseconds patience) const {
    if (is(fault::wakes_for_nothing)) return after;
    return state_->sound.wait_beyond(after, patience);
  }

  void save_snapshot(std::string_view key, const snapshot_view& snapshot) {
    if (is(fault::loses_snapshots)) return;
    if (is(fault::snapshots_into_the_log))
      (void)testing::append(*this, {{{"snapshots", any, testing::events("saved")}}, {}});
    try {
      state_->sound.save_snapshot(named(key), snapshot);
    } catch (const error&) {
      if (!is(fault::accepts_anything)) throw;
    }
  }
  snapshot_lookup load_snapshot(std::string_view key) const {
    auto found = state_->sound.load_snapshot(named(key));
    if (!found.snapshot && is(fault::finds_any_snapshot)) found.snapshot = snapshot_record{};
    return found;
  }

private:
  /// For a cursor, which must not keep the handle alive.
  [[nodiscard]] broken_adapter detached() const {
    broken_adapter copy{*this};
    copy.token_.reset();
    return copy;
  }
  [[nodiscard]] bool is(fault what) const { return defect_.what == what; }

  [[nodiscard]] std::string named(std::string_view name) const {
    std::string text{name};
    if (is(fault::folds_case))
      std::transform(text.begin(), text.end(), text.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
  }

  [[nodiscard]] query asked(const query& which) const {
    if (!is(fault::matches_the_first_tag_only) || which.is_all()) return which;
    std::vector<query_item> items = which.items();
    for (query_item& item : items)
      if (item.tags.size() > 1) item.tags.resize(1);
    return query{items};
  }

  [[nodiscard]] std::vector<event_record> changed(std::vector<event_record> records) const {
    for (event_record& event : records) {
      if (is(fault::leaves_gaps)) event.position = global_position{event.position.value() * 2};
      if (is(fault::versions_are_positions)) event.version = stream_version{event.position.value()};
      if (is(fault::facts_without_effect) && event.type.starts_with("_")) event.type.front() = '$';
    }
    if (is(fault::sorts_by_time))
      std::stable_sort(records.begin(), records.end(),
                       [](const auto& a, const auto& b) { return a.time < b.time; });
    return records;
  }

  /// Hands a changed copy of the commit on.
  append_result changed_append(const commit_view& commit) {
    std::vector<std::string> kept; // texts that the copy borrows
    kept.reserve(3 * (commit.event_count() + commit.writes.size()));
    std::vector<std::vector<new_event>> events;
    std::vector<stream_write> writes;
    for (const stream_write& write : commit.writes) {
      if (is(fault::drops_guards) && write.events.empty()) continue;
      if (is(fault::drops_late_writes) && writes.size() == 100) break;
      auto& own = events.emplace_back(write.events.begin(), write.events.end());
      for (new_event& event : own) change(event, kept);
      stream_write& changed = writes.emplace_back(write);
      changed.stream = kept.emplace_back(named(write.stream));
      if (is(fault::ignores_expectations)) changed.expected = any;
      if (is(fault::any_means_new) && write.expected == any) changed.expected = no_stream;
    }
    if (is(fault::drops_the_last_event) && !events.empty() && !events.back().empty())
      events.back().pop_back();
    for (std::size_t i = 0; i < writes.size(); ++i) writes[i].events = events[i];
    if (is(fault::reverses_writes)) std::reverse(writes.begin(), writes.end());

    std::vector<append_condition> conditions(commit.conditions.begin(), commit.conditions.end());
    if (is(fault::ignores_conditions)) conditions.clear();
    if (is(fault::later_conditions_ignored) && !conditions.empty())
      conditions.erase(conditions.begin() + 1, conditions.end());
    if (is(fault::conditions_include_their_position))
      for (append_condition& condition : conditions)
        if (condition.after > global_position::origin())
          condition.after = global_position{condition.after.value() - 1};

    if (is(fault::ids_are_global)) {
      const std::scoped_lock lock{state_->mutex};
      for (const stream_write& write : writes)
        for (const new_event& event : write.events)
          if (event.id && !state_->ids.insert(*event.id).second)
            return failure{append_conflict{append_conflict::kind::event_id, ""}};
    }
    if (is(fault::writes_one_by_one)) return append_in_parts(writes, conditions, 1'000'000);
    if (is(fault::splits_large_commits)) return append_in_parts(writes, conditions, 1000);
    return state_->sound.append({writes, conditions});
  }

  void change(new_event& event, std::vector<std::string>& kept) const {
    const std::string_view data = event.data.text();
    if (is(fault::loses_ids)) event.id.reset();
    if (is(fault::ids_from_types) && !event.id)
      event.id = testing::id_of(std::hash<std::string_view>{}(event.type));
    if (is(fault::loses_tags)) event.tags = {};
    if (is(fault::clock_stands_still) && !event.time) event.time = timestamp{};
    if (is(fault::loses_microseconds) && event.time)
      event.time = std::chrono::floor<std::chrono::milliseconds>(*event.time);
    if (is(fault::cuts_long_payloads) && data.size() > 65535) event.data = json_view::trusted("{}");
    if (is(fault::facts_without_effect) && is_reserved(event.type)) {
      std::string& type = kept.emplace_back(event.type);
      type.front() = '_';
      event.type = type;
    }
    if (is(fault::changes_payloads)) {
      std::string& text = kept.emplace_back(data);
      replace_all(text, defect_.from, defect_.to);
      event.data = json_view::trusted(text);
    }
  }

  /// A commit for each write, and for each `most` events of one.
  append_result append_in_parts(const std::vector<stream_write>& writes,
                                const std::vector<append_condition>& conditions, std::size_t most) {
    append_result outcome = append_receipt{};
    for (stream_write write : writes) do {
        stream_write part = write;
        part.events = write.events.first(std::min(most, write.events.size()));
        outcome = state_->sound.append({{&part, 1}, conditions});
        if (!outcome) return outcome;
        write.events = write.events.subspan(part.events.size());
        write.expected = any;
      } while (!write.events.empty());
    return outcome;
  }

  defect defect_;
  std::shared_ptr<state> state_ = std::make_shared<state>();
  std::shared_ptr<int> token_ = std::make_shared<int>();
};

testing::subject<broken_adapter> subject_with(const defect& of) {
  const auto shared = std::make_shared<broken_adapter>(of);
  return {
      .open_fresh =
          [of, shared] {
            return of.what == fault::shares_all_stores ? broken_adapter{*shared}
                                                       : broken_adapter{of};
          },
      .reopen =
          [of](broken_adapter handle) {
            return of.what == fault::forgets_when_closed ? broken_adapter{of} : handle;
          },
      .open_second =
          [of](broken_adapter& handle) {
            return of.what == fault::second_handle_has_its_own ? broken_adapter{of} : handle;
          },
  };
}

const auto& checks() {
  static const auto all = testing::conformance_checks<broken_adapter>();
  return all;
}

/// Each fault and the checks that must find it.
struct expectation {
  defect of;
  std::vector<std::string_view> found_by;
};

const std::vector<expectation>& expectations() {
  static const std::vector<expectation> all{
      {{fault::accepts_anything},
       {"an empty commit is refused", "a bad stream name is refused",
        "a stream named twice is refused", "an event id used twice in a stream is refused",
        "a bad event type is refused", "a bad tag is refused", "a schema version of 0 is refused",
        "data that is not an object is refused",
        "a recorded time that cannot be written down is refused",
        "a stream fact that is not the library's own is refused",
        "a condition beyond the head is refused", "a bad snapshot key is refused",
        "a snapshot of the future is refused"}},
      {{fault::any_means_new}, {"any takes a stream in any state"}},
      {{fault::changes_payloads, "-0.0", "0.0"}, {"numbers keep their digits"}},
      {{fault::changes_payloads, "\\u0041", "A"}, {"strings keep their escapes"}},
      {{fault::changes_payloads, "\xF3\xB0\x80\x80", "?"}, {"every plane of Unicode is kept"}},
      {{fault::changes_payloads, "e\u0301", "\u00E9"},
       {"composed and decomposed letters stay what they are"}},
      {{fault::changes_payloads, "\"a\":1,\"a\":2,", ""},
       {"keys keep their order and their duplicates"}},
      {{fault::changes_payloads, "\t", " "}, {"space between tokens is kept"}},
      {{fault::changes_payloads, "[[]]", "[]"}, {"what is deep stays deep"}},
      {{fault::clock_stands_still}, {"an event without a time is recorded now"}},
      {{fault::conditions_include_their_position},
       {"a condition looks strictly after its position"}},
      {{fault::copies_have_their_own}, {"copies of a handle are one store"}},
      {{fault::counts_positions_per_stream}, {"positions are not reused after a deletion"}},
      {{fault::cursor_dies_with_its_handle}, {"a cursor may outlive the handle that made it"}},
      {{fault::cuts_long_payloads},
       {"payloads of 70 KB and 5 MB are kept", "a payload of 16 MiB is kept"}},
      {{fault::drops_guards},
       {"a guard is an expectation without events", "a failed guard fails the commit",
        "a commit of guards alone writes nothing and reports the head",
        "a retry is recognised although its guard would fail now",
        "a tombstoned stream can still be guarded"}},
      {{fault::drops_late_writes}, {"a commit to many streams is one commit"}},
      {{fault::drops_the_last_event}, {"an event that was appended is there"}},
      {{fault::ends_after_a_batch}, {"thousands of events come whole and in order"}},
      {{fault::facts_without_effect},
       {"a truncation hides the events before a version", "what was hidden stays hidden",
        "a truncation hides nothing that comes after it",
        "a truncation and its replacement may be one commit", "a truncation may divide a commit",
        "a tombstone hides the stream and ends it", "a stream may begin with its tombstone",
        "an event that is no longer shown does not count against a condition"}},
      {{fault::finds_any_snapshot}, {"a key without a snapshot has none, and nothing was ignored"}},
      {{fault::folds_case},
       {"streams are told apart byte by byte", "a stream that is not there shows nothing",
        "snapshots are kept under odd keys"}},
      {{fault::forgets_when_closed},
       {"everything survives closing and opening", "an empty store survives closing and opening",
        "appending goes on where it ended", "a retry is recognised after closing and opening",
        "conditions see what was stored before closing", "deletions survive closing and opening",
        "snapshots survive closing and opening"}},
      {{fault::head_runs_ahead}, {"an empty store shows nothing"}},
      {{fault::ids_are_global}, {"one id in two streams names two events"}},
      {{fault::ids_from_types}, {"events without ids are never recognised"}},
      {{fault::ignores_conditions},
       {"a condition fails the commit if a matching event was appended after its position",
        "a condition after the origin means that such an event never existed",
        "query::all() is met only if nothing at all was appended since",
        "a condition's query means what it means for readers",
        "a commit's own events do not count against it", "conditions may stand alone",
        "a failed expectation is reported before a failed condition",
        "a condition finds one event among thousands",
        "of the writers under one condition exactly one wins"}},
      {{fault::ignores_expectations},
       {"no_stream takes only a stream that never had an event",
        "stream_exists takes only a stream that had an event", "exactly(n) takes only version n",
        "new ids do not replace an expectation", "a truncation is refused like any append",
        "of the writers that expect one version exactly one wins"}},
      {{fault::ignores_from},
       {"a stream is read from a version, with a limit, in both directions",
        "the store is read from a position, with a limit, in both directions"}},
      {{fault::later_conditions_ignored}, {"several conditions must all hold"}},
      {{fault::leaves_gaps}, {"positions are dense"}},
      {{fault::limits_before_it_matches}, {"a query has a range too"}},
      {{fault::live_cursors},
       {"the end of a cursor is the end for good",
        "a cursor shows the store as it was when it was made",
        "a cursor in the middle of its events does not see new ones",
        "a cursor still shows what was deleted after it was made"}},
      {{fault::loses_ids},
       {"a commit that is sent again is recognised",
        "a retry is recognised although its expectation would fail now",
        "a retry is recognised although its condition would fail now",
        "a retry is recognised although its stream was truncated or tombstoned",
        "a retry of a commit to several streams is recognised",
        "metadata and time do not count for a retry", "an id conflict is reported before any other",
        "a commit that several send is stored once"}},
      {{fault::loses_its_store_when_moved}, {"a handle may be moved"}},
      {{fault::loses_microseconds}, {"the recorded time is kept to the microsecond"}},
      {{fault::loses_snapshots},
       {"a snapshot is found again", "a snapshot replaces what was under its key",
        "a long snapshot is kept", "snapshots may be saved and loaded by many threads"}},
      {{fault::loses_tags}, {"types, tags, ids and schema versions are kept"}},
      {{fault::matches_the_first_tag_only}, {"a query shows the events that any item matches"}},
      {{fault::one_cursor_at_a_time}, {"many cursors may be open at once"}},
      {{fault::receipt_of_the_first_event},
       {"a receipt names the first and last position and the new versions"}},
      {{fault::replays_any_known_id},
       {"another payload under a stored id is a conflict",
        "a commit of which only a part is stored is a conflict",
        "a part of a stored commit is a conflict", "stored events in another order are a conflict",
        "events of two commits are not one commit",
        "a retry with its streams in another order is a conflict"}},
      {{fault::restarts_a_moved_cursor}, {"a cursor may be moved"}},
      {{fault::reuses_a_batch}, {"a batch stays valid until the next pull"}},
      {{fault::reverses_writes}, {"a commit to several streams is in the order of its writes"}},
      {{fault::second_handle_has_its_own}, {"handles on one store see one log"}},
      {{fault::shares_all_stores}, {"stores are independent"}},
      {{fault::snapshots_into_the_log}, {"a snapshot changes nothing in the log"}},
      {{fault::sorts_by_time}, {"order follows position, never time"}},
      {{fault::splits_large_commits}, {"a commit of thousands of events is one commit"}},
      {{fault::throws_on_conflict}, {"a conflict is a value, and nothing is written"}},
      {{fault::versions_are_positions}, {"versions count each stream, positions the store"}},
      {{fault::wakes_for_nothing},
       {"waiting for what is there returns at once", "waiting ends when its time is up",
        "waiting for no time returns the head", "an append wakes who waits",
        "an append of a copy wakes who waits", "an append of another handle wakes who waits"}},
      {{fault::writes_one_by_one},
       {"one failed expectation fails the whole commit", "commits are never mixed",
        "readers see whole commits and a log that only grows"}},
  };
  return all;
}

TEST_CASE("each fault of an adapter is found by the checks that are there for it") {
  for (const expectation& expected : expectations())
    for (const std::string_view name : expected.found_by) {
      const auto one = std::find_if(checks().begin(), checks().end(),
                                    [&](const auto& check) { return check.name == name; });
      INFO("fault " << static_cast<int>(expected.of.what) << ", check: " << name);
      REQUIRE(one != checks().end());
      const auto outcome = testing::run(*one, subject_with(expected.of));
      CHECK(outcome.failed());
    }
}

TEST_CASE("the suite has no check that cannot fail") {
  std::set<std::string_view> able_to_fail;
  for (const expectation& expected : expectations())
    able_to_fail.insert(expected.found_by.begin(), expected.found_by.end());
  for (const auto& check : checks()) {
    INFO("no fault for: " << check.name);
    CHECK(able_to_fail.contains(check.name));
  }
}

TEST_CASE("the wrapper without a fault passes every check, and skips none") {
  for (const auto& check : checks()) {
    const auto outcome = testing::run(check, subject_with({}));
    INFO(outcome.text);
    CHECK(outcome.passed());
  }
}

TEST_CASE("names of checks are unique") {
  std::set<std::string_view> names;
  for (const auto& check : checks()) CHECK(names.insert(check.name).second);
}

TEST_CASE("a failure tells the check, its rule, the place and what came") {
  const auto texts = testing::failures(subject_with({fault::limits_before_it_matches}));
  REQUIRE(texts.size() == 1);
  using Catch::Matchers::Contains;
  CHECK_THAT(texts[0], Contains("a query has a range too\n  rule: The limit counts the events"));
  CHECK_THAT(texts[0], Contains("reading.hpp:"));
  CHECK_THAT(texts[0], Contains("the first 2: expected a0 a1, got a0"));
}

TEST_CASE("a check that needs what the adapter lacks is skipped and says so") {
  const testing::subject<broken_adapter> bare{.open_fresh = [] { return broken_adapter{defect{}}; },
                                              .dense_positions = false};
  std::size_t skipped = 0;
  for (const auto& check : checks()) {
    const auto outcome = testing::run(check, bare);
    CHECK(!outcome.failed());
    if (outcome.result == testing::outcome::kind::skipped) {
      ++skipped;
      CHECK(!outcome.text.empty());
    }
  }
  CHECK(skipped == 10);
}

} // namespace
