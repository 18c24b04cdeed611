// An event store on LevelDB; see sorted_keys.hpp.

#include "sorted_keys.hpp"

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

namespace bench {

namespace {

struct level {
  using db = leveldb::DB;
  using batch = leveldb::WriteBatch;
  using iterator = leveldb::Iterator;
  using status = leveldb::Status;
  using write_options = leveldb::WriteOptions;
  static constexpr const char* name = "leveldb";

  static leveldb::ReadOptions scan_options() {
    leveldb::ReadOptions how;
    how.fill_cache = false;
    return how;
  }

  template <class See>
  static void get_many(db& from, const std::vector<std::string>& keys, const See& see) {
    std::string value;
    for (const std::string& key : keys) {
      const status found = from.Get({}, key, &value);
      if (!found.ok()) refuse(name, found.ToString());
      see(value);
    }
  }
};

std::unique_ptr<contestant> open(const std::string& folder, bool sync) {
  // Belong to the process, as the library wants them to outlive every database.
  static const auto* const filter = leveldb::NewBloomFilterPolicy(10);
  static auto* const cache = leveldb::NewLRUCache(std::size_t{256} << 20);
  leveldb::Options how;
  how.create_if_missing = true;
  how.write_buffer_size = std::size_t{64} << 20;
  how.max_file_size = std::size_t{64} << 20;
  how.block_size = std::size_t{16} << 10;
  how.filter_policy = filter;
  how.block_cache = cache;
  leveldb::DB* made = nullptr;
  const auto done = leveldb::DB::Open(how, folder + "/events.leveldb", &made);
  if (!done.ok()) refuse("leveldb", done.ToString());
  return std::make_unique<sorted_keys<level>>(std::unique_ptr<leveldb::DB>{made}, sync);
}

} // namespace

std::vector<entry> leveldb_entries() {
  return synced_and_not("LevelDB",
                        "LevelDB " + std::to_string(leveldb::kMajorVersion) + "." +
                            std::to_string(leveldb::kMinorVersion) + ", Snappy",
                        "leveldb", open);
}

} // namespace bench
