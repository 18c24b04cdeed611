// The program behind docs/guides/moving_data.md.
#include "../../support/scratch_folder.hpp"
#include "../bank/account.hpp"
#include "../bank/schema.hpp"

#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <filesystem>
#include <iostream>

namespace {

void fill(const std::string& path) {
  using evstore::any, evstore::no_stream;
  auto store = evstore::open<bank>(evstore::jsonl::open(path));
  store.append("account-ada", no_stream, account_opened{"Ada"}, money_moved{1000, "salary"})
      .value();
  store.append("account-bob", no_stream, account_opened{"Bob"}).value();
  store.append("account-bob", any, money_moved{5, "found"}, account_closed{}).value();
}

} // namespace

TEST_CASE("a log is copied, and copied on") {
  const evstore::tests::scratch_folder folder;
  std::filesystem::current_path(folder.path());
  fill("bank.jsonl");
  // region: copy
  auto source = evstore::jsonl::open_read_only("bank.jsonl");
  auto backup = evstore::jsonl::open("backup.jsonl");
  const evstore::transfer_report report = evstore::copy(source, backup);
  std::cout << report.copied << " copied, " << report.found << " were there already\n";
  // 5 copied, 0 were there already
  // endregion
  CHECK(report.copied == 5);
  CHECK(report.destination == report.source);

  {
    auto store = evstore::open<bank>(evstore::jsonl::open("bank.jsonl"));
    store.append("account-ada", evstore::any, money_moved{-1, "fee"}).value();
  }
  // region: again
  const evstore::transfer_report later = evstore::copy(source, backup);
  std::cout << later.copied << " copied, " << later.found << " were there already\n";
  // 1 copied, 5 were there already
  // endregion
  CHECK(later.copied == 1);
  CHECK(later.found == 5);
}

TEST_CASE("a log is copied into memory, and told how far it is") {
  const evstore::tests::scratch_folder folder;
  std::filesystem::current_path(folder.path());
  fill("bank.jsonl");
  std::uint64_t calls = 0;
  // region: progress
  const auto show = [&](const evstore::transfer_progress& so_far) {
    ++calls;
    std::cout << so_far.at.value() << " of " << so_far.head.value() << '\n';
  };
  auto log = evstore::jsonl::open_read_only("bank.jsonl");
  evstore::memory::adapter experiment;
  evstore::copy(log, experiment, {.progress = show, .progress_every = 2});

  auto what_if = evstore::open<bank>(experiment); // nothing that happens here is kept
  // endregion
  CHECK(calls > 1);
  CHECK(what_if.fold<account>("account-ada")->cents == 1000);
}
