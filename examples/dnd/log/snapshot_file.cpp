#include "log/snapshot_file.hpp"

#include "files/durable.hpp"
#include "log/digest.hpp"
#include "schema.hpp"

#include <evstore/error.hpp>
#include <evstore/json/write.hpp>
#include <evstore/snapshot.hpp>
#include <evstore/yaml.hpp>

#include <utility>

namespace dnd {

EVSTORE_DESCRIBE(snapshot_file, campaign, position, event, shape, digest, state)

namespace {

constexpr std::string_view preamble =
    "# Written by dnd from log.jsonl, to load faster. Safe to delete; an edited one is ignored.\n";

std::string current_shape() { return in_hex(evstore::snapshot_fingerprint<campaign_state>()); }

std::string digest_of_all(const snapshot_file& snapshot) {
  snapshot_file undigested = snapshot;
  undigested.digest.clear();
  std::string text;
  evstore::json::write(undigested, text);
  return digest_of(text);
}

/// Only what says which program wrote it: the state of another shape cannot be read.
struct snapshot_header {
  std::string shape;
};
EVSTORE_DESCRIBE(snapshot_header, shape)

[[noreturn]] void not_usable(const std::string& file, const std::string& why) {
  evstore::error_place place;
  place.file = file;
  throw evstore::error{evstore::errc::corrupt, why, std::move(place)};
}

} // namespace

snapshot_file seal_snapshot(const campaign_state& state, std::uint64_t position,
                            std::string event_digest) {
  snapshot_file sealed{state.id, position, std::move(event_digest), current_shape(), {}, state};
  sealed.digest = digest_of_all(sealed);
  return sealed;
}

void write_snapshot(const std::filesystem::path& path, const snapshot_file& snapshot) {
  replace_file(path, std::string{preamble} + evstore::yaml::write(snapshot));
}

snapshot_file read_snapshot(const std::filesystem::path& path) {
  const std::string file = path.string();
  const std::string text = read_file(path);
  if (evstore::yaml::read<snapshot_header>(text, {.file = file}).shape != current_shape())
    not_usable(file, "it was written by another version of the program");
  auto snapshot = evstore::yaml::read<snapshot_file>(
      text, {.file = file, .unknown = evstore::yaml::unknown_fields::refuse});
  if (digest_of_all(snapshot) != snapshot.digest)
    not_usable(file, "its digest does not fit: it was edited or damaged");
  return snapshot;
}

std::string digest_of_state(const campaign_state& state) {
  std::string text;
  evstore::json::write(state, text);
  return digest_of(text);
}

} // namespace dnd
