#include "backup/contents.hpp"

#include "log/server_log.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/file.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

namespace dnd {

namespace {

namespace fs = std::filesystem;
using file = evstore::jsonl::file<evstore::jsonl::posix_files>;

/// `log.jsonl` and the logs of fights that go on, `encounter-N.jsonl`.
bool is_log(std::string_view name) {
  return name == "log.jsonl" || (name.starts_with("encounter-") && name.ends_with(".jsonl"));
}

/// What stands beside a log and can be had again from it, or is worth nothing without its process.
bool is_beside_a_log(std::string_view name) {
  const std::size_t at = name.find(".jsonl.");
  if (at == std::string_view::npos || !is_log(name.substr(0, at + 6))) return false;
  const std::string_view what = name.substr(at + 7);
  return what == "lock" || what.starts_with("index") || what.starts_with("snapshots");
}

/// Bytes until the file ends, or `enough` says how many of those just read to keep.
void copy_bytes(const fs::path& from, const fs::path& to,
                const std::function<std::optional<std::size_t>(std::string_view)>& enough = {}) {
  constexpr std::size_t block = std::size_t{64} << 10;
  const file source{{}, from.string(), O_RDONLY};
  fs::create_directories(to.parent_path());
  const file target{{}, to.string(), O_WRONLY | O_CREAT | O_TRUNC};
  std::array<char, block> bytes; // NOLINT(*-member-init): read into first
  for (std::uint64_t at = 0;;) {
    const std::size_t got = source.read(bytes.data(), bytes.size(), at);
    const std::string_view read{bytes.data(), got};
    const auto last = enough ? enough(read) : std::nullopt;
    target.write_or_throw(read.substr(0, last.value_or(got)), at);
    if (last || got == 0) return;
    at += got;
  }
}

/// As many events as the log has at this moment: an event is a line, and what is committed is not
/// written again.
void copy_log(const fs::path& from, const fs::path& to) {
  std::uint64_t lines = evstore::jsonl::open_read_only(from.string()).head().value();
  copy_bytes(from, to, [&](std::string_view read) -> std::optional<std::size_t> {
    std::size_t used = 0;
    while (lines > 0) {
      const std::size_t end = read.find('\n', used);
      if (end == std::string_view::npos) return std::nullopt;
      used = end + 1;
      --lines;
    }
    return used;
  });
}

/// A damaged log on a server stays there in any case; what can be read of it as a whole is saved.
bool export_if_possible(const campaign_place& place, const fs::path& to) {
  try {
    export_server_log(place, to);
    return true;
  } catch (const evstore::error& failed) {
    if (failed.code() == evstore::errc::connection_lost) throw;
    fs::remove(to);
    return false;
  }
}

/// The names of the files of a directory and those below it; what is neither goes to `others`.
std::vector<std::string> files_in(const fs::path& directory, std::vector<std::string>& others) {
  std::vector<std::string> names;
  for (auto at = fs::recursive_directory_iterator{directory}; at != fs::end(at); ++at) {
    const std::string name = at->path().lexically_relative(directory).generic_string();
    const fs::file_status what = at->symlink_status();
    const bool hidden = at->path().filename().string().starts_with('.');
    if (fs::is_directory(what)) {
      if (hidden || is_beside_a_log(name)) at.disable_recursion_pending();
    } else if (!fs::is_regular_file(what)) {
      others.push_back(name);
    } else if (!hidden && !is_beside_a_log(name)) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  std::sort(others.begin(), others.end());
  return names;
}

std::set<std::string> logs_of_fights(const fs::path& directory) {
  std::set<std::string> found;
  for (const fs::directory_entry& each : fs::directory_iterator{directory})
    if (const std::string name = each.path().filename().string();
        is_log(name) && name != "log.jsonl")
      found.insert(name);
  return found;
}

/// The log of a fight that ended while it was read: it was not found, or it went away under the
/// reader.
bool has_ended(const evstore::error& failed) {
  return failed.code() == evstore::errc::not_found || failed.code() == evstore::errc::changed_under;
}

/// The log of a fight counts as long as the campaign's log ends with the beginning of that fight.
/// So it is copied first: it may then lack what came later, but never miss what is in the other.
/// False if a fight began or ended meanwhile: then the two may not belong together.
bool copy_logs(const fs::path& directory, const fs::path& into) {
  const std::set<std::string> fights = logs_of_fights(directory);
  for (const std::string& name : fights) {
    try {
      copy_log(directory / name, into / name);
    } catch (const evstore::error& failed) {
      if (!has_ended(failed)) throw;
      return false;
    }
  }
  copy_log(directory / "log.jsonl", into / "log.jsonl");
  return logs_of_fights(directory) == fights;
}

} // namespace

campaign_copy copy_campaign(const campaign_place& place, const fs::path& into) {
  campaign_copy copied;
  const std::vector<std::string> names = files_in(place.directory, copied.left_out);
  // The snapshot before the log: it must not know more.
  for (const std::string& name : names) {
    if (is_log(name)) continue;
    try {
      copy_bytes(place.directory / name, into / name);
    } catch (const evstore::error& failed) {
      if (failed.code() != evstore::errc::not_found) throw; // somebody has just deleted it
    }
  }
  if (place.server) export_server_log(place, into / "log.jsonl");
  constexpr int most_attempts = 100;
  for (int attempt = 1; !place.server && !copy_logs(place.directory, into); ++attempt) {
    if (attempt == most_attempts)
      throw evstore::error{evstore::errc::io_failed,
                           "fights begin and end faster than they can be copied"};
    for (const std::string& name : logs_of_fights(into)) fs::remove(into / name);
  }
  std::vector<std::string> none;
  copied.files = files_in(into, none);
  return copied;
}

campaign_copy copy_campaign_as_it_is(const campaign_place& place, const fs::path& into) {
  campaign_copy copied;
  copied.files = files_in(place.directory, copied.left_out);
  for (const std::string& name : copied.files) copy_bytes(place.directory / name, into / name);
  if (place.server && export_if_possible(place, into / "log.jsonl"))
    copied.files.emplace_back("log.jsonl");
  return copied;
}

bool may_be_restored(std::string_view name) {
  if (name.empty() || name.find('\0') != std::string_view::npos || is_beside_a_log(name))
    return false;
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t end = std::min(name.find('/', from), name.size());
    // Neither "", "." and "..", nor what is hidden.
    if (end == from || name[from] == '.') return false;
    from = end + 1;
  }
  return true;
}

} // namespace dnd
