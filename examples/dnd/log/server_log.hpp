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
/// `dnd_<id of the campaign>` of the database that the configuration names.

namespace dnd {

/// Refuses, as bad usage, what names no server, has a password in it, or is not known to this build.
void require_server(const std::string& address);

/// How `evstore` calls the log, and errors do.
[[nodiscard]] std::string server_log_address(const campaign_place& place);

/// A copy of the log as a file, which is new. Byte for byte what the program would have written.
void export_server_log(const campaign_place& place, const std::filesystem::path& to);

/// What no append has left there.
[[nodiscard]] std::vector<std::string> defects_of_server_log(const campaign_place& place);

#ifdef DND_HAS_POSTGRES
/// To write, the log is made if it is not there; unless the campaign has one in a file, which nobody
/// may want to lose.
[[nodiscard]] evstore::postgres::adapter open_server_log(const campaign_place& place, access how);
#endif

} // namespace dnd
