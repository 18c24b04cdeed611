#pragma once
// An event store on a store of sorted keys, as LevelDB and RocksDB are: "e" and the position lead to the
// event, "s", the stream and the version to its position, "n" and the
// stream to its snapshot. A commit is one write batch, so that threads
// share syncs as the library lets them; of a stream one thread writes at a time.

#include "contestant.hpp"
#include "stored_record.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace bench {

/// `Library` names its types: `db`, `batch`, `slice`, `iterator`, `status`, and `get_many`.
template <class Library>
class sorted_keys final : public contestant {
public:
  sorted_keys(std::unique_ptr<typename Library::db> db, bool sync) : db_{std::move(db)} {
    write_.sync = sync;
    next_ = last_position();
  }

  void commit(std::span<const write> writes) override {
    // Streams in the order of their locks, so that two commits never wait for each other.
    thread_local std::vector<std::unique_lock<std::mutex>> held;
    held.clear();
    lock(writes, held);
    store(writes);
    held.clear();
  }

  tally replay() override {
    tally out;
    const std::unique_ptr<typename Library::iterator> at{db_->NewIterator(Library::scan_options())};
    for (at->Seek("e"); at->Valid() && at->key()[0] == 'e'; at->Next())
      fold_record(view(at->value()), out);
    require(at->status());
    return out;
  }

  tally read(std::uint32_t stream) override {
    tally out;
    fold_after(stream, 0, out);
    return out;
  }

  void snapshot(std::uint32_t stream) override {
    const tally folded = read(stream);
    std::string kept;
    append_sorted(static_cast<std::uint32_t>(folded.events), kept);
    kept += snapshot_text(folded);
    require(db_->Put(write_, snapshot_key(stream), kept));
  }

  tally load(std::uint32_t stream) override {
    tally out;
    std::string kept;
    const auto found = db_->Get({}, snapshot_key(stream), &kept);
    std::uint32_t version = 0;
    if (!found.IsNotFound()) {
      require(found);
      version =
          static_cast<std::uint32_t>(number_of(std::string_view{kept}.substr(0, sizeof version)));
      out = read_snapshot(std::string_view{kept}.substr(sizeof version));
    }
    fold_after(stream, version, out);
    return out;
  }

private:
  template <class Bytes>
  static std::string_view view(const Bytes& bytes) {
    return {bytes.data(), bytes.size()};
  }
  static void require(const typename Library::status& done) {
    if (!done.ok()) refuse(Library::name, done.ToString());
  }

  static std::string snapshot_key(std::uint32_t stream) {
    std::string key{'n'};
    key += stream_name(stream);
    return key;
  }

  static std::uint64_t number_of(std::string_view sorted) {
    std::uint64_t number = 0;
    for (const char byte : sorted) number = number << 8 | static_cast<unsigned char>(byte);
    return number;
  }

  void fold_after(std::uint32_t stream, std::uint32_t version, tally& into) {
    std::string first{'s'};
    write_stream_key(stream, version + 1, first);
    const std::string_view prefix{first.data(), first.size() - sizeof version};
    std::vector<std::string> keys;
    const std::unique_ptr<typename Library::iterator> at{db_->NewIterator({})};
    for (at->Seek(first); at->Valid() && view(at->key()).starts_with(prefix); at->Next())
      keys.emplace_back(1, 'e') += view(at->value());
    require(at->status());
    Library::get_many(*db_, keys, [&](const auto& found) { fold_record(view(found), into); });
  }

  void lock(std::span<const write> writes, std::vector<std::unique_lock<std::mutex>>& held) {
    std::array<bool, 64> wanted{};
    for (const write& one : writes) wanted[one.stream % wanted.size()] = true;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (wanted[i]) held.emplace_back(locks_[i]);
  }

  void store(std::span<const write> writes) {
    thread_local std::string key;
    thread_local std::string position;
    thread_local std::string record;
    thread_local typename Library::batch batch;
    batch.Clear();
    const std::int64_t time = recorded_now();
    for (const write& one : writes) {
      std::uint32_t version = one.before;
      key.assign(1, 's');
      write_stream_key(one.stream, version + 1, key);
      const auto there = db_->Get({}, key, &record);
      if (!there.IsNotFound()) refuse(Library::name, "a conflict, or " + there.ToString());
      for (const event& what : one.events) {
        position.clear();
        append_sorted(next_.fetch_add(1) + 1, position);
        key.assign(1, 's');
        write_stream_key(one.stream, ++version, key);
        batch.Put(key, position);
        write_record(stream_name(one.stream), version, what, time, record);
        key.assign(1, 'e');
        key += position;
        batch.Put(key, record);
      }
    }
    require(db_->Write(write_, &batch));
  }

  std::uint64_t last_position() {
    const std::unique_ptr<typename Library::iterator> at{db_->NewIterator({})};
    at->Seek("f");
    if (at->Valid())
      at->Prev();
    else
      at->SeekToLast();
    const bool found = at->Valid() && at->key()[0] == 'e';
    return found ? number_of(view(at->key()).substr(1)) : 0;
  }

  std::unique_ptr<typename Library::db> db_;
  typename Library::write_options write_;
  std::atomic<std::uint64_t> next_;
  std::array<std::mutex, 64> locks_;
};

/// Such a store that syncs each commit, and one that does not and is also read. `open(folder, sync)`.
template <class Open>
std::vector<entry> synced_and_not(const std::string& name, const std::string& version,
                                  const char* files, Open open) {
  return {{name,
           version + ", sync = true",
           files,
           {role::durable},
           [open](const std::string& folder) { return open(folder, true); }},
          {name + ", unsynced",
           version + ", sync = false",
           files,
           {role::unsynced, role::reading},
           [open](const std::string& folder) { return open(folder, false); }}};
}

} // namespace bench
