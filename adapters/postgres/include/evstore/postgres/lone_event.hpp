#pragma once

#include <evstore/postgres/commit_batch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// The shortest way of a commit of one event: an INSERT and no function. The function's questions are
/// answered by what the session remembers, and its verdict by the constraints of the table.

namespace evstore::postgres {

namespace detail {

/// Stores the event if its position and its version are free, and tells who listens; no row if somebody
/// else has the turn to append. Asks the server for nothing, not even the row: $10 and $2 are what is
/// behind. Parameters as of append_one(), but for tags.
inline constexpr statement insert_one{
    "insert_one",
    "insert into events (position, stream, version, type, schema, id, time, part, parts, tags, "
    "data,"
    " metadata) select $10::bigint + 1, $1::text, $2::bigint + 1, $3::text, $4::bigint, $5::uuid,"
    " coalesce($6::bigint, (date_part('epoch', clock_timestamp()) * 1000000)::bigint), 1, 1,"
    " $7::text[], $8::text, $9::text"
    " where case when pg_try_advisory_xact_lock(1702261620, 'events'::regclass::oid::integer) then"
    " pg_notify('evstore_' || 'events'::regclass::oid::text, ($10::bigint + 1)::text) is not null"
    " else false end"};

} // namespace detail

/// What one session at the server knows for certain of a store that is not fenced, because it has stored
/// it: that the log has a position, and that a stream has a version, whatever others have added since.
/// Rows are never removed, so if the next position is free as well, nobody has added anything, and if
/// the next version is free, the stream ends there, without a tombstone.
///
/// Of one session and not of the store: another server, which took over, may have less of it.
///
/// One thread. Memory for the ends of 64 streams; one that is not among them costs a call of the
/// function.
class known_ends {
public:
  struct end {
    std::int64_t head;
    std::int64_t version;
  };

  /// What is behind the event of such a commit, if that is known and is what the commit expects, and it
  /// is likely that nobody else has been there.
  [[nodiscard]] std::optional<end> behind(std::uint64_t session, const stream_write& write) const {
    if (session != session_ || alone_ < needed_) return std::nullopt;
    const slot& known = slot_of(write.stream);
    const bool is_known = known.stream == write.stream;
    // A stream that is thought to be new is judged by the constraint; who takes any wants no refusal.
    if (!is_known && write.expected == any) return std::nullopt;
    const std::int64_t version = is_known ? known.version : 0;
    if (!write.expected.met_by(stream_version{detail::from_bigint(version)})) return std::nullopt;
    return end{head_, version};
  }

  /// The session has stored one event behind `before`.
  void add(std::uint64_t session, std::string_view stream, end before) {
    see(session, before.head, 1);
    slot& known = slot_of(stream);
    known.stream.assign(stream);
    known.version = before.version + 1;
  }
  /// The session has stored `count` events behind position `before`, whatever their streams.
  void add_others(std::uint64_t session, std::int64_t before, std::int64_t count) {
    see(session, before, count);
    for (slot& known : slots_) known.stream.clear();
  }
  /// Somebody had been there. Each such attempt is an error in the server's log, so the next one is
  /// made when the store has been this session's for a while.
  void lose() noexcept {
    alone_ = 0;
    needed_ = 32;
  }

private:
  struct slot {
    std::string stream;
    std::int64_t version = 0;
  };

  void see(std::uint64_t session, std::int64_t before, std::int64_t count) {
    if (session != session_) {
      session_ = session;
      for (slot& known : slots_) known.stream.clear();
      alone_ = 0;
    }
    alone_ = before == head_ ? alone_ + 1 : 1;
    head_ = before + count;
  }
  [[nodiscard]] std::size_t index_of(std::string_view stream) const noexcept {
    return std::hash<std::string_view>{}(stream) % slots_.size();
  }
  [[nodiscard]] slot& slot_of(std::string_view stream) noexcept { return slots_[index_of(stream)]; }
  [[nodiscard]] const slot& slot_of(std::string_view stream) const noexcept {
    return slots_[index_of(stream)];
  }

  std::uint64_t session_ = 0;
  std::int64_t head_ = 0;
  int alone_ = 0;  // commits in a row that nobody else's came between
  int needed_ = 1; // of them, before it is tried
  std::array<slot, 64> slots_;
};

} // namespace evstore::postgres
