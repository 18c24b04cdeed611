#include "backup/saved_campaign.hpp"

#include "backup/contents.hpp"
#include "files/problem.hpp"
#include "log/digest.hpp"

#include <evstore/error.hpp>
#include <evstore/jsonl/file.hpp>

#include <array>
#include <optional>
#include <set>
#include <utility>

namespace dnd {

namespace {

namespace fs = std::filesystem;
using evstore::jsonl::posix_files;
using file = evstore::jsonl::file<posix_files>;

} // namespace

saved_campaign::saved_campaign(fs::path path) : path_{std::move(path)} {
  try {
    archive_reader archive{path_.string()};
    manifest_ = manifest_from(read_first(archive), path_.string());
    check_names();
    each_file(archive, [](const saved_file&, std::string_view, std::uint64_t) {});
  } catch (const evstore::error& failed) {
    refuse(failed.message());
  }
}

void saved_campaign::unpack(const fs::path& into) const {
  archive_reader archive{path_.string()};
  static_cast<void>(read_first(archive));
  std::optional<file> open;
  each_file(archive, [&](const saved_file& which, std::string_view bytes, std::uint64_t at) {
    if (at == 0) {
      const fs::path path = into / which.name;
      fs::create_directories(path.parent_path());
      open.emplace(posix_files{}, path.string(), O_WRONLY | O_CREAT | O_EXCL);
    }
    open->write_or_throw(bytes, at);
    if (at + bytes.size() == which.size) open->sync();
  });
}

void saved_campaign::refuse(const std::string& why) const {
  throw not_possible(path_.string() + " cannot be restored: " + why);
}

std::string saved_campaign::read_first(archive_reader& archive) const {
  constexpr std::uint64_t largest = std::uint64_t{16} << 20;
  const auto first = archive.next();
  if (!first || first->name != manifest_name || !first->is_file || first->size > largest)
    refuse("it is no backup of a campaign");
  std::string text(static_cast<std::size_t>(first->size), '\0');
  std::size_t used = 0;
  while (used < text.size()) {
    const std::size_t got = archive.read(text.data() + used, text.size() - used);
    if (got == 0) refuse("it is cut short");
    used += got;
  }
  return text;
}

void saved_campaign::check_names() const {
  std::set<std::string> names;
  for (const saved_file& each : manifest_.files) {
    if (!may_be_restored(each.name)) refuse("it would write to \"" + each.name + "\"");
    if (!names.insert(each.name).second) refuse("it has \"" + each.name + "\" twice");
  }
  if (!names.contains("log.jsonl")) refuse("it has no log");
  if (!manifest_.sound)
    refuse("it was made of a damaged campaign, as it was; unpack it with tar to look at it");
}

/// Calls `take(file, bytes, offset)` for all bytes, at least once for each file, and holds them
/// against the manifest.
void saved_campaign::each_file(archive_reader& archive, const piece_taken& take) const {
  for (const saved_file& wanted : manifest_.files) {
    const auto found = archive.next();
    if (!found) refuse("it is cut short before " + wanted.name);
    if (found->name != wanted.name || !found->is_file || found->size != wanted.size)
      refuse("it has " + found->name + " where " + wanted.name + " should be");
    std::array<char, std::size_t{64} << 10> bytes; // NOLINT(*-member-init): read into first
    digest sum;
    std::uint64_t at = 0;
    if (wanted.size == 0) take(wanted, {}, 0);
    while (at < wanted.size) {
      const std::size_t got = archive.read(bytes.data(), bytes.size());
      if (got == 0) refuse("it is cut short within " + wanted.name);
      const std::string_view read{bytes.data(), got};
      sum.add(read);
      take(wanted, read, at);
      at += got;
    }
    if (sum.text() != wanted.digest) refuse(wanted.name + " is damaged");
  }
  if (archive.next()) refuse("it has more files than it says");
}

} // namespace dnd
