#include "files/worlds.hpp"

#include "files/durable.hpp"
#include "files/kinds.hpp"
#include "files/problem.hpp"
#include "files/slug.hpp"
#include "language/text.hpp"

#include <evstore/describe.hpp>
#include <evstore/generate_event_id.hpp>
#include <evstore/yaml.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace dnd {

namespace {

namespace fs = std::filesystem;

constexpr const char* world_file = "world.yaml";
constexpr const char* campaign_file = "campaign.yaml";

struct world_page {
  std::string name;
};
EVSTORE_DESCRIBE(world_page, name)

struct campaign_page {
  std::string name;
  std::string id;
  std::optional<std::string> schema{};
};
EVSTORE_DESCRIBE(campaign_page, name, id, schema)

std::string require_slug(const std::string& name) {
  auto slug = slug_of(name);
  if (!slug) throw bad_usage("\"" + name + "\" cannot be a name: " + slug.error());
  return *slug;
}

/// Subdirectories that people see, sorted by name.
std::vector<std::string> visible_directories(const fs::path& of) {
  std::vector<std::string> names;
  std::error_code absent;
  for (const fs::directory_entry& entry : fs::directory_iterator{of, absent})
    if (std::string name = entry.path().filename().string();
        entry.is_directory() && !name.starts_with('.'))
      names.push_back(std::move(name));
  std::sort(names.begin(), names.end());
  return names;
}

/// The entry that has this name but for upper and lower case.
std::optional<std::string> find_entry(const fs::path& in, std::string_view name) {
  std::optional<std::string> found;
  std::error_code absent;
  for (const fs::directory_entry& entry : fs::directory_iterator{in, absent}) {
    std::string other = entry.path().filename().string();
    if (other == name) return other;
    if (same_word(other, name)) found = std::move(other);
  }
  return found;
}

template <class Page>
std::optional<Page> read_page(const fs::path& path) {
  if (std::error_code unknown; !fs::exists(path, unknown)) return std::nullopt;
  const std::string file = path.string();
  return evstore::yaml::read<Page>(read_file(path), {.file = file});
}

world_place read_world(const fs::path& directory) {
  const std::string slug = directory.filename().string();
  const auto page = read_page<world_page>(directory / world_file);
  return {page ? page->name : slug, slug, directory};
}

void refuse_existing(std::string_view what, const std::string& name, const std::string& slug,
                     const fs::path& in, std::string_view display_name) {
  const auto existing = find_entry(in, slug);
  if (!existing) return;
  const std::string where = " exists already: " + (in / *existing).string();
  if (display_name == name || display_name.empty())
    throw not_possible("the " + std::string{what} + " \"" + name + "\"" + where);
  throw not_possible("the name \"" + name + "\" belongs to the directory " + slug + ", where the " +
                     std::string{what} + " \"" + std::string{display_name} + "\"" + where);
}

/// What there is instead of the name that was said, the nearest first.
std::string list_of(const std::vector<std::string>& names, const std::string& said,
                    std::string_view none) {
  if (names.empty()) return std::string{none};
  const auto meant = nearest(said, names);
  return (meant ? "did you mean \"" + *meant + "\"? There" : std::string{"there"}) +
         " are: " + in_words(names);
}

} // namespace

worlds::worlds(fs::path directory, std::optional<std::string> server)
    : directory_{std::move(directory)}, server_{std::move(server)} {
  if (directory_.empty()) throw bad_usage("worlds_dir is empty");
  std::error_code unknown;
  const fs::file_status found = fs::status(directory_, unknown);
  if (fs::exists(found) && !fs::is_directory(found))
    throw bad_usage("worlds_dir is " + directory_.string() + ", which is not a directory");
}

campaign_place worlds::read_campaign(const world_place& world, const std::string& slug) const {
  const fs::path directory = world.directory / slug;
  auto page = read_page<campaign_page>(directory / campaign_file);
  if (!page) page = campaign_page{slug, {}};
  return {page->name, page->id, slug, world, directory, server_, page->schema};
}

world_place worlds::create_world(const std::string& name) const {
  const std::string slug = require_slug(name);
  if (const auto existing = find_entry(directory_, slug))
    refuse_existing("world", name, slug, directory_, read_world(directory_ / *existing).name);
  fs::create_directories(directory_);
  new_directory made{directory_, slug};
  make_shelves(made.path());
  create_file(made.path() / world_file, evstore::yaml::write(world_page{name}));
  if (!made.appear()) refuse_existing("world", name, slug, directory_, {});
  return {name, slug, directory_ / slug};
}

std::string worlds::slug_for_campaign(const std::string& name) {
  std::string slug = require_slug(name);
  const bool is_shelf = same_word(slug, characters) || same_word(slug, backups) ||
                        std::any_of(kinds.begin(), kinds.end(),
                                    [&](std::string_view kind) { return same_word(slug, kind); });
  if (is_shelf)
    throw bad_usage("\"" + name + "\" cannot be a name: worlds have a directory for " +
                    folded(slug));
  return slug;
}

campaign_place worlds::create_campaign(const world_place& world, const std::string& name) const {
  const std::string slug = slug_for_campaign(name);
  if (const auto existing = find_entry(world.directory, slug))
    refuse_existing("campaign", name, slug, world.directory, read_campaign(world, *existing).name);

  // The end of a fresh UUID is random, so that a campaign and its copy under the same name differ.
  const std::string uuid = evstore::generate_event_id().to_string();
  campaign_place place{
      name,   slug + "-" + uuid.substr(uuid.size() - 8), slug, world, world.directory / slug,
      server_};
  new_directory made{world.directory, slug};
  make_shelves(made.path());
  create_file(made.path() / campaign_file, evstore::yaml::write(campaign_page{name, place.id}));
  if (!server_) create_file(made.path() / place.log().filename(), "");
  if (!made.appear()) refuse_existing("campaign", name, slug, world.directory, {});
  return place;
}

world_place worlds::find_world(const std::string& name) const {
  const std::string slug = require_slug(name);
  if (const auto found = find_entry(directory_, slug)) return read_world(directory_ / *found);
  throw not_possible("there is no world \"" + name + "\" in " + directory_.string() + "; " +
                     list_of(visible_directories(directory_), name, "create it: dnd world create"));
}

bool worlds::has_world(const std::string& name) const {
  return find_entry(directory_, require_slug(name)).has_value();
}

campaign_place worlds::find_campaign(const world_place& world, const std::string& name) const {
  const std::string slug = require_slug(name);
  std::vector<std::string> known;
  for (const campaign_place& place : all_campaigns(world)) {
    if (same_word(place.slug, slug)) return place;
    known.push_back(place.name);
  }
  throw not_possible("there is no campaign \"" + name + "\" in the world " + world.name + "; " +
                     list_of(known, name, "create it: dnd campaign create"));
}

std::vector<world_place> worlds::all_worlds() const {
  std::vector<world_place> found;
  for (const std::string& slug : visible_directories(directory_))
    found.push_back(read_world(directory_ / slug));
  return found;
}

std::vector<campaign_place> worlds::all_campaigns(const world_place& world) const {
  std::vector<campaign_place> found;
  for (const std::string& slug : visible_directories(world.directory)) {
    std::error_code unknown;
    const fs::path directory = world.directory / slug;
    if (fs::exists(directory / "log.jsonl", unknown) ||
        (server_ && fs::exists(directory / campaign_file, unknown)))
      found.push_back(read_campaign(world, slug));
  }
  return found;
}

void make_shelves(const fs::path& in) {
  for (const std::string_view kind : kinds) fs::create_directory(in / kind);
  fs::create_directory(in / characters);
}

void write_campaign_page(const campaign_place& place) {
  replace_file(place.directory / campaign_file,
               evstore::yaml::write(campaign_page{place.name, place.id, place.schema}));
}

std::optional<std::string> schema_said_in(const fs::path& directory) {
  const auto page = read_page<campaign_page>(directory / campaign_file);
  return page ? page->schema : std::nullopt;
}

} // namespace dnd
