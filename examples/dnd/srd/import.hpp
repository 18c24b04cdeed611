#pragma once

#include "srd/data_set.hpp"
#include "srd/page_text.hpp"
#include "srd/proofread.hpp"

#include <evstore/describe.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dnd::srd {

struct import_options {
  std::filesystem::path to;           ///< the data directory; made if it does not exist
  std::set<std::string_view> kinds{}; ///< of `dnd::kinds`; empty: all
  bool force = false;                 ///< write pages anew, whatever is there
  /// Told how many of how many steps are done.
  std::function<void(std::size_t done, std::size_t of)> progress = [](std::size_t, std::size_t) {};
};

struct import_count {
  std::string kind;
  std::uint64_t pages = 0;   ///< in the data set
  std::uint64_t written = 0; ///< of them
};
EVSTORE_DESCRIBE(import_count, kind, pages, written)

struct import_report {
  std::uint64_t pages = 0;
  std::uint64_t written = 0;
  std::uint64_t unchanged = 0;       ///< that were there already
  std::vector<std::string> kept;     ///< pages that are there and say something else
  std::vector<import_count> kinds;   ///< sorted
  std::vector<dead_link> unresolved; ///< addresses that lead to no page
  std::vector<misprint> misprints;   ///< monsters to be looked at
  std::vector<std::string> left_out; ///< files of the data set that are of no kind
};
EVSTORE_DESCRIBE(import_report, pages, written, unchanged, kept, kinds, unresolved, misprints,
                 left_out)

/// Writes the pages of a data set, `<to>/<kind>/<index>.yaml`. What is there already is left alone:
/// the same page is not written again, another one not without `force`; so a second import writes
/// nothing, and one that was interrupted is finished by the next. Every page is there whole or not
/// at all, whatever happens. Nothing is created before all that is asked for has been understood.
///
/// One import a directory at a time: another is refused. Throws `problem` and `evstore::error`.
import_report import_pages(const data_set& from, const import_options& how);

} // namespace dnd::srd
