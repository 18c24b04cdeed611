// The PostgreSQL adapter with the typed layer above it, as its README shows it.

#include <examples/bank/account.hpp>
#include <examples/bank/schema.hpp>
#include <postgres/server.hpp>
#include <support/scratch_folder.hpp>

#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;

TEST_CASE("the same program runs on PostgreSQL") {
  const evstore::tests::scratch_schema schema;
  const std::string where = evstore::tests::server();
  const std::string name = schema.name();
  {
    // region: open
    auto store = evstore::open<bank>(evstore::postgres::open(where, {.schema = name}));
    store
        .append("account-ada", evstore::no_stream, account_opened{"Ada"},
                money_moved{1000, "salary"})
        .value();
    // endregion
  }
  auto store = evstore::open<bank>(evstore::postgres::open(where, {.schema = name}));
  CHECK(store.fold<account>("account-ada")->cents == 1000);
  CHECK(!store.append("account-ada", evstore::no_stream, account_opened{"Ada"}));
  // region: patience
  auto impatient = evstore::open<bank>(evstore::postgres::open(
      where, {.schema = name, .statement_timeout = 5s, .lock_timeout = 500ms}));
  // endregion
  CHECK(impatient.fold<account>("account-ada")->cents == 1000);
}

TEST_CASE("a log goes to PostgreSQL and comes back the same") {
  using namespace evstore;
  const tests::scratch_folder folder;
  const tests::scratch_schema schema;
  const std::string there = (folder / "there.jsonl").string();
  const std::string back = (folder / "back.jsonl").string();
  {
    auto store = evstore::open<bank>(jsonl::open(there));
    store.append("account-ada", no_stream, account_opened{"Ada"}, money_moved{-1, "é \n \"\\"})
        .value();
    for (int i = 0; i < 300; ++i)
      store
          .append("account-" + std::to_string(i % 7), any,
                  envelope{money_moved{i, std::string(static_cast<std::size_t>(i), 'x')},
                           {.id = generate_event_id(),
                            .tags = {"n:" + std::to_string(i)},
                            .metadata = {.correlation = "c"}}})
          .value();
  }
  auto source = jsonl::open_read_only(there);
  auto middle = schema.open();
  const transfer_report sent = copy(source, middle);
  CHECK(sent.copied == 302);
  CHECK(sent.source == sent.destination);
  CHECK(copy(source, middle).found == 302); // and is recognised
  {
    auto destination = jsonl::open(back, {.durability = jsonl::durability::none()});
    CHECK(copy(middle, destination).copied == 302);
  }
  CHECK(testing::collect(jsonl::open_read_only(back).read_all(query::all(), {})) ==
        testing::collect(source.read_all(query::all(), {})));
}
