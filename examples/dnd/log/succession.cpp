#include "log/succession.hpp"

#include "log/event_sequence.hpp"
#include "log/server_log.hpp"
#include "log/signpost.hpp"

#include <evstore/error.hpp>
#include <evstore/generate_event_id.hpp>
#include <evstore/json/write.hpp>

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#ifdef DND_HAS_POSTGRES
#include <evstore/jsonl/adapter.hpp>
#include <evstore/postgres/address.hpp>
#include <evstore/postgres/connection.hpp>
#include <evstore/transfer.hpp>
#endif

namespace dnd {

#ifdef DND_HAS_POSTGRES

namespace {

namespace postgres = evstore::postgres;

evstore::event_record signpost_to(const std::string& schema) {
  evstore::event_record entry;
  entry.type = evstore::event_name<signposts, log_continued>;
  entry.data = evstore::json::to_string(log_continued{schema});
  entry.id = evstore::generate_event_id();
  entry.time = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  return entry;
}

/// The fight that goes on in a log of its own, to be appended behind those of the campaign's log.
std::vector<evstore::event_record> events_of_the_fight(const campaign_place& files,
                                                       std::uint64_t behind) {
  std::vector<evstore::event_record> found;
  const event_sequence events{files, access::read};
  for (std::uint64_t number = behind + 1; number <= events.size(); ++number)
    if (auto stored = events.event_at(number)) found.push_back(*std::move(stored));
  return found;
}

} // namespace

new_server_log::new_server_log(campaign_place place) : place_{std::move(place)} {
  place_.schema = new_schema_for(place_);
}

new_server_log::~new_server_log() {
  if (kept_) return;
  try {
    remove();
  } catch (const evstore::error&) { // nobody knows its name, so it is in nobody's way
  }
}

void new_server_log::remove() const {
  postgres::connection on{server_connection(place_)};
  const postgres::answer words =
      on.execute(std::string{"select format('drop schema if exists %I cascade', $1::text)"},
                 postgres::parameters{}.add(schema()));
  on.execute(std::string{words.bytes(0, 0)}.c_str());
}

void new_server_log::fill(const campaign_place& files) {
  auto from = evstore::jsonl::open_read_only(files.log().string());
  auto to = postgres::open(server_connection(place_),
                           {.schema = schema(), .durability = postgres::durability::when_settled});
  evstore::copy(from, to);
  to.settle();
  if (const auto fight = events_of_the_fight(files, to.head().value()); !fight.empty())
    event_stream{place_, access::write}.append(fight, {});
}

std::optional<std::uint64_t> size_of_server_log(const campaign_place& place) {
  try {
    return event_stream{place, access::read}.size();
  } catch (const evstore::error& failed) {
    if (failed.code() != evstore::errc::not_found) throw;
    return std::nullopt;
  }
}

bool lead_on(const campaign_place& from, std::uint64_t size, const std::string& schema) {
  event_stream log{from, access::write};
  if (log.size() != size) return false;
  if (log.name().empty()) log.set_name(std::string{campaign_stream_prefix} + from.id);
  const evstore::event_record entry = signpost_to(schema);
  for (bool again = true;; again = false) {
    try {
      log.append({&entry, 1}, {});
      return true;
    } catch (const evstore::error& failed) {
      if (failed.code() == evstore::errc::conflict) return false;
      // It has an id, so that asking again does not write it twice.
      if (failed.code() != evstore::errc::append_in_doubt || !again) throw;
    }
  }
}

#else

new_server_log::new_server_log(campaign_place place) : place_{std::move(place)} {
  require_server(*place_.server);
}
new_server_log::~new_server_log() = default;
void new_server_log::remove() const {}
void new_server_log::fill(const campaign_place&) {}
std::optional<std::uint64_t> size_of_server_log(const campaign_place& place) {
  require_server(*place.server);
  return std::nullopt;
}
bool lead_on(const campaign_place& from, std::uint64_t, const std::string&) {
  require_server(*from.server);
  return false;
}

#endif

} // namespace dnd
