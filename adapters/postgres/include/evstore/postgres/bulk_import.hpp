#pragma once

#include <evstore/admission.hpp>
#include <evstore/postgres/commit_batch.hpp>
#include <evstore/postgres/connection.hpp>
#include <evstore/postgres/stored_events.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Many commits at once by COPY, which the server takes faster than any statement.

namespace evstore::postgres {

namespace detail {

inline constexpr statement take_turn_to_append{
    "take_turn_to_append",
    "select pg_advisory_xact_lock(1702261620, 'events'::regclass::oid::integer)"};
/// The position before $2 new events, and the last event of each stream of $1.
inline constexpr statement read_ends{
    "read_ends",
    "select case when is_fenced() then (select take_positions($2::bigint)) else"
    " (select coalesce(max(position), 0) from events) end, coalesce(e.version, 0), e.type"
    " from unnest($1::text[]) with ordinality as s (stream, n) left join lateral"
    " (select version, type from events where stream = s.stream order by version desc limit 1)"
    " as e on true order by s.n"};

/// Rows in the binary form of COPY (its page in PostgreSQL's manual, "Binary Format").
class copy_rows {
public:
  copy_rows() : bytes_{"PGCOPY\n\377\r\n\0", 11} { bytes_.append(8, '\0'); }

  void begin_row(std::int16_t columns) { put(bytes_, columns); }
  template <class Integer>
  void integer(Integer value) {
    put(bytes_, static_cast<std::int32_t>(sizeof value));
    put(bytes_, value);
  }
  void bytes(std::string_view value) {
    put(bytes_, static_cast<std::int32_t>(value.size()));
    bytes_.append(value);
  }
  void null() { put(bytes_, std::int32_t{-1}); }
  void texts(std::span<const std::string_view> values) {
    std::size_t size = 20;
    for (const std::string_view value : values) size += 4 + value.size();
    put(bytes_, static_cast<std::int32_t>(size));
    put(bytes_, std::int32_t{1}); // dimensions
    put(bytes_, std::int32_t{0}); // no nulls
    put(bytes_, static_cast<std::uint32_t>(element::text));
    put(bytes_, static_cast<std::int32_t>(values.size()));
    put(bytes_, std::int32_t{1}); // where counting begins
    for (const std::string_view value : values) bytes(value);
  }
  [[nodiscard]] std::string_view finish() {
    put(bytes_, std::int16_t{-1});
    return bytes_;
  }

private:
  std::string bytes_;
};

/// Whether COPY may be the way: nothing of these commits has to be asked but whether their streams
/// end where they begin.
inline bool is_importable(const commit_view& commit) noexcept {
  const auto is_plain = [](const new_event& event) {
    return event.time && !event.type.starts_with('$');
  };
  using kind = expected_version::kind;
  return commit.conditions.empty() &&
         std::all_of(commit.writes.begin(), commit.writes.end(), [&](const stream_write& write) {
           const kind what = write.expected.what();
           return (what == kind::exactly || what == kind::no_stream) &&
                  std::all_of(write.events.begin(), write.events.end(), is_plain);
         });
}

/// The rows that the commits come to behind what is stored; nothing if one of them would be refused.
class import_plan {
public:
  explicit import_plan(std::span<const commit_view> all) : commits_{all} {
    for (const commit_view& commit : all)
      for (const stream_write& write : commit.writes)
        if (versions_.emplace(write.stream, versions_.size()).second)
          streams_.push_back(write.stream);
  }

  [[nodiscard]] const std::vector<std::string_view>& streams() const noexcept { return streams_; }

  [[nodiscard]] std::int64_t event_count() const noexcept {
    std::size_t count = 0;
    for (const commit_view& commit : commits_) count += commit.event_count();
    return static_cast<std::int64_t>(count);
  }

  [[nodiscard]] std::optional<copy_rows> rows_behind(const answer& ends) {
    for (int i = 0; i < ends.size(); ++i) {
      const std::string_view stream = streams_[static_cast<std::size_t>(i)];
      versions_[stream] = from_bigint(ends.bigint(i, 1));
      if (!ends.is_null(i, 2) && ends.bytes(i, 2) == fact::tombstoned) return std::nullopt;
      head_ = ends.bigint(i, 0);
    }
    std::optional<copy_rows> rows{std::in_place};
    for (const commit_view& commit : commits_) {
      std::int32_t part = 0;
      const auto parts = static_cast<std::int32_t>(commit.event_count());
      for (const stream_write& write : commit.writes) {
        std::uint64_t& version = versions_[write.stream];
        if (expectation(write.expected) != to_bigint(version)) return std::nullopt;
        for (const new_event& event : write.events)
          add(*rows, write.stream, ++version, event, ++part, parts);
      }
    }
    return rows;
  }
  /// After the rows.
  [[nodiscard]] std::int64_t head() const noexcept { return head_; }

private:
  void add(copy_rows& rows, std::string_view stream, std::uint64_t version, const new_event& event,
           std::int32_t part, std::int32_t parts) {
    rows.begin_row(12);
    rows.integer(++head_);
    rows.bytes(stream);
    rows.integer(to_bigint(version));
    rows.bytes(event.type);
    rows.integer(std::int64_t{event.schema});
    if (event.id)
      rows.bytes(
          {reinterpret_cast<const char*>(event.id->bytes().data()), event.id->bytes().size()});
    else
      rows.null();
    rows.integer(microseconds_of(*event.time));
    rows.integer(part);
    rows.integer(parts);
    if (event.tags.empty())
      rows.null();
    else
      rows.texts(event.tags);
    rows.bytes(event.data.text());
    if (event.metadata.empty())
      rows.null();
    else
      rows.bytes(event.metadata.text());
  }

  std::span<const commit_view> commits_;
  std::vector<std::string_view> streams_;
  std::unordered_map<std::string_view, std::uint64_t> versions_;
  std::int64_t head_ = 0;
};

} // namespace detail

/// Stores all of the commits, in one transaction, and gives the head behind them; or stores none, if
/// one of them would not simply be appended or the role may only append. Throws
/// `errc::append_in_doubt` if the connection is lost while the server has the end of it.
[[nodiscard]] inline std::optional<global_position> import_by_copy(
    connection& on, std::span<const commit_view> commits) {
  if (!std::all_of(commits.begin(), commits.end(), detail::is_importable)) return std::nullopt;
  for (const commit_view& commit : commits) require_valid(commit);
  detail::import_plan plan{commits};
  bool is_ending = false;
  const auto undo = [&] {
    try {
      on.execute("rollback");
    } catch (const error&) { // the connection is gone, and the transaction with it
    }
  };
  on.execute("begin");
  try {
    on.execute(detail::take_turn_to_append, {});
    auto rows = plan.rows_behind(on.execute(
        detail::read_ends, parameters{}.add_array(plan.streams()).add(plan.event_count())));
    if (!rows) {
      undo();
      return std::nullopt;
    }
    on.copy_in(
        "copy events (position, stream, version, type, schema, id, time, part, parts, tags, data,"
        " metadata) from stdin (format binary)",
        rows->finish());
    on.execute(detail::notify_head, parameters{}.add(plan.head()));
    (void)on.has_warned();
    is_ending = true;
    on.execute("commit");
  } catch (const statement_failed& why) {
    if (is_ending && why.code() == errc::connection_lost)
      throw error{
          errc::append_in_doubt,
          "the connection was lost while the server had the end of an import: " + why.message()};
    undo();
    constexpr std::string_view insufficient_privilege = "42501";
    if (why.state == insufficient_privilege || is_lost_race(why.state)) return std::nullopt;
    throw;
  } catch (...) {
    undo();
    throw;
  }
  if (on.has_warned())
    throw error{errc::append_in_doubt,
                on.place() + ": the server warned while it committed; it may not be replicated"};
  return global_position{detail::from_bigint(plan.head())};
}

} // namespace evstore::postgres
