#pragma once

#include <evstore/postgres/adapter.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace evstore::postgres {

/// Something wrong in a store.
struct defect {
  std::uint64_t position = 0; ///< of the first event that it shows at
  std::string what;
};

struct verify_report {
  std::uint64_t events = 0; ///< that there are
  std::vector<defect> defects{};
};

/// Looks at all of a store for what no append can have left: events that are missing or were put there
/// by other means, and payloads that are cut off. At most ten defects of each kind. Whether the
/// bytes are those that were written is the server's matter (data checksums, `pg_amcheck`).
///
/// Linear in the store. Sees it as it is at one moment, and hinders nobody. Throws what
/// `open_read_only` throws.
[[nodiscard]] inline verify_report verify(const std::string& connection_string,
                                          const options& how = {}) {
  { const adapter found = open_read_only(connection_string, how); }
  const auto on = connection_pool{connection_string, how}.open();
  on->execute("begin isolation level repeatable read read only");
  verify_report report;
  report.events = static_cast<std::uint64_t>(
      on->execute(std::string{"select count(*) from events"}, {}).bigint(0, 0));
  const auto look = [&](const std::string& sql, const std::string& what) {
    const answer found = on->execute(sql + " order by 1 limit 10", {});
    for (int row = 0; row < found.size(); ++row)
      report.defects.push_back({static_cast<std::uint64_t>(found.bigint(row, 0)),
                                what + std::string{found.bytes(row, 1)}});
  };
  if (!on->execute(detail::read_shape, {}).boolean(0, 0))
    look(
        "select position, '' from (select position, lag(position, 1, 0::bigint) over (order by"
        " position) as before from events) as e where position <> before + 1",
        "events are missing before it");
  look(
      "select min(position), stream from (select position, stream, version, row_number() over"
      " (partition by stream order by version) as n, lag(position) over (partition by stream order"
      " by version) as before from events) as e where version <> n or before > position"
      " group by stream",
      "the versions do not follow each other in stream ");
  look(
      "select position, '' from (select position, part, parts, lag(part, 1, 0) over w as before,"
      " lag(parts) over w as of, lead(part, 1, 1) over w as next from events window w as (order by"
      " position)) as e where part > parts or part > 1 and (before <> part - 1 or of <> parts)"
      " or part < parts and next <> part + 1",
      "its commit is not whole");
  look(
      "select position, type from events where not starts_with(data, '{')"
      " or right(data, 1) <> '}'",
      "its payload is no JSON object, type ");
  return report;
}

/// What a store takes on the server's disk, indexes and all.
[[nodiscard]] inline std::uint64_t size_in_bytes(const std::string& connection_string,
                                                 const options& how = {}) {
  const auto on = connection_pool{connection_string, how}.open();
  const answer size = on->execute(
      std::string{"select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint from pg_class c"
                  " join pg_namespace n on n.oid = c.relnamespace"
                  " where n.nspname = $1::text and c.relkind = 'r'"},
      parameters{}.add(std::string_view{how.schema}));
  return static_cast<std::uint64_t>(size.bigint(0, 0));
}

} // namespace evstore::postgres
