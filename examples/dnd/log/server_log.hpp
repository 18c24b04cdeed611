#pragma once

#include "files/worlds.hpp"
#include "log/access.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#ifdef DND_HAS_POSTGRES
#include <evstore/postgres/adapter.hpp>
#endif

/// The log of a campaign on a PostgreSQL server: a store of its own for each campaign, in the schema
/// `dnd_<id of the campaign>` of the database that the configuration names, or in the one that
/// `campaign.yaml` says. One that ends with a signpost (`signpost.hpp`) is not the campaign's any more:
/// whatever opens it here goes on to the one that it names.

namespace dnd {

/// Refuses, as bad usage, what names no server, has a password in it, or is not known to this build.
void require_server(const std::string& address);

/// How `evstore` calls the log, and errors do.
[[nodiscard]] std::string server_log_address(const campaign_place& place);

/// The words for libpq in the address of the campaign's server.
[[nodiscard]] std::string server_connection(const campaign_place& place);

/// A schema that no log of the campaign was ever in.
[[nodiscard]] std::string new_schema_for(const campaign_place& place);

/// The campaign with the schema where its log is now. Throws `evstore::error`.
[[nodiscard]] campaign_place led_on(campaign_place place);

/// A copy of the log as a file, which is new. Byte for byte what the program would have written.
void export_server_log(const campaign_place& place, const std::filesystem::path& to);

/// What no append has left there.
[[nodiscard]] std::vector<std::string> defects_of_server_log(const campaign_place& place);

#ifdef DND_HAS_POSTGRES
/// To write, the log is made if it is not there; unless the campaign has one in a file, which nobody
/// may want to lose, or should have it in a schema of another name. `place` says afterwards where it is.
[[nodiscard]] evstore::postgres::adapter open_server_log(campaign_place& place, access how);
#endif

} // namespace dnd
