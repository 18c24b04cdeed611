#include "stores.hpp"

#include "output.hpp"
#include "postgres_store.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>
#include <evstore/memory/adapter.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace evstore::cli {

namespace {

using jsonl::posix_files;

// ---- jsonl:PATH

/// Whether the index beside the log is used, and how far it reaches.
std::string index_of_log(const std::string& path) {
  jsonl::lock_note note;
  try {
    note = jsonl::lock_note::read(jsonl::file<posix_files>{{}, path + ".lock", O_RDONLY});
  } catch (const error&) { // never written to by us
  }
  jsonl::shared_log<posix_files> log{jsonl::open_regular(posix_files{}, path, O_RDONLY)};
  const std::string beside = path + ".index";
  if (jsonl::checkpoint<posix_files>{{}, path}.resume(log, note))
    return "kept up to position " + std::to_string(log.end.position);
  struct stat found {};
  if (posix_files{}.lstat(beside.c_str(), &found) != 0)
    return "none kept; made from the log when it is opened";
  return "kept, but not of the log as it is now; made anew when it is opened";
}

/// Without what a writer has written ahead.
std::optional<std::uint64_t> size_of_log(const std::string& path) {
  return jsonl::log_extent::of(jsonl::open_regular(posix_files{}, path, O_RDONLY)).content;
}

opened_store open_log(const std::string& path, access how) {
  if (how == access::reading) {
    const std::string index =
        (jsonl::require_regular(posix_files{}, path, true), index_of_log(path));
    auto log = jsonl::open_read_only(path);
    medium about{size_of_log(path), index, log.report().warnings};
    return {any_store{std::move(log)}, std::move(about)};
  }
  const bool filling = how == access::filling;
  // Not `buffered`: what has been filled in when an error comes is there, and need not be again.
  auto log = jsonl::open(
      path, {.durability = filling ? jsonl::durability::none() : jsonl::durability::sync(),
             .create = filling});
  medium about{.warnings = log.report().warnings};
  return {any_store{log}, std::move(about), [log]() mutable { log.sync(); }};
}

verdict verify_log(const std::string& path) {
  const jsonl::verify_report report = jsonl::verify(path);
  verdict found{.events = report.records};
  // A torn line is the last one. Where lines follow, opening may have no proof that they were
  // durable, and cuts them off, too; whoever asks here wants to know before that.
  for (const jsonl::defect& defect : report.defects)
    if (!report.torn || defect.byte < report.torn->offset ||
        defect.byte + defect.size < report.torn->offset + report.torn->bytes)
      found.damage.push_back({defect.line, defect.byte, defect.size, defect.what});
  if (report.torn)
    found.notes.push_back(
        "an unfinished append of " + std::to_string(report.torn->bytes) + " bytes at byte " +
        std::to_string(report.torn->offset) + " (" + report.torn->what +
        "): never promised to be on the disk; the next writer cuts it off and keeps it");
  if (report.without_checksum != 0)
    found.notes.push_back(std::to_string(report.without_checksum) +
                          " records have no checksum: another program wrote them, and their "
                          "contents cannot be vouched for");
  for (const jsonl::defect& defect : report.foreign)
    found.notes.push_back("line " + std::to_string(defect.line) + ", byte " +
                          std::to_string(defect.byte) + ": no append would take this (" +
                          defect.what + "): another program wrote it, and a copy stops here");
  return found;
}

repaired repair_log(const std::string& path) {
  const jsonl::repair_report report = jsonl::repair(path);
  repaired done{report.records, {}, report.original};
  for (const jsonl::defect& defect : report.dropped)
    done.dropped.push_back({defect.line, defect.byte, defect.size, defect.what});
  return done;
}

// ---- memory:

opened_store open_memory(const std::string& where, access) {
  if (!where.empty()) throw usage_error{"memory: has no path: it is empty and gone at the end"};
  return {any_store{memory::adapter{}}, {.index = "in memory"}};
}
verdict verify_memory(const std::string&) { return {}; }
std::optional<std::uint64_t> size_of_memory(const std::string&) { return std::nullopt; }

const scheme schemes[] = {
    {"jsonl", "jsonl:PATH (or just PATH)", open_log, verify_log, repair_log, size_of_log},
    {"memory", "memory:", open_memory, verify_memory, nullptr, size_of_memory},
#ifdef EVSTORE_CLI_HAS_POSTGRES
    {"postgres", "postgres:host=... dbname=... schema=...", open_postgres, verify_postgres, nullptr,
     size_of_postgres},
    {"postgresql", "postgresql://HOST/DATABASE?schema=...", open_postgres, verify_postgres, nullptr,
     size_of_postgres},
#endif
};

} // namespace

address::address(std::string text) : text_{std::move(text)}, scheme_{&schemes[0]}, where_{text_} {
  const std::size_t colon = text_.find(':');
  const std::size_t slash = text_.find('/');
  if (colon == std::string::npos || slash < colon) return;
  const auto found = std::find_if(std::begin(schemes), std::end(schemes), [&](const scheme& known) {
    return known.name == std::string_view{text_}.substr(0, colon);
  });
  if (found == std::end(schemes))
    throw usage_error{"no kind of store is called \"" + text_.substr(0, colon) + "\"; there is " +
                      known_addresses() + "; a file of that name is ./" + text_};
  scheme_ = &*found;
  where_ = text_.substr(colon + 1);
}

repaired address::repair() const {
  if (scheme_->repair == nullptr)
    throw error{errc::unsupported,
                "a store of the kind " + std::string{scheme_->name} + ": cannot be repaired"};
  return scheme_->repair(where_);
}

opened_store open(const address& where, access how) {
  opened_store opened = where.open(how);
  for (const std::string& warning : opened.about.warnings)
    tell("warning: " + where.text() + ": " + warning);
  return opened;
}

std::string known_addresses() {
  std::string all;
  for (const scheme& known : schemes) all.append(all.empty() ? "" : ", ").append(known.help);
  return all;
}

} // namespace evstore::cli
