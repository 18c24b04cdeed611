// evstore's PostgreSQL adapter through the typed interface, and message-db, as its clients use it: a call
// of its function for each message, in a transaction if there are several. Both on one server, which is
// evstore's tests' own: fsync and synchronous_commit on, unix socket.

#include "shared_server.hpp"

#include "../postgres/peers.hpp"
#include "peer_process.hpp"
#include "stored_record.hpp"
#include "typed_store.hpp"

#include <evstore/postgres/adapter.hpp>

#include <condition_variable>
#include <filesystem>
#include <mutex>

namespace bench {

namespace {

const server& the_server() {
  // The file that says where it is stays out of the folder that the run was started in.
  static const server one{
      (std::filesystem::temp_directory_path() / ("evstore-bench-" + std::to_string(::getpid())))
          .string()};
  return one;
}

std::unique_ptr<contestant> open_typed(const char* schema, bool anew) {
  const std::string& where = server_address();
  if (anew)
    evstore::postgres::connection{where}.execute(
        ("set client_min_messages = error; drop schema if exists " + std::string{schema} +
         " cascade")
            .c_str());
  return std::make_unique<typed_store<evstore::postgres::adapter>>(
      evstore::postgres::open(where, {.schema = schema}));
}

/// A connection for each thread that commits at the time, up to a number that the server allows.
class connections {
public:
  explicit connections(const message_db& to) : to_{to} {}

  class lease {
  public:
    explicit lease(connections& from) : from_{from}, on_{from.take()} {}
    lease(const lease&) = delete;
    ~lease() { from_.give(std::move(on_)); }
    evstore::postgres::connection* operator->() const { return on_.get(); }

  private:
    connections& from_;
    std::shared_ptr<evstore::postgres::connection> on_;
  };

private:
  std::shared_ptr<evstore::postgres::connection> take() {
    std::unique_lock lock{mutex_};
    returned_.wait(lock, [&] { return !free_.empty() || made_ < most; });
    if (free_.empty()) {
      ++made_;
      lock.unlock();
      return to_.connect();
    }
    auto out = std::move(free_.back());
    free_.pop_back();
    return out;
  }
  void give(std::shared_ptr<evstore::postgres::connection> on) {
    {
      const std::lock_guard lock{mutex_};
      free_.push_back(std::move(on));
    }
    returned_.notify_one();
  }

  static constexpr int most = 32;
  const message_db& to_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::shared_ptr<evstore::postgres::connection>> free_;
  int made_ = 0;
};

class message_store final : public contestant {
public:
  explicit message_store(bool anew) : on_{the_messages()} {
    if (anew) connections::lease {
        on_
      } -> execute("truncate message_store.messages restart identity");
  }

  void commit(std::span<const write> writes) override {
    const connections::lease on{on_};
    const bool many = writes.size() > 1 || writes.front().events.size() > 1;
    if (many) on->execute("begin");
    for (const write& one : writes) {
      std::int64_t expected = std::int64_t{one.before} - 1;
      for (const event& what : one.events) {
        std::string data;
        write_payload(what, data);
        on->execute(message_db::write, message_db::message(stream_name(one.stream), expected++,
                                                           type_name(what), data));
      }
    }
    if (many) on->execute("commit");
  }

  /// All streams are of one category, which is the only way to read several.
  tally replay() override {
    static constexpr evstore::postgres::statement page{
        "page",
        "select type, data, global_position from"
        " message_store.get_category_messages('encounter', $1::bigint, 1000)"};
    const connections::lease on{on_};
    tally out;
    for (std::int64_t from = 0;;) {
      const auto rows = on->execute(page, evstore::postgres::parameters{}.add(from));
      if (rows.size() == 0) return out;
      for (int i = 0; i < rows.size(); ++i) fold_payload(rows.bytes(i, 0), rows.bytes(i, 1), out);
      from = rows.bigint(rows.size() - 1, 2) + 1;
    }
  }

  tally read(std::uint32_t stream) override {
    static constexpr evstore::postgres::statement all{
        "all",
        "select type, data from message_store.get_stream_messages($1::text::varchar, 0, -1)"};
    const connections::lease on{on_};
    const auto rows = on->execute(all, evstore::postgres::parameters{}.add(stream_name(stream)));
    tally out;
    for (int i = 0; i < rows.size(); ++i) fold_payload(rows.bytes(i, 0), rows.bytes(i, 1), out);
    return out;
  }
  void snapshot(std::uint32_t) override {}
  tally load(std::uint32_t) override { refuse("message-db", "keeps no snapshots"); }

private:
  static const message_db& the_messages() {
    static const message_db installed{the_server(), installed_peers()};
    return installed;
  }

  connections on_;
};

} // namespace

const std::string& server_address() { return the_server().where; }

std::string new_emmett_database() {
  static int made = 0;
  return emmett_database(the_server(), "emmett_" + std::to_string(++made));
}

std::vector<entry> postgres_entries() {
  entry ours{"postgres",
             "evstore::postgres, synchronous_commit on; processor time is the client's",
             "postgres",
             {role::durable, role::few},
             [](const std::string&) { return open_typed("bench", true); },
             [](const std::string&) { return open_typed("bench", false); }};
  ours.on_server = true;
  std::vector<entry> all{std::move(ours)};
  if (!installed_peers()) return all;
  entry messages{"message-db",
                 "its functions by libpq, prepared, up to 32 connections, the same server",
                 "message_db",
                 {role::durable, role::few},
                 [](const std::string&) { return std::make_unique<message_store>(true); },
                 [](const std::string&) { return std::make_unique<message_store>(false); }};
  messages.on_server = true;
  all.push_back(std::move(messages));
  return all;
}

} // namespace bench
