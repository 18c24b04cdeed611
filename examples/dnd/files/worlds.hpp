#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// `<worlds_dir>/<World-Slug>/<Campaign-Slug>/`: where things are. What stands in them is for
/// others. Failures that the user can do something about are thrown as `problem`.

namespace dnd {

struct world_place {
  std::string name;
  std::string slug;
  std::filesystem::path directory;
};

struct campaign_place {
  std::string name;
  std::string id; ///< empty if `campaign.yaml` is lost: then the log knows it
  std::string slug;
  world_place world;
  std::filesystem::path directory;
  std::optional<std::string> server{}; ///< that keeps the log (`postgres:...`), if it is no file
  std::optional<std::string> schema{}; ///< there, if `campaign.yaml` says it: since a restore

  [[nodiscard]] std::filesystem::path log() const { return directory / "log.jsonl"; }
  [[nodiscard]] std::filesystem::path snapshot() const { return directory / "snapshot.yaml"; }
};

/// The directory of all worlds. Nothing is ever created outside of it, and nothing is there until
/// it is complete.
class worlds {
public:
  /// Throws if the path leads to something that is no directory. It need not exist. With a server,
  /// that is where campaigns have their logs, and everything else is here.
  explicit worlds(std::filesystem::path directory, std::optional<std::string> server = {});

  /// Refuses names that exist, also when only upper and lower case differ: not every file system
  /// can tell them apart.
  [[nodiscard]] world_place create_world(const std::string& name) const;
  /// The same, for a campaign: an empty log, `campaign.yaml` and a directory for each kind.
  [[nodiscard]] campaign_place create_campaign(const world_place& world,
                                               const std::string& name) const;

  /// The directory name that a campaign of this name would get; refuses what cannot be one.
  [[nodiscard]] static std::string slug_for_campaign(const std::string& name);

  /// By name or slug; what is missing is refused with a list of what exists.
  [[nodiscard]] world_place find_world(const std::string& name) const;
  [[nodiscard]] campaign_place find_campaign(const world_place& world,
                                             const std::string& name) const;

  /// By slug.
  [[nodiscard]] bool has_world(const std::string& name) const;
  [[nodiscard]] std::vector<world_place> all_worlds() const;
  [[nodiscard]] std::vector<campaign_place> all_campaigns(const world_place& world) const;

  [[nodiscard]] const std::optional<std::string>& server() const noexcept { return server_; }

private:
  [[nodiscard]] campaign_place read_campaign(const world_place& world,
                                             const std::string& slug) const;

  std::filesystem::path directory_;
  std::optional<std::string> server_;
};

/// Makes the directories that every campaign has, empty, where there are none.
void make_shelves(const std::filesystem::path& in);

/// Writes `campaign.yaml` anew.
void write_campaign_page(const campaign_place& place);

/// The schema that `campaign.yaml` in a directory names, if it does.
[[nodiscard]] std::optional<std::string> schema_said_in(const std::filesystem::path& directory);

} // namespace dnd
