#pragma once

#include <evstore/postgres/connection.hpp>
#include <evstore/postgres/options.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace evstore::postgres {

namespace detail {

/// What every connection is told, and asked. The settings are the session's, so no statement names
/// the schema.
inline constexpr statement begin_session{
    "begin_session",
    "select set_config('search_path', quote_ident($1::text) || ', pg_temp', false),"
    " set_config('default_transaction_isolation', 'read committed', false),"
    " set_config('statement_timeout', $2::bigint::text, false),"
    " set_config('lock_timeout', $3::bigint::text, false),"
    " set_config('jit', 'off', false),"
    " current_setting('synchronous_commit'), current_setting('server_encoding'),"
    " case when $4::boolean then set_config('synchronous_commit', 'off', false) end"};

} // namespace detail

/// The connections of a handle. Any number of threads. Lives in a `shared_ptr`, and as long as anything
/// that was taken from it.
class connection_pool : public std::enable_shared_from_this<connection_pool> {
public:
  connection_pool(std::string string, options how)
      : string_{std::move(string)}, how_{std::move(how)},
        most_{std::max<std::size_t>(2, how_.most_connections)} {
    if (how_.schema.empty() || how_.schema.size() > longest_schema_name)
      throw error{errc::invalid_argument, "the name of a schema has 1 to " +
                                              std::to_string(longest_schema_name) + " bytes: \"" +
                                              how_.schema + '"'};
  }

  /// A connection that is lent, and goes back when the lease ends.
  class lease {
  public:
    lease(std::shared_ptr<connection_pool> pool, std::unique_ptr<connection> lent) noexcept
        : pool_{std::move(pool)}, lent_{std::move(lent)} {}
    lease(lease&&) noexcept = default;
    lease& operator=(lease&& other) noexcept {
      give_back();
      pool_ = std::move(other.pool_);
      lent_ = std::move(other.lent_);
      is_kept_ = other.is_kept_;
      return *this;
    }
    ~lease() { give_back(); }
    [[nodiscard]] connection& operator*() const noexcept { return *lent_; }
    [[nodiscard]] connection* operator->() const noexcept { return lent_.get(); }

    /// Whether it may be kept while its user does something else. At most half of all connections
    /// are, so nobody who wants one waits for a reader that thinks.
    [[nodiscard]] bool try_to_keep() noexcept {
      if (!is_kept_) is_kept_ = pool_->count_as_kept();
      return is_kept_;
    }

  private:
    void give_back() noexcept {
      if (pool_) pool_->take_back(std::move(lent_), is_kept_);
      pool_.reset();
    }

    std::shared_ptr<connection_pool> pool_;
    std::unique_ptr<connection> lent_;
    bool is_kept_ = false;
  };

  /// Waits while all are in use. Throws what opening a connection throws.
  [[nodiscard]] lease take() {
    std::unique_lock lock{mutex_};
    returned_.wait(lock, [this] { return in_use_ < most_; });
    return lend(std::move(lock));
  }
  /// One more for who keeps one already; nothing if others might want it, or it cannot be opened.
  [[nodiscard]] std::optional<lease> take_spare() {
    std::unique_lock lock{mutex_};
    if (in_use_ == most_ || !may_keep()) return std::nullopt;
    try {
      lease spare = lend(std::move(lock));
      if (spare.try_to_keep()) return spare;
    } catch (const error&) { // one is enough
    }
    return std::nullopt;
  }

  /// A connection beside those that are counted.
  [[nodiscard]] std::unique_ptr<connection> open() const {
    auto opened = std::make_unique<connection>(string_);
    const answer session = opened->execute(detail::begin_session,
                                           parameters{}
                                               .add(std::string_view{how_.schema})
                                               .add(std::int64_t{how_.statement_timeout.count()})
                                               .add(std::int64_t{how_.lock_timeout.count()})
                                               .add(how_.durability == durability::when_settled));
    if (session.bytes(0, 6) != "UTF8")
      throw error{errc::unsupported, opened->place() + " is encoded in " +
                                         std::string{session.bytes(0, 6)} +
                                         "; a store needs a database in UTF8"};
    if (session.bytes(0, 5) == "off" && how_.durability != durability::weaker_if_configured)
      throw error{errc::unsupported,
                  opened->place() +
                      " has synchronous_commit = off: what it acknowledges, a crash may lose; turn "
                      "it on, or say durability::weaker_if_configured"};
    return opened;
  }

  [[nodiscard]] const options& how() const noexcept { return how_; }

  /// Whether the store is; found out before anybody shares the pool.
  [[nodiscard]] bool is_fenced() const noexcept { return is_fenced_; }
  void set_fenced(bool is) noexcept { is_fenced_ = is; }
  /// Whether the store has the index of `options::covered_streams`.
  [[nodiscard]] bool has_covered_streams() const noexcept { return has_covered_streams_; }
  void set_covered_streams(bool has) noexcept { has_covered_streams_ = has; }
  /// Whether its role may insert into the log, and not only call the functions that do.
  [[nodiscard]] bool may_insert() const noexcept { return may_insert_; }
  void set_may_insert(bool may) noexcept { may_insert_ = may; }

private:
  lease lend(std::unique_lock<std::mutex> lock) {
    ++in_use_;
    std::unique_ptr<connection> found;
    while (!found && !idle_.empty()) {
      found = std::move(idle_.back());
      idle_.pop_back();
      if (!found->is_usable()) found.reset();
    }
    lock.unlock();
    try {
      if (!found) found = open();
    } catch (...) {
      take_back(nullptr, false);
      throw;
    }
    return {shared_from_this(), std::move(found)};
  }
  void take_back(std::unique_ptr<connection> used, bool was_kept) noexcept {
    if (used && used->is_busy()) used->finish();
    const bool is_usable = used && used->is_idle(); // and whether it lives, the next user asks
    {
      const std::lock_guard lock{mutex_};
      --in_use_;
      if (was_kept) --kept_;
      if (is_usable) idle_.push_back(std::move(used));
    }
    returned_.notify_one();
  }
  [[nodiscard]] bool may_keep() const noexcept { return 2 * (kept_ + 1) <= most_; }
  bool count_as_kept() noexcept {
    const std::lock_guard lock{mutex_};
    if (!may_keep()) return false;
    ++kept_;
    return true;
  }

  const std::string string_;
  const options how_;
  const std::size_t most_;
  bool is_fenced_ = false;
  bool has_covered_streams_ = false;
  bool may_insert_ = false;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<connection>> idle_;
  std::size_t in_use_ = 0;
  std::size_t kept_ = 0; // of those in use
};

} // namespace evstore::postgres
