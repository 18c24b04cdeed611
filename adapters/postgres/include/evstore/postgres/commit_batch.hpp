#pragma once

#include <evstore/admission.hpp>
#include <evstore/postgres/connection.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

/// A group of commits on their way into append() of sql/0002_functions.sql, and what comes back.

namespace evstore::postgres {

namespace detail {

inline constexpr statement append{
    "append",
    "select * from append($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::bigint[],"
    " $6::integer[], $7::integer[], $8::integer[], $9::integer[], $10::integer[], $11::text[],"
    " $12::bigint[], $13::uuid[], $14::bigint[], $15::text[], $16::text[], $17::text[],"
    " $18::bigint[], $19::integer[], $20::text[], $21::text[], $22::bigint)"};

/// Versions and positions of the store are `bigint`; what lies beyond is beyond everything.
constexpr std::int64_t to_bigint(std::uint64_t value) noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(value, most));
}
constexpr std::uint64_t from_bigint(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value);
}

constexpr std::int64_t expectation(expected_version expected) noexcept {
  switch (expected.what()) {
  case expected_version::kind::any: return -1;
  case expected_version::kind::stream_exists: return -2;
  case expected_version::kind::no_stream: return 0;
  case expected_version::kind::exactly: break;
  }
  return to_bigint(expected.version().value());
}

constexpr std::int64_t microseconds_of(timestamp time) noexcept {
  return time.time_since_epoch().count();
}

using commits = std::span<const commit_view* const>;

/// That nobody knows what became of these commits, which may be sent again.
inline error in_doubt(commits group, const std::string& what, const error& why) {
  std::vector<event_id> ids;
  for (const commit_view* commit : group)
    evstore::detail::for_each_event(*commit, [&](const new_event& event, std::string_view) {
      if (event.id) ids.push_back(*event.id);
    });
  error doubt{errc::append_in_doubt, what + ": " + why.message(), why.place()};
  return doubt.with_ids(std::move(ids));
}

inline constexpr const char* was_lost = "the connection was lost while the server had the commit";
inline constexpr const char* has_warned =
    "the server warned while it committed; it may not be replicated";

/// What events have of their own, an array for each: type, schema, id, time, tags, data, metadata.
/// `each(type, add)` makes an array, for which it calls `add(event)` for each event.
template <class Each>
void add_event_columns(Each each, bool has_ids, parameters& out) {
  each(element::text, [&](const new_event& event) { out.element_of(event.type); });
  each(element::bigint,
       [&](const new_event& event) { out.element_of(std::int64_t{event.schema}); });
  each(element::uuid, [&](const new_event& event) {
    if (has_ids) out.element_of(event.id);
  });
  each(element::bigint, [&](const new_event& event) {
    if (event.time)
      out.element_of(microseconds_of(*event.time));
    else
      out.null_element();
  });
  each(element::text, [&](const new_event& event) { out.list_element(event.tags); });
  each(element::text, [&](const new_event& event) { out.element_of(event.data.text()); });
  each(element::text, [&](const new_event& event) {
    if (event.metadata.empty())
      out.null_element();
    else
      out.element_of(event.metadata.text());
  });
}

/// Array parameters from what each commit, write and event has.
class append_parameters {
public:
  explicit append_parameters(commits group, parameters& out) : group_{group}, out_{out} {}

  /// `known` is a position that the log has reached, for all the caller knows.
  void build(std::int64_t known) {
    out_.clear();
    runs();
    counts([](const commit_view& commit) { return commit.writes.size(); });
    counts([](const commit_view& commit) { return commit.conditions.size(); });
    of_writes(element::text, [&](const stream_write& write) { out_.element_of(write.stream); });
    of_writes(element::bigint,
              [&](const stream_write& write) { out_.element_of(expectation(write.expected)); });
    event_counts();
    event_places();
    add_event_columns([this](element type, auto add) { of_events(type, add); }, has_ids(), out_);
    of_conditions(element::bigint, [&](const append_condition& condition) {
      out_.element_of(to_bigint(condition.after.value()));
    });
    item_counts();
    of_items([&](const query_item* item) {
      if (item != nullptr)
        out_.list_element(item->types);
      else
        out_.null_element();
    });
    of_items([&](const query_item* item) {
      if (item != nullptr)
        out_.list_element(item->tags);
      else
        out_.null_element();
    });
    out_.add(known);
  }

private:
  /// A commit that another one before it may matter to begins a run.
  void runs() {
    std::unordered_set<std::string_view> streams;
    const auto is_named = [&](const stream_write& write) { return streams.contains(write.stream); };
    out_.begin_array(element::integer);
    out_.element_of(std::int32_t{0});
    for (std::size_t c = 1; c < group_.size(); ++c) {
      for (const stream_write& write : group_[c - 1]->writes) streams.insert(write.stream);
      const commit_view& commit = *group_[c];
      if (commit.conditions.empty() &&
          std::none_of(commit.writes.begin(), commit.writes.end(), is_named))
        continue;
      out_.element_of(static_cast<std::int32_t>(c));
      streams.clear();
    }
    out_.element_of(static_cast<std::int32_t>(group_.size()));
    out_.end_array();
  }
  template <class Count>
  void counts(Count count) {
    out_.begin_array(element::integer);
    std::int32_t sum = 0;
    out_.element_of(sum);
    for (const commit_view* commit : group_)
      out_.element_of(sum += static_cast<std::int32_t>(count(*commit)));
    out_.end_array();
  }
  void event_counts() {
    std::int32_t sum = 0;
    out_.begin_array(element::integer);
    out_.element_of(sum);
    for (const commit_view* commit : group_)
      for (const stream_write& write : commit->writes)
        out_.element_of(sum += static_cast<std::int32_t>(write.events.size()));
    out_.end_array();
  }
  /// Of each event: the write, the place in it, the part of the commit, and how many parts there are.
  void event_places() {
    of_places([&](std::int32_t write, std::int32_t, std::int32_t, std::int32_t) { return write; });
    of_places([&](std::int32_t, std::int32_t place, std::int32_t, std::int32_t) { return place; });
    of_places([&](std::int32_t, std::int32_t, std::int32_t part, std::int32_t) { return part; });
    of_places([&](std::int32_t, std::int32_t, std::int32_t, std::int32_t parts) { return parts; });
  }
  template <class Choose>
  void of_places(Choose choose) {
    std::int32_t number = 0;
    out_.begin_array(element::integer);
    for (const commit_view* commit : group_) {
      const auto parts = static_cast<std::int32_t>(commit->event_count());
      std::int32_t part = 0;
      for (const stream_write& write : commit->writes) {
        ++number;
        for (std::int32_t place = 1; place <= static_cast<std::int32_t>(write.events.size());
             ++place)
          out_.element_of(std::int32_t{choose(number, place, ++part, parts)});
      }
    }
    out_.end_array();
  }
  /// All events have one item, which asks for nothing.
  void item_counts() {
    std::int32_t sum = 0;
    out_.begin_array(element::integer);
    out_.element_of(sum);
    for (const commit_view* commit : group_)
      for (const append_condition& condition : commit->conditions)
        out_.element_of(sum += static_cast<std::int32_t>(
                            std::max<std::size_t>(1, condition.matching.items().size())));
    out_.end_array();
  }
  template <class Add>
  void of_writes(element type, Add add) {
    out_.begin_array(type);
    for (const commit_view* commit : group_)
      for (const stream_write& write : commit->writes) add(write);
    out_.end_array();
  }
  template <class Add>
  void of_events(element type, Add add) {
    of_writes(type, [&](const stream_write& write) {
      for (const new_event& event : write.events) add(event);
    });
  }
  [[nodiscard]] bool has_ids() const {
    bool has_one = false;
    for (const commit_view* commit : group_)
      evstore::detail::for_each_event(*commit, [&](const new_event& event, std::string_view) {
        has_one = has_one || event.id;
      });
    return has_one;
  }
  template <class Add>
  void of_conditions(element type, Add add) {
    out_.begin_array(type);
    for (const commit_view* commit : group_)
      for (const append_condition& condition : commit->conditions) add(condition);
    out_.end_array();
  }
  template <class Add>
  void of_items(Add add) {
    of_conditions(element::text, [&](const append_condition& condition) {
      for (const query_item& item : condition.matching.items()) add(&item);
      if (condition.matching.is_all()) add(nullptr);
    });
  }

  commits group_;
  parameters& out_;
};

} // namespace detail

/// What append() said of a group of commits.
class batch_answer {
public:
  /// That a commit of one event is stored behind this head and this version.
  static batch_answer of_stored_event(std::int64_t head, std::int64_t version) {
    batch_answer one;
    one.outcomes_ = {0};
    one.abouts_ = {1};
    one.numbers_ = one.versions_ = {version};
    one.heads_ = {head};
    return one;
  }
  /// Of append_one() and append_each().
  static batch_answer of_single_events(const answer& came) {
    const auto said = integers_of<std::int64_t>(came.bytes(0, 0));
    const auto count = static_cast<std::ptrdiff_t>(said.size() / 3);
    batch_answer all;
    all.outcomes_.assign(said.begin(), said.begin() + count);
    all.heads_.assign(said.begin() + count, said.begin() + 2 * count);
    all.versions_.assign(said.begin() + 2 * count, said.end());
    all.numbers_ = all.versions_;
    all.abouts_.resize(said.size() / 3);
    std::iota(all.abouts_.begin(), all.abouts_.end(), 1);
    return all;
  }
  explicit batch_answer(const answer& came)
      : outcomes_{integers_of<std::int32_t>(came.bytes(0, 0))},
        abouts_{integers_of<std::int32_t>(came.bytes(0, 1))},
        numbers_{integers_of<std::int64_t>(came.bytes(0, 2))},
        heads_{integers_of<std::int64_t>(came.bytes(0, 3))},
        versions_{integers_of<std::int64_t>(came.bytes(0, 4))} {}

  /// Says it of the next commit of the group, in their order. Nothing if ids of it are stored
  /// already: they decide, and have to be looked at. Throws for a condition beyond the head.
  [[nodiscard]] std::optional<append_result> next(const commit_view& commit) {
    const std::size_t i = next_++;
    const std::size_t first_write = std::exchange(write_, write_ + commit.writes.size());
    const std::size_t first_condition =
        std::exchange(condition_, condition_ + commit.conditions.size());
    const auto about = static_cast<std::size_t>(abouts_[i]);
    const std::uint64_t number = detail::from_bigint(numbers_[i]);
    using kind = append_conflict::kind;
    switch (outcomes_[i]) {
    case 0: return stored(commit, detail::from_bigint(heads_[i]), first_write);
    case 1:
    case 2:
      return append_result{failure{evstore::detail::conflict_of(
          outcomes_[i] == 1 ? kind::version : kind::tombstoned,
          commit.writes[about - 1 - first_write], {stream_version{number}})}};
    case 3:
      return append_result{failure{append_conflict{
          kind::condition, commit.conditions[about - 1 - first_condition].matching.to_string(), any,
          stream_version{}, global_position{number}}}};
    case 4:
      evstore::detail::refuse_beyond(commit.conditions[about - 1 - first_condition],
                                     global_position{number});
    default: return std::nullopt;
    }
  }

  /// Of a commit of one event: whether it is stored, and what is behind it.
  [[nodiscard]] bool is_stored() const noexcept { return outcomes_[0] == 0; }
  [[nodiscard]] std::int64_t head() const noexcept { return heads_[0]; }
  [[nodiscard]] std::int64_t version() const noexcept { return versions_[0]; }

  /// Calls `see(head, count)` for each commit of the group that was stored: its events are the
  /// `count` behind position `head`.
  template <class See>
  void for_each_stored(detail::commits group, See see) const {
    for (std::size_t i = 0; i < group.size(); ++i)
      if (const std::size_t count = group[i]->event_count(); outcomes_[i] == 0 && count != 0)
        see(heads_[i], count);
  }

private:
  batch_answer() = default;
  [[nodiscard]] append_result stored(const commit_view& commit, std::uint64_t head,
                                     std::size_t first_write) const {
    const std::size_t count = commit.event_count();
    append_receipt receipt{global_position{count == 0 ? head : head + 1},
                           global_position{head + count}};
    for (std::size_t w = 0; w < commit.writes.size(); ++w)
      receipt.versions.emplace_back(detail::from_bigint(versions_[first_write + w]) +
                                    commit.writes[w].events.size());
    return append_result{std::move(receipt)};
  }

  std::vector<std::int32_t> outcomes_;
  std::vector<std::int32_t> abouts_;
  std::vector<std::int64_t> numbers_;
  std::vector<std::int64_t> heads_;
  std::vector<std::int64_t> versions_;
  std::size_t next_ = 0;
  std::size_t write_ = 0;
  std::size_t condition_ = 0;
};

} // namespace evstore::postgres
