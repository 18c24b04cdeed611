#pragma once
// Other event stores on PostgreSQL, from npm: message-db, which is functions in the database and is called from here with
// prepared statements (which its own clients do not do), and Emmett, which is a library for Node and runs there. They are
// there when EVSTORE_BENCH_PEERS names the folder that bench/run has installed them into.

#include "bench_server.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace bench {

inline void require(bool done, const std::string& what) {
  if (!done) throw std::runtime_error{what};
}

class message_db {
public:
  message_db(const server& on, const std::string& peers) : where_{on.database("message_store")} {
    const std::string host = on.where.substr(5, on.where.find(' ') - 5);
    const std::string install = "PGHOST=" + host + " PGUSER=tests PGDATABASE=postgres bash " +
                                peers +
                                "/node_modules/@eventide/message-db/database/install.sh >/dev/null";
    require(std::system(install.c_str()) == 0, "message-db cannot be installed");
  }

  /// One message a commit, its stream's version expected.
  std::function<void()> writing() {
    auto on = connect();
    return [on, stream = next_stream(), version = std::int64_t{-1}]() mutable {
      on->execute(write, message(stream, version++, type, payload));
    };
  }
  /// As its clients write batches: one message after the other, in one transaction.
  std::function<void()> writing(int messages) {
    auto on = connect();
    return [on, messages, stream = next_stream(), version = std::int64_t{-1}]() mutable {
      on->execute("begin");
      for (int i = 0; i < messages; ++i)
        on->execute(write, message(stream, version++, type, payload));
      on->execute("commit");
    };
  }
  /// The same without waiting for each answer, which nobody does.
  std::function<void()> pipelining(int messages) {
    const std::shared_ptr<PGconn> on{PQconnectdb(where_.c_str()), PQfinish};
    PQclear(PQexec(on.get(), "set search_path = message_store, public"));
    PQclear(PQprepare(on.get(), "write", write.sql, 0, nullptr));
    PQenterPipelineMode(on.get());
    return [on, messages, stream = next_stream(), version = std::int64_t{-1}]() mutable {
      const auto send = [&](const char* sql) {
        PQsendQueryParams(on.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 1);
      };
      send("begin");
      for (int i = 0; i < messages; ++i) {
        const std::string expected = std::to_string(version++);
        const std::array<const char*, 4> values{stream.c_str(), expected.c_str(), payload.data(),
                                                type.data()};
        PQsendQueryPrepared(on.get(), "write", 4, values.data(), nullptr, nullptr, 1);
      }
      send("commit");
      PQpipelineSync(on.get());
      for (bool is_done = false; !is_done;) {
        PGresult* result = PQgetResult(on.get());
        if (result == nullptr) continue;
        const ExecStatusType status = PQresultStatus(result);
        is_done = status == PGRES_PIPELINE_SYNC;
        PQclear(result);
        require(status != PGRES_FATAL_ERROR, "message-db refused a message");
      }
    };
  }
  /// Messages a second out of a category with all there are.
  double replay() {
    auto on = connect();
    static constexpr evstore::postgres::statement page{
        "page", "select * from message_store.get_category_messages('bench', $1::bigint, 1000)"};
    const auto begin = clock::now();
    std::int64_t from = 0;
    std::uint64_t messages = 0;
    for (;;) {
      const auto rows = on->execute(page, evstore::postgres::parameters{}.add(from));
      if (rows.size() == 0) break;
      messages += static_cast<std::uint64_t>(rows.size());
      from = rows.bigint(rows.size() - 1, 4) + 1;
    }
    return static_cast<double>(messages) / seconds_since(begin);
  }
  void fill(std::int64_t messages) {
    const std::string sql =
        "set synchronous_commit = off; select "
        "message_store.write_message(gen_random_uuid()::varchar,"
        " 'bench-filled' || n % 1000, 'money_moved', '" +
        std::string{payload} + "') from generate_series(1, " + std::to_string(messages) + ") as n";
    connect()->execute(sql.c_str());
    connect()->execute("vacuum analyze message_store.messages");
  }

  /// One message: its stream, the version that is expected (-1: none), its data, and its type.
  static constexpr evstore::postgres::statement write{
      "write",
      "select message_store.write_message(gen_random_uuid()::varchar, $1::text::varchar,"
      " $4::text::varchar, $3::text::jsonb, null, $2::bigint)"};
  static evstore::postgres::parameters message(std::string_view stream, std::int64_t version,
                                               std::string_view of_type, std::string_view data) {
    return evstore::postgres::parameters{}.add(stream).add(version).add(data).add(of_type);
  }
  [[nodiscard]] std::shared_ptr<evstore::postgres::connection> connect() const {
    auto on = std::make_shared<evstore::postgres::connection>(where_);
    on->execute("set search_path = message_store, public");
    return on;
  }

private:
  static constexpr std::string_view type = "money_moved";

  std::string next_stream() { return "bench-" + std::to_string(++streams_); }

  std::string where_;
  std::atomic<std::uint64_t> streams_{0};
};

/// Makes a database for Emmett, and says where it is as Node's client wants to be told.
inline std::string emmett_database(const server& on, const std::string& name) {
  evstore::postgres::connection{on.where}.execute(("create database " + name).c_str());
  const std::string host = on.where.substr(5, on.where.find(' ') - 5);
  return "postgresql://tests@localhost/" + name + "?host=" + host;
}

class emmett {
public:
  emmett(const server& on, std::string peers)
      : peers_{std::move(peers)}, where_{emmett_database(on, "emmett")} {}

  /// See peers/emmett.mjs.
  [[nodiscard]] double turn(const std::string& what) const {
    const std::string command = "node '" + peers_ + "/emmett.mjs' '" + where_ + "' " + what;
    const std::unique_ptr<FILE, int (*)(FILE*)> said{::popen(command.c_str(), "r"), ::pclose};
    double rate = 0;
    require(said != nullptr && std::fscanf(said.get(), "%lf", &rate) == 1, "Emmett failed");
    return rate;
  }

private:
  std::string peers_;
  std::string where_;
};

} // namespace bench
