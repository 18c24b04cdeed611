#include <evstore/testing/schema_lock.hpp>

#include "../../support/scratch_folder.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

using evstore::named;
using evstore::testing::check_schema_lock;
using evstore::testing::write_schema_lock;

namespace bank {

struct opened {
  std::string owner;
};
struct moved_before {
  std::int64_t cents = 0;
};
struct moved {
  std::int64_t cents = 0;
  std::optional<std::string> reason;
};
struct closed {};
EVSTORE_DESCRIBE(opened, owner)
EVSTORE_DESCRIBE(moved_before, cents)
EVSTORE_DESCRIBE(moved, cents, reason)
EVSTORE_DESCRIBE(closed)

moved upcast(const moved_before& old) { return {old.cents, {}}; }

template <class Moved, evstore::fixed_string Closed = "closed">
struct events : evstore::event_set<named<"opened", opened>, named<"money moved", Moved>,
                                   named<Closed, closed>> {};

using before = events<moved_before>;
using careless = events<moved>;
using careful = events<evstore::versions<moved_before, moved>>;
using renaming = events<moved_before, "ended">;

} // namespace bank

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

struct locked {
  locked() { write_schema_lock<bank::before>(file); }
  evstore::tests::scratch_folder folder;
  std::string file = (folder / "events.lock").string();
};

} // namespace

TEST_CASE_METHOD(locked, "a lock is readable, sorted and the same in every run") {
  const std::string text = text_of(file);
  CHECK(text.starts_with(
      "# How events look when they are stored. Written with EVSTORE_ACCEPT_SCHEMA=1; do not "
      "edit.\nclosed\t1\t"));
  CHECK_THAT(text, Catch::Contains("\nmoney moved\t1\t") && Catch::Contains("\t{cents:int64}\n"));
  write_schema_lock<bank::before>(file);
  CHECK(text_of(file) == text);
}

TEST_CASE_METHOD(locked, "a program whose events are as they were agrees with its lock") {
  CHECK(check_schema_lock<bank::before>(file));
}

TEST_CASE_METHOD(locked,
                 "a stored form that changed without a new version is named, with a remedy") {
  const auto found = check_schema_lock<bank::careless>(file);
  CHECK_FALSE(found);
  CHECK(found.why() == file + R"( and the program do not agree:
money moved, schema version 1: its stored form has changed
  was {cents:int64}
  is  {cents:int64,reason:optional<string>}
  remedy: keep the old struct, put the new one behind it in versions<...>, and write upcast(old)
If no stored event is affected, run this test once with EVSTORE_ACCEPT_SCHEMA=1 and commit )" +
                           file + ".");
}

TEST_CASE_METHOD(locked, "a new version leaves the old one as it is, and is itself locked") {
  const auto found = check_schema_lock<bank::careful>(file);
  CHECK_THAT(found.why(), Catch::Contains("money moved, schema version 2: is not in the lock") &&
                              !Catch::Contains("has changed"));
  write_schema_lock<bank::careful>(file);
  CHECK(check_schema_lock<bank::careful>(file));
}

TEST_CASE_METHOD(locked, "an event that is renamed is missed under its old name") {
  const auto found = check_schema_lock<bank::renaming>(file);
  CHECK_THAT(found.why(),
             Catch::Contains("closed, schema version 1: is in the lock and not in the event set") &&
                 Catch::Contains("ended, schema version 1: is not in the lock"));
}

TEST_CASE_METHOD(locked, "changes are accepted only when somebody says so") {
  ::setenv("EVSTORE_ACCEPT_SCHEMA", "0", 1);
  CHECK_FALSE(check_schema_lock<bank::careless>(file));
  ::setenv("EVSTORE_ACCEPT_SCHEMA", "1", 1);
  CHECK(check_schema_lock<bank::careless>(file));
  ::unsetenv("EVSTORE_ACCEPT_SCHEMA");
  CHECK(check_schema_lock<bank::careless>(file));
}

TEST_CASE_METHOD(locked, "a lock that is missing or no lock is no agreement") {
  CHECK_THAT(check_schema_lock<bank::before>(file + ".missing").why(),
             Catch::Contains("cannot be read; to write it, run this test once with"));
  std::ofstream{file, std::ios::app} << "<<<<<<< ours\n";
  CHECK_THAT(check_schema_lock<bank::before>(file).why(), Catch::Contains("events.lock:5: not a"));
  std::filesystem::remove(file);
  CHECK_THROWS_AS(write_schema_lock<bank::before>(file + "/nowhere"), evstore::error);
}
