#include "postgres_store.hpp"

#include "output.hpp"

#include <evstore/postgres/address.hpp>
#include <evstore/postgres/verify.hpp>

#include <utility>

namespace evstore::cli {

namespace {

struct place {
  std::string connection;
  postgres::options how;
};

place place_of(const std::string& where) {
  postgres::address said = postgres::parse_address(where);
  if (said.has_password)
    throw usage_error{
        "everybody on this machine can read a password on the command line; put it "
        "into PGPASSWORD, or a password file (PGPASSFILE)"};
  place found{std::move(said.connection), {}};
  if (said.schema) found.how.schema = *std::move(said.schema);
  return found;
}

} // namespace

opened_store open_postgres(const std::string& where, access how) {
  auto [connection, options] = place_of(where);
  options.create = how == access::filling;
  if (how == access::filling) options.durability = postgres::durability::when_settled;
  medium about{.bytes = how == access::reading ? size_of_postgres(where) : std::nullopt,
               .index = "of the database: stream and version, id, type, tags"};
  if (how == access::reading)
    return {any_store{postgres::open_read_only(connection, options)}, about};
  auto store = postgres::open(connection, options);
  about.warnings = store.warnings();
  return {any_store{store}, about, [store]() mutable { store.settle(); }};
}

verdict verify_postgres(const std::string& where) {
  const auto [connection, options] = place_of(where);
  const postgres::verify_report report = postgres::verify(connection, options);
  verdict found{.events = report.events};
  for (const postgres::defect& defect : report.defects)
    found.damage.push_back({.what = defect.what, .position = defect.position});
  return found;
}

std::optional<std::uint64_t> size_of_postgres(const std::string& where) {
  const auto [connection, options] = place_of(where);
  return postgres::size_in_bytes(connection, options);
}

} // namespace evstore::cli
