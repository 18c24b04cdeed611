#include "srd/import.hpp"

#include "files/directory_lock.hpp"
#include "files/durable.hpp"
#include "files/file_batch.hpp"
#include "files/kinds.hpp"
#include "files/problem.hpp"
#include "library/library.hpp"

#include <map>
#include <system_error>
#include <utility>

namespace dnd::srd {

namespace {

namespace fs = std::filesystem;

bool is_wanted(std::string_view kind, const import_options& how) {
  return how.kinds.empty() || how.kinds.contains(kind);
}

/// Nothing that is no directory may be where a directory will be needed.
void require_directory(const char* what, const fs::path& path) {
  std::error_code unknown;
  const fs::file_status found = fs::status(path, unknown);
  if (fs::exists(found) && !fs::is_directory(found))
    throw bad_usage(std::string{what} + " is " + path.string() + ", which is not a directory");
}

/// A page as it will be.
struct page {
  std::string_view kind;
  std::string name;
  std::string text;
};

class import_run {
public:
  import_run(const data_set& from, const import_options& how) : from_{from}, how_{how} {
    for (const std::string_view kind : how.kinds)
      if (!from.has_file_of(kind))
        throw bad_usage("the data set has no file of " + std::string{kind});
    for (const item& found : from.items())
      if (is_wanted(found.kind, how))
        pages_.push_back({found.kind, page_name(found.kind, found.index),
                          page_text(found, from, report_.unresolved)});
    report_.pages = pages_.size();
    report_.left_out = from.left_out();
    for (const std::string_view kind : kinds)
      if (is_wanted(kind, how)) counts_[kind].kind = kind;
    for (const page& wanted : pages_) ++counts_[wanted.kind].pages;
  }

  import_report run() && {
    require_directory("data_dir", how_.to);
    for (const auto& [kind, count] : counts_)
      require_directory("a shelf of data_dir", how_.to / kind);
    fs::create_directories(how_.to);
    const directory_lock alone{how_.to};
    leave_alone_what_is_there();
    for (const auto& [kind, count] : counts_) fs::create_directory(how_.to / kind);
    sync_directory(how_.to);
    write();
    for (auto& [kind, count] : counts_) report_.kinds.push_back(std::move(count));
    if (is_wanted("monsters", how_)) report_.misprints = proofread(from_, library{{how_.to}});
    return std::move(report_);
  }

private:
  /// Of the pages that are to be written leaves those that are not there yet.
  void leave_alone_what_is_there() {
    if (how_.force) return;
    std::erase_if(pages_, [&](const page& wanted) {
      const fs::path path = how_.to / wanted.name;
      std::error_code unknown;
      if (!fs::exists(fs::symlink_status(path, unknown))) return false;
      if (read_file(path) == wanted.text)
        ++report_.unchanged;
      else
        report_.kept.push_back(wanted.name);
      return true;
    });
  }

  void write() {
    const std::size_t steps = 2 * pages_.size(); // each is written, then put in its place
    std::size_t done = 0;
    file_batch batch;
    for (const page& wanted : pages_) {
      batch.add(how_.to / wanted.name, wanted.text);
      how_.progress(++done, steps);
    }
    const if_there existing = how_.force ? if_there::replace : if_there::keep;
    batch.put_in_place(existing, [&](std::size_t number, bool is_there) {
      const page& wanted = pages_[number];
      if (is_there) {
        ++counts_[wanted.kind].written;
        ++report_.written;
      } else {
        report_.kept.push_back(wanted.name); // somebody was faster
      }
      how_.progress(++done, steps);
    });
  }

  const data_set& from_;
  const import_options& how_;
  std::vector<page> pages_;
  std::map<std::string_view, import_count> counts_; ///< of the kinds that are wanted
  import_report report_;
};

} // namespace

import_report import_pages(const data_set& from, const import_options& how) {
  return import_run{from, how}.run();
}

} // namespace dnd::srd
