#pragma once

#include <evstore/event_record.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace evstore::postgres {

/// How readers come to see all commits, none of them late, while others write. A store has the one that
/// it was made with.
enum class ordering : std::uint8_t {
  /// Commits take turns. Positions are dense, and readers wait for nobody.
  strict,
  /// Commits to different streams go on side by side, so those of many programs share syncs of the
  /// server, and a slow one holds up nobody who writes. Readers of the whole store see what is behind
  /// it when it has ended. Positions may have gaps; commits with conditions wait for all others; no
  /// reading of the whole store on standbys.
  fenced,
};

class transaction;

/// Changes tables of the program's own by what was stored; see `options::inline_projection`.
using inline_projection = std::function<void(transaction&, std::span<const event_view>)>;

/// What an acknowledged commit survives.
enum class durability : std::uint8_t {
  /// What `synchronous_commit` of the server says, except `off`, which is refused.
  as_configured,
  /// As configured, and `off` is taken: a crash of the server may lose the last commits, and so what
  /// was acknowledged.
  weaker_if_configured,
  /// Commits of this handle are not waited for; `settle` does. For filling a store that is worth
  /// nothing before it is full.
  when_settled,
};

/// In bytes. The server cuts off what is longer, and two names may become one.
inline constexpr std::size_t longest_schema_name = 63;

struct options {
  std::string schema = "evstore"; ///< that the store is in: a schema is a store
  postgres::durability durability = postgres::durability::as_configured;
  postgres::ordering ordering = postgres::ordering::strict; ///< of a store that is made now
  /// Gives the store an index that streams are read from without their events, if it has none: of use
  /// where there are many more streams than the server keeps in memory. Every event is written twice
  /// then. Appends wait while it is made. Once there, all handles use it that are opened later; it is
  /// removed by `drop index events_of_streams, long_events_of_streams`.
  bool covered_streams = false;
  bool create = true; ///< false: a store that is not there is `errc::not_found`
  /// Of a handle; at least 2. Another is opened while one listens.
  std::size_t most_connections = 8;
  /// For a statement, on the server; 0: as long as it takes.
  std::chrono::milliseconds statement_timeout{0};
  /// For the turn to append, and any other lock; 0: as long as it takes.
  std::chrono::milliseconds lock_timeout{0};
  /// How often who waits asks the server, in case a notification was lost.
  std::chrono::milliseconds poll_interval{1000};
  /// Called with the events, facts too, that appends of this handle have stored, in the order of their
  /// positions and before anybody else sees them: what it writes appears together with them, or not
  /// at all. What it throws, the append throws, and nothing is stored. Once for each event that is
  /// stored; an attempt that came to nothing is not seen anywhere.
  ///
  /// In one thread at a time, of those that append. The turn to append is held meanwhile, so it should
  /// be quick, and must not append itself. Costs three round trips more for each group of commits.
  postgres::inline_projection inline_projection{};
};

} // namespace evstore::postgres
