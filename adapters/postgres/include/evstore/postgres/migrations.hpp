#pragma once

#include <evstore/postgres/connection.hpp>
#include <evstore/postgres/options.hpp>
#include <evstore/postgres/sql.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

/// What a store is made of in the database, as numbered steps: the files of the folder sql/. A step that
/// was released never changes; a change is one more step.

namespace evstore::postgres {

namespace detail {

inline constexpr statement find_store{
    "find_store", "select to_regclass(quote_ident($1::text) || '.installed') is not null"};
inline constexpr statement find_schema{
    "find_schema", "select exists (select from pg_namespace where nspname = $1::text)"};
inline constexpr statement read_version{"read_version",
                                        "select coalesce(max(version), 0)::bigint from installed"};
inline constexpr statement note_version{"note_version",
                                        "insert into installed (version) values ($1::bigint)"};
/// One installer at a time, whatever its program.
inline constexpr statement take_turn_to_install{
    "take_turn_to_install", "select pg_advisory_xact_lock(1702261621, hashtext($1::text))"};

inline std::string quoted(std::string_view name) {
  std::string text{'"'};
  for (const char c : name) text.append(c == '"' ? 2 : 1, c);
  return text + '"';
}

} // namespace detail

/// How many steps this program knows.
inline constexpr std::int64_t newest_version = std::size(sql::migrations);

/// How many steps the store has had; nothing if there is no store.
[[nodiscard]] inline std::optional<std::int64_t> version_of_store(connection& on,
                                                                  std::string_view schema) {
  if (!on.execute(detail::find_store, parameters{}.add(schema)).boolean(0, 0)) return std::nullopt;
  return on.execute(detail::read_version, {}).bigint(0, 0);
}

/// Makes the store or brings it up to date, in one transaction: all of it or nothing. Programs that do
/// so at the same time take turns, and the later ones find it done. Whoever calls it needs the right
/// to create things in the schema, and in the database if there is no such schema.
inline void install(connection& on, std::string_view schema, ordering order) {
  const parameters name = parameters{}.add(schema);
  on.execute("begin isolation level read committed");
  try {
    on.execute(detail::take_turn_to_install, name);
    if (!on.execute(detail::find_schema, name).boolean(0, 0))
      on.execute(("create schema " + detail::quoted(schema)).c_str());
    const bool is_new = !on.execute(detail::find_store, name).boolean(0, 0);
    if (is_new)
      on.execute(
          "create table installed (version bigint primary key,"
          " at timestamptz not null default clock_timestamp())");
    for (std::int64_t done = on.execute(detail::read_version, {}).bigint(0, 0);
         done < newest_version; ++done) {
      on.execute(std::string{sql::migrations[done]}.c_str());
      on.execute(detail::note_version, parameters{}.add(done + 1));
    }
    if (is_new && order == ordering::fenced)
      on.execute(
          "create or replace function is_fenced() returns boolean language sql immutable"
          " as 'select true'");
    on.execute("commit");
  } catch (...) {
    try {
      on.execute("rollback");
    } catch (const error&) { // the connection is gone, and the transaction with it
    }
    throw;
  }
}

} // namespace evstore::postgres
