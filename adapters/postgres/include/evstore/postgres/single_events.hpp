#pragma once

#include <evstore/postgres/commit_batch.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

/// What most groups are: a commit of one event, or several to a stream of their own each. There are
/// functions for them in sql/0002_functions.sql that do less than append().

namespace evstore::postgres::detail {

inline constexpr statement append_one{
    "append_one",
    "select append_one($1::text, $2::bigint, $3::text, $4::bigint, $5::uuid, $6::bigint,"
    " $7::text, $8::text, $9::text, $10::bigint)"};

inline constexpr statement append_each{
    "append_each",
    "select append_each($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::uuid[],"
    " $6::bigint[], $7::text[], $8::text[], $9::text[], $10::bigint)"};

/// As `parameters::list_element` joins names.
inline std::string joined(std::span<const std::string_view> names) {
  std::string all;
  for (const std::string_view name : names) {
    if (!all.empty()) all.push_back('\x1f');
    all.append(name);
  }
  return all;
}

inline bool is_single_event(const commit_view& commit) noexcept {
  return commit.conditions.empty() && commit.writes.size() == 1 &&
         commit.writes[0].events.size() == 1;
}

/// One that is no fact of the library either: nothing but an event of a program.
inline bool is_plain_event(const commit_view& commit) noexcept {
  return is_single_event(commit) && !is_reserved(commit.writes[0].events[0].type);
}

/// Whether append_each() takes them, of a store that is not fenced.
inline bool are_single_events(commits group) {
  std::unordered_set<std::string_view> streams;
  return std::all_of(group.begin(), group.end(), [&](const commit_view* commit) {
    return is_plain_event(*commit) && streams.insert(commit->writes[0].stream).second;
  });
}

/// Parameters of append_one(), but for tags, which `add_tags` adds. `known` is a position that the log
/// has reached, for all the caller knows.
template <class AddTags>
void add_single_event(const commit_view& commit, std::int64_t expected, std::int64_t known,
                      parameters& out, AddTags add_tags) {
  const stream_write& write = commit.writes[0];
  const new_event& event = write.events[0];
  out.clear();
  out.add(write.stream).add(expected).add(event.type);
  out.add(std::int64_t{event.schema});
  if (event.id)
    out.add(std::string_view{reinterpret_cast<const char*>(event.id->bytes().data()),
                             event.id->bytes().size()});
  else
    out.add_null();
  if (event.time)
    out.add(microseconds_of(*event.time));
  else
    out.add_null();
  if (event.tags.empty())
    out.add_null();
  else
    add_tags(event.tags);
  out.add(event.data.text());
  if (event.metadata.empty())
    out.add_null();
  else
    out.add(event.metadata.text());
  out.add(known);
}

/// The same of append_each().
inline void add_single_events(commits group, std::int64_t known, parameters& out) {
  const auto of_each = [&](element type, auto add) {
    out.begin_array(type);
    for (const commit_view* commit : group) add(commit->writes[0], commit->writes[0].events[0]);
    out.end_array();
  };
  out.clear();
  of_each(element::text,
          [&](const stream_write& write, const new_event&) { out.element_of(write.stream); });
  of_each(element::bigint, [&](const stream_write& write, const new_event&) {
    out.element_of(expectation(write.expected));
  });
  add_event_columns(
      [&](element type, auto add) {
        of_each(type, [&](const stream_write&, const new_event& event) { add(event); });
      },
      true, out);
  out.add(known);
}

} // namespace evstore::postgres::detail
