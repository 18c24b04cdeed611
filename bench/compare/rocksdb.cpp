// An event store on RocksDB; see sorted_keys.hpp.

#include "sorted_keys.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>
#include <rocksdb/write_batch.h>

namespace bench {

namespace {

struct rocks {
  using db = rocksdb::DB;
  using batch = rocksdb::WriteBatch;
  using iterator = rocksdb::Iterator;
  using status = rocksdb::Status;
  using write_options = rocksdb::WriteOptions;
  static constexpr const char* name = "rocksdb";

  static rocksdb::ReadOptions scan_options() {
    rocksdb::ReadOptions how;
    how.readahead_size = std::size_t{1} << 20;
    how.fill_cache = false;
    return how;
  }

  template <class See>
  static void get_many(db& from, const std::vector<std::string>& keys, const See& see) {
    const std::vector<rocksdb::Slice> slices{keys.begin(), keys.end()};
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<status> found(keys.size());
    from.MultiGet({}, from.DefaultColumnFamily(), keys.size(), slices.data(), values.data(),
                  found.data(), true);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!found[i].ok()) refuse(name, found[i].ToString());
      see(values[i]);
    }
  }
};

std::unique_ptr<contestant> open(const std::string& folder, bool sync, bool buffered = false) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(std::size_t{256} << 20);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = std::size_t{16} << 10;
  rocksdb::Options how;
  how.create_if_missing = true;
  how.IncreaseParallelism(2);
  how.write_buffer_size = std::size_t{64} << 20;
  how.compression = rocksdb::kLZ4Compression;
  how.recycle_log_file_num = 4;    // a sync of a file that does not grow is cheaper
  how.manual_wal_flush = buffered; // the log of commits is written when its buffer is full
  how.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  rocksdb::DB* made = nullptr;
  const auto done = rocksdb::DB::Open(how, folder + "/events.rocksdb", &made);
  if (!done.ok()) refuse("rocksdb", done.ToString());
  return std::make_unique<sorted_keys<rocks>>(std::unique_ptr<rocksdb::DB>{made}, sync);
}

} // namespace

std::vector<entry> rocksdb_entries() {
  const std::string version = "RocksDB " + rocksdb::GetRocksVersionAsString() + ", LZ4";
  std::vector<entry> all =
      synced_and_not("RocksDB", version, "rocksdb",
                     [](const std::string& folder, bool sync) { return open(folder, sync); });
  all.push_back({"RocksDB, buffered",
                 version + ", sync = false, manual_wal_flush",
                 "rocksdb_buffered",
                 {role::unsynced},
                 [](const std::string& folder) { return open(folder, false, true); }});
  return all;
}

} // namespace bench
