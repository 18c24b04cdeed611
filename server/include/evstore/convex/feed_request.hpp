#pragma once

#include <evstore/convex/http_body.hpp>
#include <evstore/error.hpp>
#include <evstore/position.hpp>
#include <evstore/query.hpp>
#include <evstore/stream_name.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace evstore::convex {

/// Which events a client of `/api/events` wants.
struct feed_request {
  std::optional<global_position> after; ///< absent: what comes from now on
  std::optional<std::string> stream;
  query_item which{}; ///< any event if it names nothing

  [[nodiscard]] query as_query() const {
    if (which.types.empty() && which.tags.empty()) return query::all();
    return query{{which}};
  }
};

namespace detail {

inline global_position parse_position(std::string_view what, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size())
    throw bad_request{400, "BadPosition", std::string{what} + " is no position of the log"};
  return global_position{number};
}

} // namespace detail

/// `from=N`, `stream=...`, any number of `type=...`, of which one has to be the event's, and of
/// `tag=...`, all of which it has to bear. `last_event_id` is what a client says that comes back, and
/// counts for more than `from`, which it said when it came first. Throws `bad_request`.
[[nodiscard]] inline feed_request parse_feed_request(
    std::string_view parameters, std::optional<std::string_view> last_event_id) {
  feed_request asked;
  std::optional<global_position> from;
  for (auto& [name, text] : parse_parameters(parameters)) {
    if (name == "from" && !from)
      from = detail::parse_position("`from`", text);
    else if (name == "stream" && !asked.stream)
      asked.stream = std::move(text);
    else if (name == "type")
      asked.which.types.push_back(std::move(text));
    else if (name == "tag")
      asked.which.tags.push_back(std::move(text));
    else
      throw bad_request{400, "BadParameter",
                        "/api/events takes from and stream, each once, type and tag, and not `" +
                            evstore::detail::one_line(name.substr(0, 100)) + "`"};
  }
  if (last_event_id && !last_event_id->empty())
    asked.after = detail::parse_position("Last-Event-ID", *last_event_id);
  else if (from)
    asked.after = global_position{from->value() - (from->value() == 0 ? 0 : 1)};
  try {
    if (asked.stream) require_name(*asked.stream, "stream");
    static_cast<void>(asked.as_query());
  } catch (const error& wrong) {
    throw bad_request{400, "BadParameter", wrong.message()};
  }
  return asked;
}

} // namespace evstore::convex
