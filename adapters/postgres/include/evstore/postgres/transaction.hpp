#pragma once

#include <evstore/postgres/connection.hpp>

#include <string>

namespace evstore::postgres {

/// The transaction in which commits are stored, for statements that change tables of the program's
/// own. Good during the call that it was given to; one thread.
///
/// Tables are looked for in the schema of the store, so others are named with theirs:
/// `public.totals`. Numbers and texts are sent in binary form, so every parameter is written with
/// the type that it was added as: `$1::bigint`, `$2::text`, `$3::boolean`.
class transaction {
public:
  explicit transaction(connection& on) noexcept : on_{&on} {}

  /// Runs one statement with the parameters `$1`, `$2`, ... Throws `evstore::error` if the server
  /// refuses it, after which nothing else can be done in the transaction.
  answer execute(const std::string& sql, const parameters& with = {}) {
    return on_->execute(sql, with);
  }

private:
  connection* on_;
};

} // namespace evstore::postgres
