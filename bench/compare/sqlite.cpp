// An event store on SQLite: one table, rowid as position, a unique index that is both the stream's order
// and the check of the expected version. One connection for all threads, since one can write at a time.

#include "contestant.hpp"
#include "stored_record.hpp"

#include <mutex>
#include <string>

#include <sqlite3.h>

namespace bench {

namespace {

class connection {
public:
  connection(const std::string& path, const std::string& setup) {
    constexpr int how = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    require(sqlite3_open_v2(path.c_str(), &handle_, how, nullptr));
    require(sqlite3_exec(handle_, setup.c_str(), nullptr, nullptr, nullptr));
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { sqlite3_close(handle_); }

  void require(int code) const {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
      refuse("sqlite", handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code));
  }
  [[nodiscard]] sqlite3* get() const noexcept { return handle_; }

private:
  sqlite3* handle_ = nullptr;
};

class statement {
public:
  statement(connection& owner, const char* sql) : owner_{owner} {
    owner.require(
        sqlite3_prepare_v3(owner.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr));
  }
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;
  ~statement() { sqlite3_finalize(handle_); }

  /// The text has to stay until the statement is reset.
  void bind(int at, std::string_view text) {
    owner_.require(
        sqlite3_bind_text(handle_, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC));
  }
  void bind(int at, std::int64_t number) {
    owner_.require(sqlite3_bind_int64(handle_, at, number));
  }
  /// Whether there is a row.
  bool step() {
    const int code = sqlite3_step(handle_);
    if (code != SQLITE_ROW) {
      sqlite3_reset(handle_);
      owner_.require(code);
    }
    return code == SQLITE_ROW;
  }
  [[nodiscard]] std::int64_t number(int column) const {
    return sqlite3_column_int64(handle_, column);
  }
  [[nodiscard]] std::string_view text(int column) const {
    const auto* const begin = sqlite3_column_text(handle_, column);
    return {reinterpret_cast<const char*>(begin),
            static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
  }

private:
  connection& owner_;
  sqlite3_stmt* handle_ = nullptr;
};

// One process has the file for itself; a log of 16 MiB, so that syncs rarely wait for a checkpoint.
const std::string setup =
    "pragma journal_mode = wal; pragma locking_mode = exclusive; pragma temp_store = memory;"
    "pragma cache_size = -65536; pragma mmap_size = 17179869184; pragma wal_autocheckpoint = 4000;"
    "create table if not exists events (position integer primary key, stream text not null,"
    " version integer not null, type text not null, time integer not null, data text not null,"
    " unique (stream, version));"
    "create table if not exists snapshots (stream text primary key, version integer not null,"
    " data text not null) without rowid; pragma synchronous = ";

class sqlite final : public contestant {
public:
  sqlite(const std::string& folder, const std::string& synchronous)
      : db_{folder + "/events.sqlite", setup + synchronous} {}

  void commit(std::span<const write> writes) override {
    const std::lock_guard alone{mutex_};
    const bool many = writes.size() > 1 || writes.front().events.size() > 1;
    if (many) begin_.step(); // a single statement is a transaction by itself, and cheaper
    try {
      for (const write& one : writes) insert(one);
      if (many) commit_.step();
    } catch (...) {
      if (many) rollback_.step();
      throw;
    }
  }

  tally replay() override {
    tally out;
    while (all_.step()) fold_payload(all_.text(0), all_.text(1), out);
    return out;
  }

  tally read(std::uint32_t stream) override {
    tally out;
    fold_after(stream, 0, out);
    return out;
  }

  void snapshot(std::uint32_t stream) override {
    const tally folded = read(stream);
    const std::string text = snapshot_text(folded);
    keep_.bind(1, stream_name(stream));
    keep_.bind(2, static_cast<std::int64_t>(folded.events));
    keep_.bind(3, std::string_view{text});
    keep_.step();
  }

  tally load(std::uint32_t stream) override {
    tally out;
    std::int64_t version = 0;
    kept_.bind(1, stream_name(stream));
    while (kept_.step()) {
      version = kept_.number(0);
      out = read_snapshot(kept_.text(1));
    }
    fold_after(stream, version, out);
    return out;
  }

private:
  void fold_after(std::uint32_t stream, std::int64_t version, tally& into) {
    one_stream_.bind(1, stream_name(stream));
    one_stream_.bind(2, version);
    while (one_stream_.step()) fold_payload(one_stream_.text(0), one_stream_.text(1), into);
  }

  void insert(const write& one) {
    std::uint32_t version = one.before;
    const std::int64_t time = recorded_now();
    for (const event& what : one.events) {
      data_.clear();
      write_payload(what, data_);
      insert_.bind(1, stream_name(one.stream));
      insert_.bind(2, std::int64_t{++version});
      insert_.bind(3, type_name(what));
      insert_.bind(4, time);
      insert_.bind(5, std::string_view{data_});
      insert_.step();
    }
  }

  connection db_;
  std::mutex mutex_;
  std::string data_;
  statement begin_{db_, "begin immediate"};
  statement commit_{db_, "commit"};
  statement rollback_{db_, "rollback"};
  statement insert_{db_,
                    "insert into events (stream, version, type, time, data) values (?,?,?,?,?)"};
  statement all_{db_, "select type, data from events order by position"};
  statement keep_{db_, "insert or replace into snapshots values (?,?,?)"};
  statement kept_{db_, "select version, data from snapshots where stream = ?"};
  statement one_stream_{
      db_, "select type, data from events where stream = ? and version > ? order by version"};
};

entry with(const char* name, const char* synchronous, std::vector<role> roles) {
  return {name,
          std::string{"SQLite "} + sqlite3_libversion() + ", WAL, synchronous = " + synchronous,
          std::string{"sqlite_"} + synchronous, std::move(roles),
          [synchronous](const std::string& folder) {
            return std::make_unique<sqlite>(folder, synchronous);
          }};
}

} // namespace

std::vector<entry> sqlite_entries() {
  return {with("SQLite FULL", "full", {role::durable}),
          with("SQLite NORMAL", "normal", {role::unsynced}),
          with("SQLite OFF", "off", {role::unsynced, role::reading, role::few})};
}

} // namespace bench
