#include "game/functions.hpp"

#include <evstore/convex/encode.hpp>
#include <evstore/convex/read_set.hpp>
#include <evstore/expected_version.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>
#include <variant>

namespace convex_game {

namespace {

using convex::value;

struct send_message {
  game_id gameId;
  message_role role = message_role::user;
  std::string content;
  double timestamp = 0;
};
EVSTORE_DESCRIBE(send_message, gameId, role, content, timestamp)

struct list_messages {
  game_id gameId;
  std::optional<convex_game::order> order;
  std::optional<double> limit;
};
EVSTORE_DESCRIBE(list_messages, gameId, order, limit)

/// What `usePaginatedQuery` sends. Of the limits on what is read none is near: a page reads what it
/// shows.
struct page_options {
  double numItems = 0;
  std::variant<std::string, convex::null> cursor;
  std::optional<std::variant<std::string, convex::null>> endCursor;
  std::optional<double> id;
  std::optional<double> maximumRowsRead;
  std::optional<double> maximumBytesRead;
};
EVSTORE_DESCRIBE(page_options, numItems, cursor, endCursor, id, maximumRowsRead, maximumBytesRead)

struct page_messages {
  game_id gameId;
  page_options paginationOpts;
};
EVSTORE_DESCRIBE(page_messages, gameId, paginationOpts)

message_id send(mutation& call, const send_message& asked) {
  static_cast<void>(require_game(call.model(), asked.gameId));
  if (asked.content.empty())
    throw convex::convex_error{convex::object{{"code", "EMPTY_CONTENT"},
                                              {"field", "content"},
                                              {"gameId", asked.gameId.text},
                                              {"minLength", std::int64_t{1}}}};
  message_sent sent = to_event(call, asked.gameId, {asked.role, asked.content});
  sent.timestamp = convex::to_raw_json(asked.timestamp);
  call.write(stream_of(asked.gameId), evstore::stream_exists, sent);
  return {sent.message};
}

// A cursor is the `_creationTime` of the last message of a page, which no other message has; "end"
// is behind all that ever will be.
constexpr std::string_view end_of_all = "end";

[[noreturn]] void refuse_cursor() {
  throw convex::convex_error{
      convex::object{{"isConvexSystemError", true}, {"paginationError", "InvalidCursor"}}};
}

double time_of(const std::string& text) {
  double time = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), time);
  if (failed == std::errc{} && end == text.data() + text.size() && std::isfinite(time)) return time;
  refuse_cursor();
}

/// Where a page ends: said by the client; or decided when a subscription ran first, so that the page
/// grows and shrinks with what is sent, and neither overlaps the next nor leaves a gap; or open.
std::optional<std::string> end_of_page(const page_options& wanted) {
  if (wanted.endCursor)
    if (const auto* const said = std::get_if<std::string>(&*wanted.endCursor)) return *said;
  const convex::query_run* const run = convex::query_run::current();
  return run != nullptr ? run->journal : std::nullopt;
}

/// The messages behind `cursor`, up to the page's end where that is known, and else as many as are
/// wanted.
convex::object page(const tables& seen, const page_messages& asked) {
  const page_options& wanted = asked.paginationOpts;
  const std::size_t most = checked_limit(wanted.numItems);
  const auto all = seen.messages.by<"by_gameId">().prefix(asked.gameId);
  const auto behind = [&](const std::string& cursor) {
    if (cursor == end_of_all) return all.end();
    // What is read was said above: the messages of the game.
    const auto in_order = seen.messages.unrecorded().by<"by_gameId">();
    return in_order.at_most({asked.gameId, time_of(cursor)}).end();
  };
  const auto* const begin = std::get_if<std::string>(&wanted.cursor);
  const auto end = end_of_page(wanted);
  if (begin != nullptr && end && *end != end_of_all &&
      (*begin == end_of_all || time_of(*end) < time_of(*begin)))
    refuse_cursor();

  auto at = begin != nullptr ? behind(*begin) : all.begin();
  const auto stop = end ? behind(*end) : all.end();
  convex::array shown;
  double last = 0;
  for (; at != stop && (end || shown.size() < most); ++at) {
    shown.push_back(convex::to_value(*at));
    last = at->_creationTime;
  }
  const bool is_done = at == all.end() && (!end || *end == end_of_all);
  const std::string next = is_done ? std::string{end_of_all}
                           : end   ? *end
                                   : convex::encode(value{last});
  if (convex::query_run* const run = convex::query_run::current()) run->journal = next;
  return {{"page", std::move(shown)},
          {"isDone", is_done},
          {"continueCursor", next},
          {"splitCursor", nullptr},
          {"pageStatus", nullptr}};
}

} // namespace

void add_messages(functions& all) {
  all.mutation<send_message>("messages:send", send);
  all.query<list_messages>("messages:list", [](const tables& seen, const list_messages& asked) {
    return take(seen.messages.by<"by_gameId">().prefix(asked.gameId), asked.order, asked.limit);
  });
  all.query<page_messages>("messages:page", page);
}

} // namespace convex_game
