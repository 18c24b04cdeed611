#include "runs/runs.hpp"

#include "files/media_type.hpp"
#include "files/sha256.hpp"
#include "runs/navmesh.hpp"

#include <evstore/convex/decode.hpp>
#include <evstore/error.hpp>
#include <evstore/stream_name.hpp>

#include <cstdint>

namespace convex_game {

namespace {

using evstore::errc;
using evstore::error;

bool is_run(std::string_view name) {
  return is_plain_path(name) && name.find('/') == name.npos &&
         evstore::name_defect(stream_of_run(name)).empty();
}

std::string path_of(std::string_view run, std::string_view name) {
  return std::string{run}.append("/").append(name);
}

[[noreturn]] void refuse_file(std::string_view run, std::string_view name,
                              std::string_view defect) {
  const std::string path = evstore::detail::one_line(path_of(run, name).substr(0, 200));
  throw error{errc::invalid_argument, "the artifact " + path + ": " + std::string{defect}};
}

void require_sense(std::string_view run, std::string_view name, std::string_view contents) try {
  if (!name.ends_with(".json")) return;
  const convex::value read = convex::decode(contents, {.depth = 600});
  const std::string defect = name == "navmesh.json" ? navmesh_defect(read) : std::string{};
  if (!defect.empty()) refuse_file(run, name, defect);
} catch (const error& failed) {
  if (failed.code() != errc::decode_failed) throw;
  refuse_file(run, name, failed.message());
}

} // namespace

artifact runs::store(std::string_view run, std::string_view name, std::string_view contents) const {
  if (!is_run(run)) refuse_file(run, name, "the runId names no folder");
  if (!is_plain_path(name)) refuse_file(run, name, "the name is none of a file");
  require_sense(run, name, contents);
  folder_.write(path_of(run, name), contents);
  return {std::string{run}, std::string{name}, static_cast<double>(contents.size()),
          sha256(contents), std::string{media_type(name)}};
}

std::optional<std::string> runs::check(const artifact& known) const {
  const auto found = read(known.runId, known.name);
  if (!found) return "the file is not there";
  if (static_cast<double>(found->size()) != known.size)
    return "the size is " + std::to_string(found->size()) + " instead of " +
           std::to_string(static_cast<std::uint64_t>(known.size));
  if (sha256(*found) != known.sha256) return "the sha256 differs: the bytes were changed";
  return std::nullopt;
}

std::optional<std::string> runs::read(std::string_view run, std::string_view name) const {
  return is_run(run) ? folder_.read(path_of(run, name)) : std::nullopt;
}

} // namespace convex_game
