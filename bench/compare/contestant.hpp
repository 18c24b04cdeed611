#pragma once
// What is compared: a store that can take the workload's commits, replay them and read a stream. Each
// contestant is one small file behind this interface, written as its own users would write it.

#include "peer_process.hpp"

#include <workload.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

class contestant {
public:
  contestant() = default;
  contestant(const contestant&) = delete;
  contestant& operator=(const contestant&) = delete;
  virtual ~contestant() = default;

  /// Stores all of it or nothing, as durably as the contestant was opened for, in an order that a replay
  /// shows. Throws if a stream does not have as many events as is said. Any number of threads.
  virtual void commit(std::span<const write> writes) = 0;
  /// Waits for commits that were begun and not waited for, where `commit` does that.
  virtual void settle() {}
  /// Every event, in order, decoded into its struct and folded.
  virtual tally replay() = 0;
  /// The same for one stream.
  virtual tally read(std::uint32_t stream) = 0;
  /// Keeps what the stream folds to now.
  virtual void snapshot(std::uint32_t stream) = 0;
  /// The same as `read`, from what was kept and the events that came after.
  virtual tally load(std::uint32_t stream) = 0;
};

/// What a contestant takes part in.
enum class role : std::uint8_t {
  durable,   ///< commits that survive the loss of power
  in_flight, ///< the same by one thread that does not wait for each
  unsynced,  ///< commits that survive the end of the process, or less
  reading,   ///< replay and reading of streams
  few,       ///< the same with so few events that servers and interpreters are done in time
};

/// What a contestant can commit at once.
enum class commit_shape : std::uint8_t { one_event, one_stream, anything };

struct entry {
  std::string name;
  std::string described; ///< with what options
  std::string files;     ///< a folder for what it stores; entries of one role may share it
  std::vector<role> roles;
  std::function<std::unique_ptr<contestant>(const std::string& folder)> open;
  /// For reading what is there already, if that is another way to open it.
  std::function<std::unique_ptr<contestant>(const std::string& folder)> open_filled{};
  bool in_memory = false; ///< what it has is gone when it is closed
  bool limit = false;     ///< no store, but what one cannot beat: decodes and checks nothing
  bool on_server = false; ///< its files are those of a server, which is no matter of a cold process
  commit_shape most = commit_shape::anything;
  /// Instead of `open`: in a process of its own.
  std::function<std::unique_ptr<peer_process>(const std::string& folder)> start{};
};

inline bool has(const entry& one, role what) {
  return std::find(one.roles.begin(), one.roles.end(), what) != one.roles.end();
}

/// In the order of the report: first the limits, then evstore, then its peers.
std::vector<entry> raw_limits();
std::vector<entry> evstore_entries();
std::vector<entry> bare_adapter_entries();
std::vector<entry> sqlite_entries();
std::vector<entry> rocksdb_entries();
std::vector<entry> leveldb_entries();
std::vector<entry> lmdb_entries();
std::vector<entry> postgres_entries();
std::vector<entry> node_entries();
std::vector<entry> all_entries();

[[noreturn]] inline void refuse(const std::string& who, const std::string& why) {
  throw std::runtime_error{who + ": " + why};
}

} // namespace bench
