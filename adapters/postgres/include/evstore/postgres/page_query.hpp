#pragma once

#include <evstore/adapter.hpp>
#include <evstore/postgres/event_rows.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

/// The statements that cursors read pages with. A page is asked for by its bounds and not by an offset,
/// so that each costs what it shows, and nothing is held open between two.

namespace evstore::postgres::detail {

/// Payloads that are longer than parameter `most` are left out: `is_left_out` tells such rows. Each word
/// of this is run for each row of every replay; asking for the length of both together took 5 % of it.
inline std::string columns_with_payloads(std::string_view most) {
  return std::string{event_columns} + ", case when octet_length(e.data) <= " + std::string{most} +
         " then e.data end, case when octet_length(e.metadata) > " + std::string{most} +
         " then '' else e.metadata end";
}
/// No payload is empty, and data is never null.
inline bool is_left_out(const answer& rows, int row) noexcept {
  return rows.is_null(row, data_column) ||
         (!rows.is_null(row, metadata_column) && rows.bytes(row, metadata_column).empty());
}

/// Of the rows that the index of cover_streams() has (sql/0002_functions.sql). It takes no others, since a
/// row of an index has at most 2,704 bytes. To be said word by word, or the planner does not know it.
inline std::string is_covered(std::string_view row) {
  const std::string of{row};
  return "octet_length(" + of + "data) + coalesce(octet_length(" + of +
         "metadata), 0) + 260 * coalesce(cardinality(" + of + "tags), 0) <= 2000";
}

/// A statement for each combination of an order and two properties. Where it lies is how a connection
/// knows it, so it is not moved.
class statements_by_shape {
public:
  statements_by_shape(std::string_view name, std::string (*text)(direction, bool, bool)) {
    for (const direction order : {direction::forwards, direction::backwards})
      for (const bool one : {false, true})
        for (const bool other : {false, true}) {
          const std::size_t i = index_of(order, one, other);
          names_[i] = std::string{name} + std::to_string(i);
          texts_[i] = text(order, one, other);
          all_[i] = {names_[i].c_str(), texts_[i].c_str()};
        }
  }
  statements_by_shape(const statements_by_shape&) = delete;
  statements_by_shape& operator=(const statements_by_shape&) = delete;

  [[nodiscard]] const statement& of(direction order, bool one, bool other) const noexcept {
    return all_[index_of(order, one, other)];
  }

private:
  static constexpr std::size_t index_of(direction order, bool one, bool other) noexcept {
    return (order == direction::backwards ? 1U : 0U) + (one ? 2U : 0U) + (other ? 4U : 0U);
  }

  std::array<std::string, 8> names_;
  std::array<std::string, 8> texts_;
  std::array<statement, 8> all_{};
};

/// What a page of a stream is asked for besides its bounds.
struct stream_page_shape {
  direction order;
  bool is_first; ///< its last row, if it is full, tells the stream's last and first version as well
  bool is_covered; ///< only from the covering index; the first tells then whether that lacks events
};

/// $1 stream, $2 and $3 the versions from and to, $4 rows, $5 bytes of a payload if it is not covered.
/// The first page begins at the first version that is shown. What it tells costs as much as ten rows,
/// and short streams need not know it: a subquery of a case that never comes is not run.
inline std::string page_of_stream_text(stream_page_shape shape) {
  constexpr std::string_view first =
      "coalesce((select max(d.first) from deletions d where d.stream = $1::text), 1)";
  std::string columns = shape.is_covered ? std::string{event_columns} + ", e.data, e.metadata"
                                         : columns_with_payloads("$5::bigint");
  std::string from = "$2::bigint";
  if (shape.is_first) {
    // The last row of a full page is at least so far behind the version from which on they are asked for.
    const std::string when = shape.order == direction::forwards
                                 ? "when e.version >= $2::bigint + $4::bigint - 1"
                                 : "when true";
    columns.append(", case ").append(when);
    columns.append(" then (select max(version) from events where stream = $1::text) end, case ");
    columns.append(when).append(" then ").append(first).append(" end");
    if (shape.is_covered)
      columns.append(", exists (select from events l where l.stream = $1::text and not (")
          .append(is_covered("l."))
          .append("))");
    from = "greatest($2::bigint, " + std::string{first} + ")";
  }
  return "select " + columns + " from events e where e.stream = $1::text and e.version >= " + from +
         " and e.version <= $3::bigint" +
         (shape.is_covered ? " and " + is_covered("e.") : std::string{}) + " order by e.version" +
         (shape.order == direction::backwards ? " desc" : "") + " limit $4::bigint";
}
inline const statement& page_of_stream(stream_page_shape shape) {
  static const statements_by_shape all{"stream_", [](direction order, bool is_first, bool covered) {
                                         return page_of_stream_text({order, is_first, covered});
                                       }};
  return all.of(shape.order, shape.is_first, shape.is_covered);
}

/// What a page of the store is asked for besides its bounds.
struct page_shape {
  direction order;
  bool is_first; ///< tells behind the event the head, and whether any stream has deletions at all
  bool hides;    ///< what was deleted
};

/// $1 and $2 the positions from and to, $3 rows, $4 bytes of a payload, $5 the head as of which
/// deletions count, if they do. Behind them the parameters of `condition`.
inline std::string page_of_store(page_shape shape, std::string_view condition) {
  return "select " + columns_with_payloads("$4::bigint") +
         (shape.is_first ? ", (select max(position) from events), exists (select from deletions)"
                         : "") +
         " from events e where e.position >= $1::bigint and e.position <= $2::bigint" +
         (shape.hides ? " and not exists (select from deletions d where d.stream = e.stream"
                        " and d.first > e.version and d.position <= $5::bigint)"
                      : "") +
         std::string{condition} + " order by e.position" +
         (shape.order == direction::backwards ? " desc" : "") + " limit $3::bigint";
}
inline const statement& page_of_all(page_shape shape) {
  static const statements_by_shape all{"all_", [](direction order, bool is_first, bool hides) {
                                         return page_of_store({order, is_first, hides}, "");
                                       }};
  return all.of(shape.order, shape.is_first, shape.hides);
}

/// ` and (...)` for what the query asks, whose names become parameters from `number` on.
inline std::string condition_of(const query& which, int number) {
  if (which.is_all()) return {};
  std::string text;
  const auto parameter = [&] { return "$" + std::to_string(number++) + "::text[]"; };
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
