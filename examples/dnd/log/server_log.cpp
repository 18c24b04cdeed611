#include "log/server_log.hpp"

#include "files/problem.hpp"

#include <system_error>

#ifdef DND_HAS_POSTGRES
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

std::string schema_of(const campaign_place& place) {
  if (place.id.empty())
    throw not_possible("campaign.yaml of \"" + place.name +
                       "\" is lost, and only it says which log on the server is the campaign's");
  const std::string prefix = parsed(*place.server).schema.value_or("dnd") + "_";
  return prefix + tail_of_id(place.id, postgres::longest_schema_name - prefix.size());
}

postgres::options options_of(const campaign_place& place) { return {.schema = schema_of(place)}; }

/// A campaign that was played in a file goes on there, until the log is brought over.
void refuse_to_begin_anew(const campaign_place& place) {
  std::error_code absent;
  if (const auto size = fs::file_size(place.log(), absent); absent || size == 0) return;
  throw not_possible("the campaign is in " + place.log().string() +
                     ", and on the server there is nothing of it yet; end its fight, if one goes "
                     "on, and say: evstore copy '" +
                     place.log().string() + "' '" + server_log_address(place) + "'");
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
  const std::string connection = parsed(*place.server).connection;
  const std::string schema = schema_of(place);
  if (!connection.starts_with("postgresql://"))
    return "postgres:" + connection + " schema=" + schema;
  return connection + (connection.find('?') == std::string::npos ? "?" : "&") + "schema=" + schema;
}

postgres::adapter open_server_log(const campaign_place& place, access how) {
  const std::string connection = parsed(*place.server).connection;
  const postgres::options options = options_of(place);
  if (how == access::read) return postgres::open_read_only(connection, options);
  try {
    postgres::options existing = options;
    existing.create = false;
    auto log = postgres::open(connection, existing);
    if (log.head() == evstore::global_position{}) refuse_to_begin_anew(place);
    return log;
  } catch (const evstore::error& failed) {
    if (failed.code() != evstore::errc::not_found) throw;
  }
  refuse_to_begin_anew(place);
  return postgres::open(connection, options);
}

void export_server_log(const campaign_place& place, const fs::path& to) {
  auto from = open_server_log(place, access::read);
  auto file = evstore::jsonl::open(to.string(), {.durability = evstore::jsonl::durability::none()});
  evstore::copy(from, file);
}

std::vector<std::string> defects_of_server_log(const campaign_place& place) {
  std::vector<std::string> found;
  const auto report = postgres::verify(parsed(*place.server).connection, options_of(place));
  for (const postgres::defect& defect : report.defects)
    found.push_back("event " + std::to_string(defect.position) + ": " + defect.what);
  return found;
}

#else

void require_server(const std::string&) {
  throw bad_usage("this dnd was built without PostgreSQL; it keeps campaigns in files");
}
std::string server_log_address(const campaign_place& place) { return *place.server; }
void export_server_log(const campaign_place& place, const std::filesystem::path&) {
  require_server(*place.server);
}
std::vector<std::string> defects_of_server_log(const campaign_place& place) {
  require_server(*place.server);
  return {};
}

#endif

} // namespace dnd
