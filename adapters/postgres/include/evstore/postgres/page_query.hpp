#pragma once

#include <evstore/adapter.hpp>
#include <evstore/postgres/event_rows.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// The statements that cursors read pages with. A page is asked for by its bounds and not by an offset,
/// so that each costs what it shows, and nothing is held open between two.

namespace evstore::postgres::detail {

/// Payloads that are longer together than parameter `most` are left out: null where data never is.
inline std::string columns_with_payloads(std::string_view most) {
  const std::string fits =
      "case when octet_length(e.data) + coalesce(octet_length(e.metadata), 0) <= " +
      std::string{most} + " then ";
  return std::string{event_columns} + ", " + fits + "e.data end, " + fits + "e.metadata end";
}

/// $1 stream, $2 and $3 the versions from and to, $4 rows, $5 payload bytes, $6 whether to begin at
/// the first version that is shown now. Behind the event: the stream's last and first version.
inline const statement& page_of_stream(direction order) {
  constexpr std::string_view first =
      "coalesce((select max(d.first) from deletions d where d.stream = $1::text), 1)";
  const auto text = [&](std::string_view descending) {
    return "select " + columns_with_payloads("$5::bigint") +
           ", (select max(version) from events where stream = $1::text), " + std::string{first} +
           " from events e where e.stream = $1::text and e.version >= case when $6::boolean then "
           "greatest($2::bigint, " +
           std::string{first} + ") else $2::bigint end and e.version <= $3::bigint" +
           " order by e.version" + std::string{descending} + " limit $4::bigint";
  };
  static const std::string forwards = text("");
  static const std::string backwards = text(" desc");
  static const statement both[] = {{"stream_forwards", forwards.c_str()},
                                   {"stream_backwards", backwards.c_str()}};
  return both[order == direction::backwards];
}

/// $1 and $2 the positions from and to, $3 rows, $4 payload bytes, $5 the head as of which deletions
/// count; from $6 on the parameters of `condition`. Behind the event: the head, and whether any
/// stream has deletions at all.
inline std::string page_of_store(direction order, bool hides, std::string_view condition) {
  return "select " + columns_with_payloads("$4::bigint") +
         ", (select max(position) from events), exists (select from deletions)"
         " from events e where e.position >= $1::bigint and e.position <= $2::bigint and " +
         (hides ? "not exists (select from deletions d where d.stream = e.stream"
                  " and d.first > e.version and d.position <= $5::bigint)"
                : "$5::bigint is not null") +
         std::string{condition} + " order by e.position" +
         (order == direction::backwards ? " desc" : "") + " limit $3::bigint";
}
inline const statement& page_of_all(direction order, bool hides) {
  static const std::string texts[] = {
      page_of_store(direction::forwards, false, ""), page_of_store(direction::backwards, false, ""),
      page_of_store(direction::forwards, true, ""), page_of_store(direction::backwards, true, "")};
  static const statement all[] = {{"all_forwards", texts[0].c_str()},
                                  {"all_backwards", texts[1].c_str()},
                                  {"shown_forwards", texts[2].c_str()},
                                  {"shown_backwards", texts[3].c_str()}};
  return all[(order == direction::backwards ? 1 : 0) + (hides ? 2 : 0)];
}

/// ` and (...)` for what the query asks, whose names become parameters from $6 on.
inline std::string condition_of(const query& which) {
  if (which.is_all()) return {};
  std::string text;
  int number = 5;
  const auto parameter = [&] { return "$" + std::to_string(++number) + "::text[]"; };
  for (const query_item& item : which.items()) {
    text.append(text.empty() ? " and (" : " or ");
    if (!item.types.empty()) text.append("e.type = any (").append(parameter()).append(")");
    if (!item.types.empty() && !item.tags.empty()) text.append(" and ");
    if (!item.tags.empty()) text.append("e.tags @> ").append(parameter());
  }
  return text + ")";
}
inline void add_names(const query& which, parameters& to) {
  for (const query_item& item : which.items()) {
    if (!item.types.empty()) to.add_array(item.types);
    if (!item.tags.empty()) to.add_array(item.tags);
  }
}

inline constexpr statement read_payload{
    "read_payload", "select data, metadata from events where position = $1::bigint"};

} // namespace evstore::postgres::detail
