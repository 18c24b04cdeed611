// A campaign is the same wherever its events lie. PostgreSQL: tests/postgres/test_dnd.py.
#include "../../support/scratch_folder.hpp"
#include "log/snapshot_file.hpp"
#include "schema.hpp"

#include <evstore/json/read.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/store.hpp>
#include <evstore/transfer.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace dnd;

namespace {

constexpr const char* stream = "campaign-Mine-00000000";

template <class Store>
campaign_state state_in(Store& store) {
  auto loaded = store.template fold<campaign_state>(stream);
  return std::move(loaded.state);
}

} // namespace

TEST_CASE("a wounded zombie is the same in a file, in memory, and in a file again") {
  const evstore::tests::scratch_folder folder;
  const std::string played = (folder.path() / "log.jsonl").string();
  const std::string again = (folder.path() / "again.jsonl").string();
  stat_block zombie;
  zombie.name = "Zombie";
  zombie.hit_points = 22;

  auto files = evstore::open<campaign_events>(evstore::jsonl::open(played));
  files
      .append(stream, evstore::no_stream, campaign_started{"Mine", "Mine-00000000"},
              creature_added{"zombie-1", zombie})
      .value();
  damage_part claws;
  claws.type = "slashing";
  claws.dealt = 7;
  files.append(stream, evstore::any, damage_dealt{"zombie-1", "claws é 日本 \\ \"", {claws}, 7})
      .value();

  evstore::memory::adapter memory;
  auto from = evstore::jsonl::open_read_only(played);
  CHECK(evstore::copy(from, memory).copied == 3);
  auto to = evstore::jsonl::open(again);
  CHECK(evstore::copy(memory, to).copied == 3);

  auto in_memory = evstore::open<campaign_events>(std::move(memory));
  auto in_a_file_again = evstore::open<campaign_events>(std::move(to));
  const campaign_state original = state_in(files);
  CHECK(original.creatures.at("zombie-1").hp == 15);
  CHECK(digest_of_state(state_in(in_memory)) == digest_of_state(original));
  CHECK(digest_of_state(state_in(in_a_file_again)) == digest_of_state(original));
}
