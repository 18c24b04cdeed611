// An event store on LMDB: one tree of events by position, appended to, and one of positions by stream
// and version, whose keys are the check of the expected version.

#include "contestant.hpp"
#include "stored_record.hpp"

#include <string>

#include <lmdb.h>

namespace bench {

namespace {

void require(int code) {
  if (code != MDB_SUCCESS) refuse("lmdb", mdb_strerror(code));
}

MDB_val value_of(std::string& bytes) { return {bytes.size(), bytes.data()}; }
template <class Number>
MDB_val value_of(Number& number) {
  return {sizeof number, &number};
}

class transaction {
public:
  transaction(MDB_env* env, unsigned flags) {
    require(mdb_txn_begin(env, nullptr, flags, &handle_));
  }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction() {
    if (handle_) mdb_txn_abort(handle_);
  }
  void commit() { require(mdb_txn_commit(std::exchange(handle_, nullptr))); }
  [[nodiscard]] MDB_txn* get() const noexcept { return handle_; }

private:
  MDB_txn* handle_ = nullptr;
};

class cursor {
public:
  cursor(const transaction& in, MDB_dbi tree) {
    require(mdb_cursor_open(in.get(), tree, &handle_));
  }
  cursor(const cursor&) = delete;
  cursor& operator=(const cursor&) = delete;
  ~cursor() { mdb_cursor_close(handle_); }
  bool move(MDB_val& key, MDB_val& value, MDB_cursor_op how) {
    const int code = mdb_cursor_get(handle_, &key, &value, how);
    if (code != MDB_NOTFOUND) require(code);
    return code == MDB_SUCCESS;
  }

private:
  MDB_cursor* handle_ = nullptr;
};

class lmdb final : public contestant {
public:
  lmdb(const std::string& folder, unsigned flags) {
    require(mdb_env_create(&env_));
    require(mdb_env_set_maxdbs(env_, 3));
    require(mdb_env_set_mapsize(env_, std::size_t{32} << 30));
    require(mdb_env_open(env_, (folder + "/events.lmdb").c_str(), flags | MDB_NOSUBDIR, 0600));
    transaction setup{env_, 0};
    require(mdb_dbi_open(setup.get(), "events", MDB_CREATE | MDB_INTEGERKEY, &events_));
    require(mdb_dbi_open(setup.get(), "streams", MDB_CREATE, &streams_));
    require(mdb_dbi_open(setup.get(), "snapshots", MDB_CREATE, &snapshots_));
    setup.commit();
  }
  ~lmdb() override { mdb_env_close(env_); }

  void commit(std::span<const write> writes) override {
    thread_local std::string key;
    thread_local std::string record;
    transaction all{env_, 0};
    std::uint64_t position = last_position(all);
    const std::int64_t time = recorded_now();
    for (const write& one : writes) {
      std::uint32_t version = one.before;
      for (const event& what : one.events) {
        ++position;
        key.clear();
        write_stream_key(one.stream, ++version, key);
        put(all, streams_, value_of(key), value_of(position), MDB_NOOVERWRITE);
        write_record(stream_name(one.stream), version, what, time, record);
        put(all, events_, value_of(position), value_of(record), MDB_APPEND);
      }
    }
    all.commit();
  }

  tally replay() override {
    const transaction moment{env_, MDB_RDONLY};
    cursor at{moment, events_};
    tally out;
    MDB_val key{};
    MDB_val value{};
    for (bool more = at.move(key, value, MDB_FIRST); more; more = at.move(key, value, MDB_NEXT))
      fold_record(view(value), out);
    return out;
  }

  tally read(std::uint32_t stream) override {
    tally out;
    fold_after(transaction{env_, MDB_RDONLY}, stream, 0, out);
    return out;
  }

  void snapshot(std::uint32_t stream) override {
    const tally folded = read(stream);
    std::string key{stream_name(stream)};
    std::string kept;
    append_sorted(static_cast<std::uint32_t>(folded.events), kept);
    kept += snapshot_text(folded);
    transaction one{env_, 0};
    put(one, snapshots_, value_of(key), value_of(kept), 0);
    one.commit();
  }

  tally load(std::uint32_t stream) override {
    const transaction moment{env_, MDB_RDONLY};
    tally out;
    std::string name{stream_name(stream)};
    MDB_val key = value_of(name);
    MDB_val kept{};
    std::uint32_t version = 0;
    const int code = mdb_get(moment.get(), snapshots_, &key, &kept);
    if (code != MDB_NOTFOUND) {
      require(code);
      for (const char byte : view(kept).substr(0, sizeof version))
        version = version << 8 | static_cast<unsigned char>(byte);
      out = read_snapshot(view(kept).substr(sizeof version));
    }
    fold_after(moment, stream, version, out);
    return out;
  }

private:
  void fold_after(const transaction& moment, std::uint32_t stream, std::uint32_t version,
                  tally& into) const {
    std::string first;
    write_stream_key(stream, version + 1, first);
    const std::string_view prefix{first.data(), first.size() - sizeof version};
    cursor at{moment, streams_};
    MDB_val key = value_of(first);
    MDB_val position{};
    for (bool more = at.move(key, position, MDB_SET_RANGE); more && view(key).starts_with(prefix);
         more = at.move(key, position, MDB_NEXT)) {
      MDB_val record{};
      require(mdb_get(moment.get(), events_, &position, &record));
      fold_record(view(record), into);
    }
  }

  static std::string_view view(const MDB_val& value) {
    return {static_cast<const char*>(value.mv_data), value.mv_size};
  }
  static void put(const transaction& in, MDB_dbi tree, MDB_val key, MDB_val value, unsigned flags) {
    require(mdb_put(in.get(), tree, &key, &value, flags));
  }
  [[nodiscard]] std::uint64_t last_position(const transaction& in) const {
    cursor at{in, events_};
    MDB_val key{};
    MDB_val value{};
    std::uint64_t last = 0;
    if (at.move(key, value, MDB_LAST)) std::memcpy(&last, key.mv_data, sizeof last);
    return last;
  }

  MDB_env* env_ = nullptr;
  MDB_dbi events_ = 0;
  MDB_dbi streams_ = 0;
  MDB_dbi snapshots_ = 0;
};

entry with(const char* name, const char* how, const char* files, unsigned flags,
           std::vector<role> roles) {
  return {name, std::string{"LMDB "} + mdb_version(nullptr, nullptr, nullptr) + ", " + how, files,
          std::move(roles),
          [flags](const std::string& folder) { return std::make_unique<lmdb>(folder, flags); }};
}

} // namespace

std::vector<entry> lmdb_entries() {
  return {with("LMDB", "the default", "lmdb", 0, {role::durable}),
          with("LMDB NOSYNC", "MDB_NOSYNC", "lmdb_nosync", MDB_NOSYNC,
               {role::unsynced, role::reading})};
}

} // namespace bench
