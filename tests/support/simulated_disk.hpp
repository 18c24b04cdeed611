#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::tests {

using random_source = std::mt19937_64;

/// What a disk and the page cache before it hold: a value, whose copies share what they have in
/// common. `power_cut` draws one of the disks that may be left behind when the power goes, which are
/// all that POSIX allows and file systems are known to do:
///
/// - of each sector of a file, what was synced last or anything written to it since, whatever
///   happened to other sectors; of its size, likewise. What was never written reads as zeros, never
///   as somebody's old bytes;
/// - of the changes to a directory since it was synced, any part. A rename happens or does not.
///
/// A sync that fails leaves what Linux leaves: some of the sectors on the disk, all of them marked
/// clean, and the new bytes in the page cache until it is dropped.
class simulated_disk {
public:
  using number = std::uint64_t;
  static constexpr std::size_t sector_size = 512;
  static constexpr std::size_t page_size = 4096;

  simulated_disk() { nodes_[root] = std::make_shared<node>(node{.is_directory = true}); }

  // ---- names: absolute paths; 0 for what is not there

  [[nodiscard]] number find(std::string_view path) const {
    number at = root;
    while (true) {
      path.remove_prefix(std::min(path.find_first_not_of("/."), path.size()));
      if (path.empty()) return at;
      const std::string_view name = path.substr(0, path.find('/'));
      const auto& names = get(at).names;
      const auto found = names.find(std::string{name});
      if (found == names.end()) return 0;
      at = found->second;
      path.remove_prefix(name.size());
    }
  }
  static std::string parent_of(std::string_view path) {
    return std::string{path.substr(0, path.rfind('/') + 1)};
  }
  static std::string name_of(std::string_view path) {
    return std::string{path.substr(path.rfind('/') + 1)};
  }

  number make(std::string_view path, bool is_directory) {
    const number made = ++last_;
    nodes_[made] = std::make_shared<node>(node{.is_directory = is_directory});
    change_names(find(parent_of(path)), {{name_of(path), made}});
    return made;
  }
  void link(number target, std::string_view path) {
    change_names(find(parent_of(path)), {{name_of(path), target}});
  }
  void unlink(std::string_view path) { change_names(find(parent_of(path)), {{name_of(path), 0}}); }
  /// Within a directory.
  void rename(std::string_view from, std::string_view to) {
    change_names(find(parent_of(from)), {{name_of(from), 0}, {name_of(to), find(from)}});
  }

  // ---- contents, as programs see them

  [[nodiscard]] bool is_directory(number which) const { return get(which).is_directory; }
  [[nodiscard]] const std::string& bytes(number which) const { return get(which).cached; }
  [[nodiscard]] std::uint64_t modified(number which) const { return get(which).modified; }
  /// The paths of all files.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> found;
    list(root, "/", found);
    return found;
  }
  [[nodiscard]] std::uint64_t used() const {
    std::uint64_t sum = 0;
    for (const std::string& path : files()) sum += bytes(find(path)).size();
    return sum;
  }
  /// What tells two disks apart.
  [[nodiscard]] std::uint64_t fingerprint() const {
    std::string all;
    for (const std::string& path : files())
      all.append(path).append(1, '\0').append(bytes(find(path))).append(1, '\0');
    return std::hash<std::string>{}(all);
  }

  void write(number which, std::string_view in, std::size_t at) {
    node& file = change(which);
    if (file.cached.size() < at + in.size()) resize(file, at + in.size());
    file.cached.replace(at, in.size(), in);
    touch(file, at, at + in.size());
  }
  void truncate(number which, std::size_t size) {
    node& file = change(which);
    const std::size_t before = file.cached.size();
    resize(file, size);
    if (size < before) touch(file, size, before);
  }

  // ---- the way to the disk

  /// What a file has been synced to be.
  [[nodiscard]] const std::string& synced_bytes(number which) const { return get(which).stored; }
  /// Whether a sync would change nothing.
  [[nodiscard]] bool is_synced(number which) const {
    const node& now = get(which);
    return now.unsynced.empty() && now.sizes.empty() && now.changes.empty();
  }
  void sync(number which) {
    if (!is_synced(which)) arrive(change(which), [](std::size_t) { return true; });
  }
  void sync_all() {
    for (const auto& [which, shared] : nodes_) sync(which);
  }
  void fail_to_sync(number which, random_source& draw) {
    if (is_synced(which)) return;
    node& file = change(which);
    if (!file.is_directory) arrive(file, [&](std::size_t) { return draw() % 2 == 0; });
  }
  /// Forgets clean pages, as `posix_fadvise` does: none that begins before `from`.
  void drop_cache(number which, std::size_t from) {
    node& file = change(which);
    const std::size_t first = (from + page_size - 1) / page_size * page_size / sector_size;
    for (std::size_t i = first; i * sector_size < file.cached.size(); ++i)
      if (!file.unsynced.contains(i)) put_sector(file.cached, i, sector(file.stored, i));
  }

  /// The disk after the power came back.
  [[nodiscard]] simulated_disk power_cut(random_source& draw) const {
    simulated_disk left = *this;
    for (auto& [which, shared] : left.nodes_) {
      const std::uint64_t chance = std::array<std::uint64_t, 6>{0, 1, 3, 5, 8, 8}[draw() % 6];
      const auto arrives = [&] { return draw() % 8 < chance; };
      node survivor = *shared;
      survivor.is_directory ? cut_names(survivor, arrives) : cut_bytes(survivor, arrives, draw);
      if (!survivor.unsynced.empty() && draw() % 2 == 0) ++survivor.modified;
      survivor.unsynced.clear();
      survivor.sizes.clear();
      survivor.changes.clear();
      shared = std::make_shared<node>(std::move(survivor));
    }
    return left;
  }

private:
  static constexpr number root = 1;
  using renaming = std::vector<std::pair<std::string, number>>; // all of it or nothing; 0: removed

  struct node {
    bool is_directory = false;
    // a file
    std::string cached{};
    std::string stored{};
    std::map<std::size_t, std::vector<std::string>> unsynced{}; // what a sector held since
    std::vector<std::size_t> sizes{};                           // which the file had since
    std::uint64_t modified = 1;
    // a directory
    std::map<std::string, number> names{};
    std::map<std::string, number> stored_names{};
    std::vector<renaming> changes{};
  };

  [[nodiscard]] const node& get(number which) const { return *nodes_.at(which); }
  node& change(number which) {
    std::shared_ptr<node>& shared = nodes_.at(which);
    if (shared.use_count() > 1) shared = std::make_shared<node>(*shared);
    return *shared;
  }

  void list(number directory, const std::string& path, std::vector<std::string>& found) const {
    for (const auto& [name, which] : get(directory).names)
      if (get(which).is_directory)
        list(which, path + name + "/", found);
      else
        found.push_back(path + name);
  }

  static void apply(std::map<std::string, number>& names, const renaming& change) {
    for (const auto& [name, which] : change)
      if (which == 0)
        names.erase(name);
      else
        names[name] = which;
  }
  void change_names(number directory, renaming what) {
    node& changed = change(directory);
    apply(changed.names, what);
    changed.changes.push_back(std::move(what));
  }

  static std::string sector(std::string_view text, std::size_t i) {
    std::string found{text.substr(std::min(i * sector_size, text.size()), sector_size)};
    found.resize(sector_size);
    return found;
  }
  /// As much of it as the text has room for.
  static void put_sector(std::string& text, std::size_t i, std::string_view content) {
    const std::size_t at = i * sector_size;
    if (at < text.size())
      text.replace(at, std::min(sector_size, text.size() - at), content, 0,
                   std::min(sector_size, text.size() - at));
  }
  static void resize(node& file, std::size_t size) {
    file.cached.resize(size);
    file.sizes.push_back(size);
  }
  static void touch(node& file, std::size_t from, std::size_t to) {
    for (std::size_t i = from / sector_size; i * sector_size < to; ++i)
      file.unsynced[i].push_back(sector(file.cached, i));
    ++file.modified;
  }

  template <class Arrives>
  static void arrive(node& changed, Arrives arrives) {
    changed.stored_names = changed.names;
    changed.changes.clear();
    changed.stored.resize(changed.cached.size());
    for (const auto& [i, contents] : changed.unsynced)
      if (arrives(i)) put_sector(changed.stored, i, sector(changed.cached, i));
    changed.unsynced.clear();
    changed.sizes.clear();
  }

  template <class Arrives>
  static void cut_bytes(node& file, Arrives arrives, random_source& draw) {
    std::size_t size = file.stored.size();
    if (!file.sizes.empty() && arrives()) {
      size = draw() % 3 == 0 ? file.sizes[draw() % file.sizes.size()] : file.sizes.back();
      // The size may be told a sector at a time.
      if (size > file.stored.size() && draw() % 4 == 0)
        size = std::max(file.stored.size(),
                        (file.stored.size() + draw() % (size - file.stored.size())) / sector_size *
                            sector_size);
    }
    file.stored.resize(size);
    for (const auto& [i, contents] : file.unsynced)
      if (arrives())
        put_sector(file.stored, i,
                   draw() % 4 == 0 ? contents[draw() % contents.size()] : contents.back());
    file.cached = file.stored;
  }

  template <class Arrives>
  static void cut_names(node& directory, Arrives arrives) {
    for (const renaming& what : directory.changes)
      if (arrives()) apply(directory.stored_names, what);
    directory.names = directory.stored_names;
  }

  std::map<number, std::shared_ptr<node>> nodes_;
  number last_ = root;
};

} // namespace evstore::tests
