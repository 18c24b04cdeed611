#pragma once

#include <evstore/adapter.hpp>
#include <evstore/postgres/bulk_import.hpp>
#include <evstore/postgres/commit_chain.hpp>
#include <evstore/postgres/connection_pool.hpp>
#include <evstore/postgres/cursor.hpp>
#include <evstore/postgres/group_writer.hpp>
#include <evstore/postgres/head_watch.hpp>
#include <evstore/postgres/migrations.hpp>
#include <evstore/postgres/options.hpp>
#include <evstore/postgres/stored_events.hpp>

#include <bit>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::postgres {

namespace detail {

/// As it is configured, whatever the session has been told since.
inline constexpr statement ask_replication{"ask_replication",
                                           "select current_setting('synchronous_standby_names') <> "
                                           "'' and reset_val not in ('off', 'local')"
                                           " from pg_settings where name = 'synchronous_commit'"};
inline constexpr statement read_shape{"read_shape",
                                      "select is_fenced(), has_table_privilege('events', 'insert'),"
                                      " to_regclass('events_of_streams') is not null"};
inline constexpr statement cover_streams{"cover_streams", "select cover_streams()"};

/// What the store was made as, and what its role may.
inline void see_shape(connection& on, connection_pool& pool) {
  const answer asked = on.execute(read_shape, {});
  pool.set_fenced(asked.boolean(0, 0));
  pool.set_may_insert(asked.boolean(0, 1));
  pool.set_covered_streams(asked.boolean(0, 2));
}
inline constexpr statement save_snapshot{
    "save_snapshot",
    "select save_snapshot($1::text, $2::bigint, $3::bigint, $4::bigint, $5::text)"};
inline constexpr statement load_snapshot{"load_snapshot",
                                         "select version, position, fingerprint, state,"
                                         " (select coalesce(max(position), 0) from events)"
                                         " from snapshots where key = $1::text"};

} // namespace detail

/// A store in a schema of a PostgreSQL database. Opened by `open` and `open_read_only`. Copies of a
/// handle share its connections, which are closed with the last of handles and cursors. Any number of
/// handles in any number of processes write to one store at once.
///
/// All functions but the destructor and the move may be called by any number of threads at once. They
/// throw `errc::connection_lost` while no server can be reached, and go on by themselves when one can
/// be reached again.
///
/// Limits: 1 GiB for the payloads of a commit and for a snapshot.
class adapter {
public:
  /// What opening found that a person should know; empty if all is as it should be.
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept {
    return store_->warnings;
  }

  /// Throws `errc::append_in_doubt` if the connection is lost after the commit was sent.
  append_result append(const commit_view& commit) {
    if (!store_->writer) throw error{errc::read_only, "this handle was opened for reading"};
    append_result verdict = store_->writer->append(commit);
    if (verdict && !verdict->replayed && !store_->pool->is_fenced())
      store_->watch.tell(verdict->last);
    return verdict;
  }

  /// Models `importer`, by COPY. Roles that may only append, and handles with an inline projection,
  /// are told false.
  [[nodiscard]] bool import_commits(std::span<const commit_view> commits) {
    if (!store_->writer) throw error{errc::read_only, "this handle was opened for reading"};
    if (store_->pool->how().inline_projection) return false;
    const auto head = import_by_copy(*store_->pool->take(), commits);
    if (head && !store_->pool->is_fenced()) store_->watch.tell(*head);
    return head.has_value();
  }

  /// Models `chain_adapter`, in one round trip; not for fenced stores, whose positions have gaps, and
  /// not for handles with an inline projection.
  [[nodiscard]] bool can_append_chains() const {
    return !store_->pool->is_fenced() && !store_->pool->how().inline_projection;
  }
  [[nodiscard]] bool append_chain(std::span<const commit_view> chain, global_position after) {
    if (!store_->writer) throw error{errc::read_only, "this handle was opened for reading"};
    if (!can_append_chains()) return false;
    using detail::chain_outcome;
    const auto [became, last] =
        detail::append_chain(*store_->pool->take(), chain, after, store_->pool->may_insert());
    if (became == chain_outcome::refused) return false;
    if (became == chain_outcome::recognised) settle(); // it may be what the server warned of
    store_->watch.tell(last);
    return true;
  }

  /// Returns when everything that this store has is as safe as `synchronous_commit` of the server makes
  /// a commit. Only of use with `durability::when_settled`.
  void settle() {
    const connection_pool::lease on = store_->pool->take();
    // The log of the server is written in order: when this record is safe, so is what came before.
    on->execute(
        "begin; set local synchronous_commit to default;"
        " select pg_logical_emit_message(true, 'evstore', 'settled'); commit");
    if (on->has_warned())
      throw error{errc::append_in_doubt, on->place() +
                                             ": the server warned while it committed; it "
                                             "may not be replicated"};
  }

  [[nodiscard]] cursor read_stream(std::string_view stream, const stream_range& range) const {
    return {store_->pool, stream, range};
  }
  [[nodiscard]] cursor read_all(const query& which, const store_range& range) const {
    return {store_->pool, which, range};
  }

  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    return postgres::state_of(*store_->pool->take(), stream);
  }
  [[nodiscard]] global_position head() const {
    return head_of(*store_->pool->take(), store_->pool->is_fenced());
  }
  [[nodiscard]] global_position wait_beyond(global_position after,
                                            std::chrono::milliseconds patience) const {
    return store_->watch.wait_beyond(after, patience);
  }

  void save_snapshot(std::string_view key, const snapshot_view& snapshot) {
    require_snapshot_key(key);
    if (!store_->writer) throw error{errc::read_only, "this handle was opened for reading"};
    const answer saved = store_->pool->take()->execute(
        detail::save_snapshot, parameters{}
                                   .add(key)
                                   .add(detail::to_bigint(snapshot.version.value()))
                                   .add(detail::to_bigint(snapshot.position.value()))
                                   .add(std::bit_cast<std::int64_t>(snapshot.fingerprint))
                                   .add(snapshot.state));
    if (!saved.boolean(0, 0))
      throw error{errc::invalid_argument, "a snapshot is of a position that the store has"};
  }

  [[nodiscard]] snapshot_lookup load_snapshot(std::string_view key) const {
    require_snapshot_key(key);
    const answer found =
        store_->pool->take()->execute(detail::load_snapshot, parameters{}.add(key));
    if (found.size() == 0) return {};
    if (found.bigint(0, 1) > found.bigint(0, 4))
      return {{}, "the snapshot is of a position that the store has not reached"};
    return {snapshot_record{stream_version{detail::from_bigint(found.bigint(0, 0))},
                            global_position{detail::from_bigint(found.bigint(0, 1))},
                            std::bit_cast<std::uint64_t>(found.bigint(0, 2)),
                            std::string{found.bytes(0, 3)}},
            {}};
  }

private:
  friend adapter open(const std::string& connection_string, const options& how);
  friend adapter open_read_only(const std::string& connection_string, const options& how);

  /// What the copies of a handle share.
  struct shared_store {
    explicit shared_store(std::shared_ptr<connection_pool> opened)
        : pool{std::move(opened)}, watch{pool} {}
    std::shared_ptr<connection_pool> pool;
    std::unique_ptr<group_writer> writer; // of a handle that writes
    head_watch watch;
    std::vector<std::string> warnings;
  };

  explicit adapter(std::shared_ptr<connection_pool> pool)
      : store_{std::make_shared<shared_store>(std::move(pool))} {}

  static void require_known(std::int64_t version, const connection& on, const options& how) {
    if (version > newest_version)
      throw error{errc::unsupported, on.place() + ": the store in schema \"" + how.schema +
                                         "\" has version " + std::to_string(version) +
                                         ", this program knows " + std::to_string(newest_version) +
                                         "; use a newer evstore"};
  }
  [[noreturn]] static void refuse_absent(const connection& on, const options& how) {
    throw error{errc::not_found, on.place() + ": there is no store in schema \"" + how.schema +
                                     "\", or none that may be read"};
  }

  std::shared_ptr<shared_store> store_;
};

/// Opens the store in the schema `how.schema` for reading and writing, and makes it first if it is not
/// there, or brings it up to date. `connection_string` is libpq's: `host=... dbname=...` or
/// `postgresql://...`; passwords and TLS are its matter, and what it leaves out comes from libpq's
/// environment variables. With several hosts, the one that can be written to is found.
///
/// Throws `connection_lost` if no server can be reached, `invalid_argument` for a wrong password or a
/// string that cannot be parsed, `not_found` for a database that is not there, and for a store without
/// `how.create`, `unsupported` for a store of a newer program, a database that is not in UTF8, and
/// `synchronous_commit = off`, `read_only` if the store has to be made and may not.
[[nodiscard]] inline adapter open(const std::string& connection_string, const options& how = {}) {
  adapter opened{std::make_shared<connection_pool>(connection_string, how)};
  {
    const connection_pool::lease on = opened.store_->pool->take();
    const auto version = version_of_store(*on, how.schema);
    if (!version && !how.create) adapter::refuse_absent(*on, how);
    if (version) adapter::require_known(*version, *on, how);
    if (!version || *version < newest_version) install(*on, how.schema, how.ordering);
    detail::see_shape(*on, *opened.store_->pool);
    if (how.covered_streams && !opened.store_->pool->has_covered_streams()) {
      on->execute(detail::cover_streams, {});
      opened.store_->pool->set_covered_streams(true);
    }
    if (on->has_several_hosts() && !on->execute(detail::ask_replication, {}).boolean(0, 0))
      opened.store_->warnings.push_back(
          "several hosts are named, but " + on->place() +
          " waits for no standby (synchronous_standby_names is empty, or synchronous_commit is "
          "local): "
          "when another server takes over, acknowledged commits may be lost");
  }
  opened.store_->writer = std::make_unique<group_writer>(opened.store_->pool);
  return opened;
}

/// Opens a store for reading, on a primary or on a standby. Needs no right but to read, and changes
/// nothing.
[[nodiscard]] inline adapter open_read_only(const std::string& connection_string,
                                            const options& how = {}) {
  auto pool = std::make_shared<connection_pool>(connection_string, how);
  {
    const connection_pool::lease on = pool->take();
    const auto version = version_of_store(*on, how.schema);
    if (!version) adapter::refuse_absent(*on, how);
    adapter::require_known(*version, *on, how);
    if (*version < newest_version)
      throw error{errc::unsupported, on->place() + ": the store in schema \"" + how.schema +
                                         "\" is older than this program; open it for writing once"};
    detail::see_shape(*on, *pool);
  }
  return adapter{std::move(pool)};
}

} // namespace evstore::postgres
