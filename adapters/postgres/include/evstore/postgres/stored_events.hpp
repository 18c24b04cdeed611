#pragma once

#include <evstore/admission.hpp>
#include <evstore/postgres/connection_pool.hpp>
#include <evstore/postgres/event_rows.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::postgres {

namespace detail {

inline constexpr statement read_state{
    "read_state",
    "select e.version, e.type, coalesce((select max(d.first) from deletions d"
    " where d.stream = $1::text), 1)"
    " from events e where e.stream = $1::text order by e.version desc limit 1"};
inline constexpr statement read_head{"read_head", "select coalesce(max(position), 0) from events"};
inline constexpr statement read_fence{"read_fence", "select fence()"};
inline constexpr statement read_head_behind_fence{
    "read_head_behind_fence",
    "select coalesce(max(position), 0) from events where position <= $1::bigint"};
inline constexpr statement notify_head{"notify_head",
                                       "select pg_notify(channel(), $1::bigint::text)"};

inline const statement& find_by_ids() {
  static const std::string text =
      "select " + std::string{event_columns} +
      ", e.data, e.metadata from unnest($1::text[], $2::uuid[]) as k (stream, id)"
      " join events e on e.stream = k.stream and e.id = k.id";
  static const statement one{"find_by_ids", text.c_str()};
  return one;
}

/// The events behind each position of $1 up to that of $2.
inline const statement& read_ranges() {
  static const std::string text =
      "select " + std::string{event_columns} +
      ", e.data, e.metadata from unnest($1::bigint[], $2::bigint[]) as r (before, last)"
      " join events e on e.position > r.before and e.position <= r.last order by e.position";
  static const statement one{"read_ranges", text.c_str()};
  return one;
}

inline std::uint64_t count_of(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value);
}

} // namespace detail

[[nodiscard]] inline stream_state state_of(connection& on, std::string_view stream) {
  if (!name_defect(stream).empty()) return {};
  const answer found = on.execute(detail::read_state, parameters{}.add(stream));
  if (found.size() == 0) return {};
  return {stream_version{detail::count_of(found.bigint(0, 0))},
          stream_version{detail::count_of(found.bigint(0, 2))},
          found.bytes(0, 1) == fact::tombstoned};
}

/// Up to here every event is visible that ever will be, to statements that begin from now on.
[[nodiscard]] inline std::int64_t fence_of(connection& on) {
  return on.execute(detail::read_fence, {}).bigint(0, 0);
}

[[nodiscard]] inline global_position head_of(connection& on, bool is_fenced) {
  const answer head =
      is_fenced ? on.execute(detail::read_head_behind_fence, parameters{}.add(fence_of(on)))
                : on.execute(detail::read_head, {});
  return global_position{detail::count_of(head.bigint(0, 0))};
}

/// The stored events that have the ids of a commit, so that the rules of admission.hpp can say whether
/// they are that commit. What they say is true for good: events never change, and which ids are
/// stored was judged in the transaction that refused the commit. Models `commit_index`, but for
/// conditions, which do not count where ids decide.
class stored_events {
public:
  stored_events(connection& on, const commit_view& commit) : on_{on} {
    parameters keys;
    keys.begin_array(element::text);
    evstore::detail::for_each_event(commit, [&](const new_event& event, std::string_view stream) {
      if (event.id) keys.element_of(stream);
    });
    keys.end_array();
    keys.begin_array(element::uuid);
    evstore::detail::for_each_event(commit, [&](const new_event& event, std::string_view) {
      if (event.id) keys.element_of(event.id);
    });
    keys.end_array();
    const answer found = on.execute(detail::find_by_ids(), keys);
    for (int row = 0; row < found.size(); ++row) {
      std::vector<std::string_view> tags;
      event_view event = event_of(found, row, tags);
      event.tags = evstore::detail::borrow(tags);
      const key of{event.stream, *event.id};
      by_key_.emplace(of, event);
    }
  }

  [[nodiscard]] global_position head() const { return head_of(on_, false); }
  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    return postgres::state_of(on_, stream);
  }
  [[nodiscard]] std::optional<event_record> find_event(std::string_view stream,
                                                       const event_id& id) const {
    const auto found = by_key_.find({std::string{stream}, id});
    return found == by_key_.end() ? std::nullopt : std::optional{found->second};
  }
  [[nodiscard]] static std::optional<global_position> first_match(const query&, global_position) {
    return std::nullopt;
  }

private:
  using key = std::pair<std::string, event_id>;

  connection& on_;
  std::map<key, event_record> by_key_;
};
static_assert(commit_index<stored_events>);

} // namespace evstore::postgres
