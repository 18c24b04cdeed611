#pragma once

#include <evstore/position.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace evstore::convex {

/// How an executor is doing: counted since it was made.
struct figures {
  global_position position;          ///< of the newest commit that queries see
  std::uint64_t mutations = 0;       ///< that were told what became of them
  std::uint64_t failed_commits = 0;  ///< of which the store could not keep a promise
  std::uint64_t groups = 0;          ///< of mutations that were told together
  std::uint64_t waiting = 0;         ///< mutations that are not told yet, now
  std::uint64_t live_queries = 0;    ///< different ones that are subscribed to, now
  std::uint64_t live_query_runs = 0; ///< how often such queries were run
  bool is_writable = true;           ///< the last group that had something to store, was stored
};

/// In the text format of Prometheus (version 0.0.4).
[[nodiscard]] inline std::string write_figures(const figures& now) {
  std::string text;
  const auto line = [&](std::string_view name, std::string_view type, std::string_view what,
                        std::uint64_t number) {
    text.append("# HELP evstore_").append(name).append(" ").append(what);
    text.append("\n# TYPE evstore_").append(name).append(" ").append(type);
    text.append("\nevstore_").append(name).append(" ").append(std::to_string(number)).append("\n");
  };
  line("position", "gauge", "Position of the newest commit that queries see.",
       now.position.value());
  line("mutations_total", "counter", "Mutations that were answered.", now.mutations);
  line("failed_commits_total", "counter", "Mutations that the store failed.", now.failed_commits);
  line("mutation_groups_total", "counter", "Groups in which they were answered.", now.groups);
  line("mutations_waiting", "gauge", "Mutations that are not answered yet.", now.waiting);
  line("live_queries", "gauge", "Different queries that are subscribed to.", now.live_queries);
  line("live_query_runs_total", "counter", "Runs of such queries.", now.live_query_runs);
  line("writable", "gauge", "1 if the store took what it was last given.", now.is_writable ? 1 : 0);
  return text;
}

} // namespace evstore::convex
