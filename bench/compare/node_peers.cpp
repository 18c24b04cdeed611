// Event stores for Node: Emmett and castore in memory, Emmett on PostgreSQL.

#include "contestant.hpp"
#include "peer_process.hpp"

#ifdef BENCH_POSTGRES
#include "shared_server.hpp"
#endif

namespace bench {

namespace {

entry in_node(const char* name, const char* described, const char* kind, std::vector<role> roles,
              std::function<std::string()> connection) {
  entry out{name, described, kind, std::move(roles), {}, {}};
  out.start = [kind = std::string{kind},
               connection = std::move(connection)](const std::string& folder) {
    return std::make_unique<peer_process>(kind, folder, connection());
  };
  out.in_memory = true; // what it has is gone with its process, or is the server's
  out.most = commit_shape::one_stream;
  return out;
}

} // namespace

std::vector<entry> node_entries() {
  if (!installed_peers()) return {};
  const auto none = [] { return std::string{}; };
  std::vector<entry> all{
      in_node("Emmett, in memory", "Emmett for Node; keeps objects as they are, encodes nothing",
              "emmett-memory", {role::unsynced, role::few}, none),
      in_node("castore, in memory",
              "castore for Node; keeps objects as they are, an event a commit", "castore-memory",
              {role::unsynced, role::few}, none)};
  all.back().most = commit_shape::one_event;
#ifdef BENCH_POSTGRES
  all.push_back(in_node(
      "Emmett, PostgreSQL", "Emmett for Node on the same server; processor time is the client's",
      "emmett-postgresql", {role::durable, role::few}, [] { return new_emmett_database(); }));
#endif
  return all;
}

} // namespace bench
