#include "backup/restore.hpp"

#include "backup/backup.hpp"
#include "backup/saved_campaign.hpp"
#include "files/directory_lock.hpp"
#include "files/durable.hpp"
#include "files/problem.hpp"
#include "language/text.hpp"
#include "log/campaign_log.hpp"
#include "log/event_sequence.hpp"
#include "log/server_log.hpp"
#include "log/succession.hpp"

#include <evstore/error.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/log_lock.hpp>
#include <evstore/jsonl/verify.hpp>

#include <system_error>
#include <utility>
#include <vector>

namespace dnd {

namespace {

namespace fs = std::filesystem;
using evstore::jsonl::posix_files;

/// A world that is created for the restoring, and goes again if nothing comes of it.
class host_world {
public:
  host_world(const worlds& all, const std::string& name)
      : is_new_{!all.has_world(name)},
        place_{is_new_ ? all.create_world(name) : all.find_world(name)} {}
  ~host_world() {
    std::error_code ignored; // nothing is left to do about it
    if (is_new_ && !kept_) fs::remove_all(place_.directory, ignored);
  }
  host_world(const host_world&) = delete;
  host_world& operator=(const host_world&) = delete;

  [[nodiscard]] const world_place& place() const noexcept { return place_; }
  void keep() noexcept { kept_ = true; }

private:
  bool is_new_;
  world_place place_;
  bool kept_ = false;
};

std::optional<campaign_place> find_existing(const worlds& all, const world_place& world,
                                            const std::string& slug) {
  for (campaign_place& place : all.all_campaigns(world))
    if (same_word(place.slug, slug)) return std::move(place);
  return std::nullopt;
}

/// Loads what was unpacked; what cannot be played is not restored.
void require_playable(const campaign_place& unpacked, const backup_manifest& manifest) {
  const auto refuse = [](const std::string& why) {
    throw not_possible("the backup cannot be restored: " + why);
  };
  if (const auto found = evstore::jsonl::verify(unpacked.log().string()); !found.is_sound())
    refuse("its log is damaged in line " + std::to_string(found.defects.front().line) + ": " +
           found.defects.front().what);
  const campaign_log log{unpacked, access::read, *parse_snapshot_rhythm("off")};
  if (log.position() != manifest.position)
    refuse("its log has " + std::to_string(log.position()) + " events and should have " +
           std::to_string(manifest.position));
  if (log.place().id != manifest.id)
    refuse("its log is of the campaign " + log.place().id + ", not of " + manifest.id);
}

void sync_directories(const fs::path& top) {
  for (const fs::directory_entry& each : fs::recursive_directory_iterator{top})
    if (each.is_directory()) sync_directory(each.path());
  sync_directory(top);
}

/// The log is right about whose it is, if it can be read.
std::string id_of(const campaign_place& place) {
  try {
    return campaign_log{place, access::read, *parse_snapshot_rhythm("off")}.place().id;
  } catch (const evstore::error&) {
    return place.id; // the log is damaged: the more reason to restore
  }
}

void require_same_campaign(const campaign_place& existing, const backup_manifest& manifest) {
  const std::string present = id_of(existing);
  if (!present.empty() && present != manifest.id)
    throw not_possible("the campaign \"" + existing.name + "\" in " + existing.directory.string() +
                       " is another one than that of the backup; restore it under another name "
                       "with --as");
}

/// Directories beside the campaign that should be in its place, if its log says so.
std::vector<fs::path> unfinished_directories(const campaign_place& place) {
  std::vector<fs::path> found;
  for (const fs::path& directory : new_directory::left_behind(place.world.directory, place.slug))
    if (const auto schema = schema_said_in(directory); schema && schema != place.schema)
      found.push_back(directory);
  return found;
}

/// What is there now, whole if it can be.
fs::path save_previous(const campaign_place& place) {
  try {
    return back_up(place, std::nullopt).file;
  } catch (const evstore::error& failed) {
    const bool is_damaged = failed.code() == evstore::errc::corrupt ||
                            failed.code() == evstore::errc::decode_failed ||
                            failed.code() == evstore::errc::unknown_event ||
                            failed.code() == evstore::errc::not_found; // the log was lost
    if (!is_damaged) throw;
    return back_up_as_it_is(place).file;
  }
}

/// The campaign as the backup has it, complete in files. What cannot be played is refused.
campaign_place unpack(const saved_campaign& saved, const campaign_place& to_be,
                      const fs::path& into) {
  campaign_place unpacked = to_be;
  unpacked.directory = into;
  unpacked.server.reset();
  make_shelves(into);
  saved.unpack(into);
  require_playable(unpacked, saved.manifest());
  return unpacked;
}

/// Fills a log on the server with what was unpacked, and takes that from the files.
void move_to_server(campaign_place& unpacked, new_server_log& log) {
  log.fill(unpacked);
  unpacked.schema = log.schema();
  for (const fs::path& fight : event_sequence::fight_logs(unpacked)) fs::remove(fight);
  fs::remove(unpacked.log());
}

/// `campaign.yaml` must say the name that was asked for, and the log that there is.
void correct_page(const campaign_place& unpacked, bool is_renamed) {
  if (is_renamed || !fs::exists(unpacked.directory / "campaign.yaml") ||
      schema_said_in(unpacked.directory) != unpacked.schema)
    write_campaign_page(unpacked);
}

/// What takes the place of the present. It goes again if it cannot have got there.
struct newcomer {
  new_directory directory;
  std::optional<new_server_log> log{}; ///< where logs are kept on a server

  void keep_log(bool whether) noexcept {
    if (log) log->keep(whether);
  }
};

/// In the place of a campaign that is in files. Nobody plays what is being replaced.
fs::path take_place_in_files(const campaign_place& present, newcomer& made) {
  std::optional<evstore::jsonl::log_lock<posix_files>> lock;
  if (fs::exists(present.log())) lock.emplace(posix_files{}, present.log().string());
  fs::path previous = save_previous(present);
  made.keep_log(true);
  made.directory.replace();
  return previous;
}

/// In the place of one on a server. It may be played meanwhile: then what was said since is saved, too.
/// The entry in the old log decides; what is left to do after it, `finish_restore` can do.
fs::path take_place_on_server(const campaign_place& present, newcomer& made) {
  constexpr int most_attempts = 20;
  const directory_lock lock{present.world.directory};
  for (int attempt = 1; attempt <= most_attempts; ++attempt) {
    const std::uint64_t size = size_of_server_log(present).value_or(0);
    fs::path previous = save_previous(present);
    // Both are needed if it cannot be known whether the entry is there.
    made.keep_log(true);
    made.directory.stay(true);
    if (lead_on(present, size, made.log->schema())) {
      made.directory.replace();
      return previous;
    }
    made.keep_log(false);
    made.directory.stay(false);
    fs::remove(previous);
  }
  throw not_possible("\"" + present.name +
                     "\" is played faster than it can be saved; nothing was changed");
}

/// The decisive step; the backup of what was there before.
std::optional<fs::path> put_in_place(newcomer& made, const fs::path& where,
                                     std::optional<campaign_place> present) {
  if (!present) {
    made.keep_log(true);
    if (made.directory.appear()) return std::nullopt;
    made.keep_log(false);
    throw not_possible(where.string() + " exists, and is no campaign");
  }
  made.directory.rehearse_replacing();
  if (made.log && size_of_server_log(*present)) return take_place_on_server(*present, made);
  present->server.reset(); // its log has not come to the server yet, or is lost there
  return take_place_in_files(*present, made);
}

} // namespace

restore_report restore(const worlds& all, const restore_order& wanted) {
  const saved_campaign saved{wanted.backup};
  const backup_manifest& manifest = saved.manifest();
  const std::string name = wanted.as.value_or(manifest.campaign);
  const std::string slug = worlds::slug_for_campaign(name);

  host_world world{all, wanted.world};
  std::optional<campaign_place> present = find_existing(all, world.place(), slug);
  if (present) require_same_campaign(*present, manifest);
  if (present && finish_restore(*present)) present = find_existing(all, world.place(), slug);

  restore_report report;
  report.place = {name, manifest.id, present ? present->slug : slug, world.place(), {}};
  report.place.directory = world.place().directory / report.place.slug;
  report.place.server = all.server();
  report.position = manifest.position;
  newcomer made{{world.place().directory, report.place.slug}};
  campaign_place unpacked = unpack(saved, report.place, made.directory.path());
  if (all.server()) move_to_server(unpacked, made.log.emplace(report.place));
  correct_page(unpacked, wanted.as.has_value());
  sync_directories(unpacked.directory);
  report.place.schema = unpacked.schema;
  report.previous = put_in_place(made, report.place.directory, std::move(present));
  world.keep();
  return report;
}

bool finish_restore(const campaign_place& place) {
  if (!place.server) return false;
  const std::vector<fs::path> left = unfinished_directories(place);
  if (left.empty()) return false;
  const campaign_place now = led_on(place);
  for (const fs::path& directory : left) {
    if (schema_said_in(directory) != now.schema) continue;
    const directory_lock lock{place.world.directory};
    // Somebody else may have been faster; then this is the old one.
    if (schema_said_in(directory) != now.schema) return true;
    replace_directory(directory, place.directory);
    return true;
  }
  return false;
}

} // namespace dnd
