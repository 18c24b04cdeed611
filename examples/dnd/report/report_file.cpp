#include "report/report_file.hpp"

#include "files/durable.hpp"
#include "files/problem.hpp"
#include "history/chronicle.hpp"
#include "report/page.hpp"

#include <evstore/jsonl/file.hpp>

#include <array>
#include <string_view>

namespace dnd {

namespace {

namespace fs = std::filesystem;

bool is_report(const fs::path& path) {
  constexpr std::size_t enough = 512;
  const evstore::jsonl::file<evstore::jsonl::posix_files> opened{{}, path.string(), O_RDONLY};
  std::array<char, enough> beginning{};
  const std::size_t size = opened.read(beginning.data(), beginning.size(), 0);
  return std::string_view{beginning.data(), size}.find(report_mark) != std::string_view::npos;
}

} // namespace

written_report write_report(const campaign_log& log, const fs::path& path, bool force) {
  const fs::file_status found = fs::symlink_status(path);
  if (fs::is_directory(found)) throw bad_usage(path.string() + " is a directory");
  if (path.has_parent_path() && !fs::is_directory(path.parent_path()))
    throw not_possible("there is no directory " + path.parent_path().string());
  if (!force && fs::exists(found) && (!fs::is_regular_file(found) || !is_report(path)))
    throw not_possible(path.string() +
                       " exists and is no report; choose another file, or replace it with --force");
  const chronicle told = retell(log);
  const std::string page = report_page(told, log.state());
  replace_file(path, page);
  return {path, told.events, page.size()};
}

} // namespace dnd
