#include "app/init.hpp"

#include "app/progress_bar.hpp"
#include "srd/import.hpp"

#include <evstore/json/write.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dnd {

namespace {

/// How many names stand in a sentence before the rest is only counted.
constexpr std::size_t enough = 10;

std::string counted(std::size_t count, std::string_view thing, std::string_view plural = "s") {
  return std::to_string(count).append(" ").append(thing).append(count == 1 ? "" : plural);
}

void say_some(const output& out, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < std::min(names.size(), enough); ++i) out.say("  " + names[i]);
  if (names.size() > enough)
    out.say("  and " + std::to_string(names.size() - enough) + " more; --json lists them all");
}

/// The addresses of one sort, each once, with how often it is there and where first.
void say_unresolved(const output& out, const std::vector<srd::dead_link>& links,
                    srd::elsewhere leads_to, std::string_view what) {
  std::map<std::string, std::pair<std::size_t, const srd::dead_link*>> found;
  for (const srd::dead_link& link : links) {
    if (link.leads_to != leads_to) continue;
    auto& [count, first] = found[link.url];
    if (count++ == 0) first = &link;
  }
  if (found.empty()) return;
  out.say(counted(found.size(), "address", "es").append(" ").append(what));
  std::vector<std::string> sentences;
  for (const auto& [url, seen] : found) {
    const auto& [count, first] = seen;
    sentences.push_back(url + "  (" + first->page + " " + first->at +
                        (count == 1 ? "" : ", " + std::to_string(count) + " times") + ")");
  }
  say_some(out, sentences);
}

void tell(const output& out, const srd::import_report& report, const std::string& directory) {
  for (const srd::import_count& kind : report.kinds)
    if (kind.written != 0)
      out.say("  " + kind.kind + ": " + std::to_string(kind.written) + " of " +
              std::to_string(kind.pages));
  out.say("wrote " + counted(report.written, "page") + " of " + std::to_string(report.pages) +
          " to " + directory + "; " + std::to_string(report.unchanged) + " were there already");
  if (!report.kept.empty()) {
    out.say(counted(report.kept.size(), "page") +
            " kept: what is there differs from the data set (--force writes it anew)");
    say_some(out, report.kept);
  }
  using srd::elsewhere;
  say_unresolved(out, report.unresolved, elsewhere::missing_page,
                 "of things that the data set does not have, left as they are:");
  say_unresolved(out, report.unresolved, elsewhere::list, "of lists, left as they are:");
  say_unresolved(out, report.unresolved, elsewhere::image, "of pictures, left as they are:");
  for (const std::string& file : report.left_out)
    out.say("left out " + file + ": there is no directory for what it holds");
  if (!report.misprints.empty()) {
    out.say(counted(report.misprints.size(), "monster") + " to be looked at:");
    std::vector<std::string> sentences;
    for (const srd::misprint& found : report.misprints)
      sentences.push_back(found.page + ": " + found.why);
    say_some(out, sentences);
  }
}

} // namespace

int init(const request::init& wanted, const settings& chosen, const output& out) {
  const srd::data_set from{wanted.from};
  progress_bar bar{"writing pages"};
  srd::import_options how;
  how.to = chosen.import_dir;
  how.kinds = wanted.kinds;
  how.force = wanted.force;
  how.progress = [&](std::size_t done, std::size_t of) { bar.show(done, of); };
  const srd::import_report report = srd::import_pages(from, how);
  if (out.is_json()) {
    std::string text;
    evstore::json::write(report, text);
    out.say(text);
  } else {
    tell(out, report, how.to.string());
  }
  return exit_status::done;
}

} // namespace dnd
