// What `sync` promises when the log is synced in the background as well: of two syncs of a file at
// once, the operating system tells only one that something was lost.
#include <support/call_gate.hpp>
#include <support/simulated_files.hpp>

#include <evstore/jsonl/adapter.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

namespace {

using namespace evstore;
using namespace evstore::tests;

using log = jsonl::basic_adapter<simulated_files>;

TEST_CASE("a sync that fails in the background fails whoever asks for one meanwhile") {
  const auto machine = std::make_shared<simulated_machine>();
  call_gate gate;
  machine->gate = &gate;
  gate.hold("fdatasync");
  log opened = log::open("/log.jsonl",
                         {.durability = jsonl::durability::batched(std::chrono::milliseconds{1})},
                         simulated_files{machine});
  static_cast<void>(testing::append(opened, {{{"s", any, testing::events("a")}}, {}}).value());
  gate.wait_for("fdatasync");
  int syncs = 0;
  machine->disturb = [&](std::string_view call) {
    return simulated_machine::trouble{call == "fdatasync" && ++syncs == 1 ? EIO : 0};
  };
  std::optional<errc> told;
  std::thread asks{[&] {
    try {
      opened.sync();
    } catch (const error& why) {
      told = why.code();
    }
  }};
  std::this_thread::sleep_for(std::chrono::milliseconds{50}); // it asks by now, most likely
  gate.pass("fdatasync");
  gate.release("fdatasync");
  asks.join();
  CHECK((told == errc::io_failed || told == errc::append_halted));
  CHECK(syncs == 1);
}

} // namespace
