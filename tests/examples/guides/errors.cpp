// The program behind docs/guides/errors.md.
#include "../../support/scratch_folder.hpp"
#include "../bank/account.hpp"
#include "../bank/schema.hpp"

#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

using namespace evstore;
using namespace std::chrono_literals;

namespace {

struct in_folder {
  in_folder() { std::filesystem::current_path(folder.path()); }
  tests::scratch_folder folder;
};

void fill() {
  auto store = evstore::open<bank>(jsonl::open("bank.jsonl"));
  store.append("account-ada", no_stream, account_opened{"Ada"}).value();
  store.append("account-ada", exactly(1), money_moved{1000, "salary"}).value();
  store.append("account-ada", exactly(2), money_moved{-200, "rent"}).value();
}

/// Changes a byte of the log, as a bad disk would.
void damage_line_two() {
  std::fstream log{"bank.jsonl", std::ios::in | std::ios::out};
  std::string line;
  std::getline(log, line);
  log.seekp(static_cast<std::streamoff>(line.size() + 20));
  log.put('#');
}

} // namespace

TEST_CASE_METHOD(in_folder, "an error says what, where and what next") {
  fill();
  const auto writer = jsonl::open("bank.jsonl");
  // region: catch
  try {
    auto store = evstore::open<bank>(jsonl::open("bank.jsonl")); // and somebody else has it open
  } catch (const error& failed) {
    std::cerr << failed.what() << '\n'; // one line for people
    if (failed.code() == errc::locked) std::cerr << "close the other one first\n";
  }
  // endregion
  CHECK_THROWS_AS(jsonl::open("bank.jsonl"), error);
}

// region: doubt
/// Stores a payment, which has an id, and knows what became of it even if the answer got lost.
append_result pay(const envelope<money_moved>& payment) {
  const auto attempt = [&] {
    auto store = evstore::open<bank>(jsonl::open("bank.jsonl"));
    return store.append("account-ada", any, payment);
  };
  try {
    return attempt();
  } catch (const error& failed) {
    if (failed.code() != errc::append_in_doubt) throw;
    return attempt(); // on a log opened anew; if it was stored, this is the first receipt
  }
}
// endregion

TEST_CASE_METHOD(in_folder, "in doubt") {
  const envelope payment{money_moved{5, "books"}, {.id = generate_event_id()}};
  CHECK(pay(payment));
  CHECK(pay(payment)->replayed);
}

TEST_CASE_METHOD(in_folder, "weaker durability is chosen by name") {
  // region: durability
  auto careful = jsonl::open("bank.jsonl"); // durability::sync()
  auto quick = jsonl::open("measurements.jsonl", {.durability = jsonl::durability::batched(50ms)});
  auto careless = jsonl::open("import.jsonl", {.durability = jsonl::durability::none()});
  auto hasty = jsonl::open("trace.jsonl", {.durability = jsonl::durability::buffered(100ms)});
  // endregion
  CHECK(careful.head() == global_position::origin());
}

TEST_CASE_METHOD(in_folder, "space is written ahead by request") {
  // region: preallocation
  auto ticks = jsonl::open("ticks.jsonl", {.preallocation_size = 4 << 20}); // 4 MiB at a time
  // endregion
  CHECK(ticks.head() == global_position::origin());
}

TEST_CASE_METHOD(in_folder, "many commits in flight") {
  auto store = evstore::open<bank>(jsonl::open("bank.jsonl"));
  // region: in_flight
  std::vector<jsonl::pending_append> payments;
  for (const std::int64_t cents : {100, 200, 300})
    payments.push_back(store.append_async("account-ada", any, money_moved{cents, "salary"}));
  for (const auto& payment : payments) payment.get().value(); // waits; what append would have been
  // endregion
  CHECK(payments.back().get()->version() == stream_version{3});
}

TEST_CASE_METHOD(in_folder, "a torn tail") {
  fill();
  std::ofstream{"bank.jsonl", std::ios::app} << R"({"position":4,"stream":"acc)";
  // region: torn
  auto log = jsonl::open("bank.jsonl");
  for (const std::string& warning : log.report().warnings) std::cerr << warning << '\n';
  if (const auto& torn = log.report().torn)
    std::cerr << torn->bytes << " bytes are kept in " << torn->kept_in << '\n';
  // endregion
  REQUIRE(log.report().torn);
  CHECK(log.head() == global_position{3});
}

TEST_CASE_METHOD(in_folder, "damage") {
  fill();
  damage_line_two();
  // region: damage
  try {
    auto log = jsonl::open("bank.jsonl");
  } catch (const error& failed) { // errc::corrupt, with file, line and byte
    std::cerr << failed.what() << '\n';
  }
  const jsonl::verify_report found = jsonl::verify("bank.jsonl"); // changes nothing
  for (const jsonl::defect& defect : found.defects)
    std::cerr << "line " << defect.line << ": " << defect.what << '\n';
  // endregion
  CHECK_THROWS_AS(jsonl::open("bank.jsonl"), error);
  REQUIRE(found.defects.size() == 1);
  CHECK(found.defects[0].line == 2);
  // region: repair
  const jsonl::repair_report repaired = jsonl::repair("bank.jsonl");
  std::cerr << repaired.dropped.size() << " lines left out, " << repaired.records
            << " kept; the log "
            << "as it was is " << repaired.original << '\n';
  // endregion
  CHECK(repaired.records == 2);
  CHECK(jsonl::open("bank.jsonl").head() == global_position{2});
}

TEST_CASE_METHOD(in_folder, "an exception of the library is never lost among others") {
  fill();
  struct closed_bank : event_set<named<"account_opened", account_opened>> {};
  // region: place
  const auto store = evstore::open<closed_bank>(jsonl::open_read_only("bank.jsonl"));
  try {
    for (const auto& event : store.read_all()) std::cout << event.type() << '\n';
  } catch (const error& failed) {
    const error_place& where = failed.place();
    std::cerr << where.stream << " at position " << where.position.value_or(0) << ": " << where.type
              << '\n'; // account-ada at position 2: money_moved
  }
  // endregion
}
