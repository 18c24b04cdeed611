#include "log/server_log.hpp"

#include "files/problem.hpp"
#include "log/signpost.hpp"

#include <set>
#include <system_error>

#ifdef DND_HAS_POSTGRES
#include <evstore/decode.hpp>
#include <evstore/event_range.hpp>
#include <evstore/generate_event_id.hpp>
#include <evstore/json/read.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/postgres/address.hpp>
#include <evstore/postgres/verify.hpp>
#include <evstore/transfer.hpp>
#endif

namespace dnd {

#ifdef DND_HAS_POSTGRES

namespace {

namespace fs = std::filesystem;
namespace postgres = evstore::postgres;

/// What a schema's name has room for behind the prefix. The end of an id tells campaigns apart.
std::string tail_of_id(const std::string& id, std::size_t room) {
  std::size_t begin = id.size() > room ? id.size() - room : 0;
  const auto is_inside_a_character = [&] {
    return begin < id.size() && (static_cast<unsigned char>(id[begin]) & 0xC0U) == 0x80;
  };
  while (is_inside_a_character()) ++begin;
  return id.substr(begin);
}

postgres::address parsed(const std::string& address) {
  return postgres::parse_address(std::string_view{address}.substr(address.find(':') + 1));
}

/// The campaign's name among schemas, with room for more behind it.
std::string schema_by_id(const campaign_place& place, std::size_t room) {
  if (place.id.empty())
    throw not_possible("campaign.yaml of \"" + place.name +
                       "\" is lost, and only it says which log on the server is the campaign's");
  const std::string prefix = parsed(*place.server).schema.value_or("dnd") + "_";
  return prefix + tail_of_id(place.id, postgres::longest_schema_name - room - prefix.size());
}

std::string schema_of(const campaign_place& place) {
  return place.schema ? *place.schema : schema_by_id(place, 0);
}

/// A campaign that was played in a file goes on there, until the log is brought over.
void refuse_to_begin_anew(const campaign_place& place) {
  std::error_code absent;
  if (const auto size = fs::file_size(place.log(), absent); absent || size == 0) return;
  throw not_possible("the campaign is in " + place.log().string() +
                     ", and on the server there is nothing of it yet; end its fight, if one goes "
                     "on, and say: evstore copy '" +
                     place.log().string() + "' '" + server_log_address(place) + "'");
}

postgres::adapter open_this_log(const campaign_place& place, access how) {
  const std::string connection = server_connection(place);
  postgres::options options{.schema = schema_of(place)};
  if (how == access::read) return postgres::open_read_only(connection, options);
  try {
    options.create = false;
    auto log = postgres::open(connection, options);
    if (log.head() == evstore::global_position{}) refuse_to_begin_anew(place);
    return log;
  } catch (const evstore::error& failed) {
    if (failed.code() != evstore::errc::not_found) throw;
  }
  if (place.schema)
    throw not_possible("campaign.yaml says that the log is " + server_log_address(place) +
                       ", and there is none; restore a backup");
  refuse_to_begin_anew(place);
  options.create = true;
  return postgres::open(connection, options);
}

/// Where the campaign goes on, if not here.
std::optional<std::string> signpost_in(const postgres::adapter& log) {
  auto last = log.read_all(evstore::query::all(), {.from = log.head(), .limit = 1});
  const auto found = last.next();
  if (found.empty()) return std::nullopt;
  const auto on = evstore::typed_event<signposts>{found.front()}.as<log_continued>();
  return on ? std::optional{on->schema} : std::nullopt;
}

} // namespace

void require_server(const std::string& address) {
  const std::string scheme = address.substr(0, address.find(':'));
  if (scheme == address || (scheme != "postgres" && scheme != "postgresql"))
    throw bad_usage("\"" + scheme +
                    "\" is no store; say files, postgres:host=... dbname=..., or "
                    "postgresql://HOST/DATABASE");
  try {
    const postgres::address said = parsed(address);
    if (said.has_password)
      throw bad_usage(
          "the store is named with a password, which others may see; put it into a password file "
          "(PGPASSFILE)");
    if (said.schema.value_or("").size() > 30)
      throw bad_usage("the schema of the store begins the names of others, and is too long for it");
  } catch (const evstore::error& failed) {
    throw bad_usage("the store cannot be understood: " + std::string{failed.what()});
  }
}

std::string server_log_address(const campaign_place& place) {
  const std::string connection = server_connection(place);
  const std::string schema = schema_of(place);
  if (!connection.starts_with("postgresql://"))
    return "postgres:" + connection + " schema=" + schema;
  return connection + (connection.find('?') == std::string::npos ? "?" : "&") + "schema=" + schema;
}

std::string server_connection(const campaign_place& place) {
  return parsed(*place.server).connection;
}

std::string new_schema_for(const campaign_place& place) {
  constexpr std::size_t digits = 8;
  const std::string uuid = evstore::generate_event_id().to_string();
  return schema_by_id(place, digits + 1) + "_" + uuid.substr(uuid.size() - digits);
}

postgres::adapter open_server_log(campaign_place& place, access how) {
  std::set<std::string> passed;
  for (;;) {
    auto log = open_this_log(place, how);
    auto next = signpost_in(log);
    if (!next) return log;
    if (!passed.insert(*next).second)
      throw not_possible("the logs on the server lead in a circle, from " + *next + " to " + *next);
    place.schema = std::move(next);
  }
}

campaign_place led_on(campaign_place place) {
  static_cast<void>(open_server_log(place, access::read));
  return place;
}

void export_server_log(const campaign_place& place, const fs::path& to) {
  campaign_place where = place;
  auto from = open_server_log(where, access::read);
  auto file = evstore::jsonl::open(to.string(), {.durability = evstore::jsonl::durability::none()});
  evstore::copy(from, file);
}

std::vector<std::string> defects_of_server_log(const campaign_place& place) {
  std::vector<std::string> found;
  const auto report =
      postgres::verify(server_connection(place), {.schema = schema_of(led_on(place))});
  for (const postgres::defect& defect : report.defects)
    found.push_back("event " + std::to_string(defect.position) + ": " + defect.what);
  return found;
}

#else

void require_server(const std::string&) {
  throw bad_usage("this dnd was built without PostgreSQL; it keeps campaigns in files");
}
std::string server_log_address(const campaign_place& place) { return *place.server; }
campaign_place led_on(campaign_place place) {
  require_server(*place.server);
  return place;
}
void export_server_log(const campaign_place& place, const std::filesystem::path&) {
  require_server(*place.server);
}
std::vector<std::string> defects_of_server_log(const campaign_place& place) {
  require_server(*place.server);
  return {};
}

#endif

} // namespace dnd
