#pragma once

// A small program to serve: rooms and what is said in them.

#include <evstore/convex/executor.hpp>
#include <evstore/evstore.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace chat {

namespace convex = evstore::convex;

struct room_opened {
  std::string id;
  std::string title;
};
EVSTORE_DESCRIBE(room_opened, id, title)

struct message_sent {
  std::string id;
  std::string room;
  evstore::raw_json content;
};
EVSTORE_DESCRIBE(message_sent, id, room, content)

struct events : evstore::event_set<evstore::named<"room_opened", room_opened>,
                                   evstore::named<"message_sent", message_sent>,
                                   convex::named_mutation_answered> {};

struct message {
  convex::id<"messages"> _id;
  double _creationTime = 0;
  convex::id<"rooms"> room;
  convex::value content;
};
EVSTORE_DESCRIBE(message, _id, _creationTime, room, content)

struct model {
  std::vector<std::string> rooms;
  std::vector<message> messages;

  void evolve(const room_opened& event) { rooms.push_back(event.id); }
  void evolve(const message_sent& event, const evstore::event_view& recorded) {
    messages.push_back({{event.id},
                        convex::creation_time(recorded.time),
                        {event.room},
                        convex::decode(event.content)});
  }
};

struct open_room {
  std::string title;
};
EVSTORE_DESCRIBE(open_room, title)

struct send_message {
  convex::id<"rooms"> room;
  convex::value content;
};
EVSTORE_DESCRIBE(send_message, room, content)

struct list_messages {
  convex::id<"rooms"> room;
  std::optional<double> limit;
};
EVSTORE_DESCRIBE(list_messages, room, limit)

struct newest_messages {
  convex::id<"rooms"> room;
  double most = 0;
};
EVSTORE_DESCRIBE(newest_messages, room, most)

/// A page of messages, the newest first. Its end stays where it was when a subscription began, whatever
/// is sent since: that is the journal.
inline std::vector<message> page(const model& seen, const newest_messages& asked) {
  convex::query_run* const run = convex::query_run::current();
  const auto end = run != nullptr ? run->journal : std::nullopt;
  std::vector<message> found;
  for (auto each = seen.messages.rbegin(); each != seen.messages.rend(); ++each) {
    if (each->room != asked.room) continue;
    if (!end && static_cast<double>(found.size()) >= asked.most) break;
    found.push_back(*each);
    if (end && each->_id.text == *end) break;
  }
  if (run != nullptr && !found.empty()) run->journal = found.back()._id.text;
  return found;
}

using mutation = convex::mutation<events, model>;

inline convex::functions<events, model> functions() {
  convex::functions<events, model> all{{"rooms", "messages"}};
  all.mutation<open_room>("rooms:open", [](mutation& call, const open_room& asked) {
    const auto id = call.new_id<convex::id<"rooms">>();
    call.write("room-" + id.text, evstore::no_stream, room_opened{id.text, asked.title});
    return id;
  });
  all.mutation<send_message>("messages:send", [](mutation& call, const send_message& sent) {
    const auto id = call.new_id<convex::id<"messages">>();
    call.write("room-" + sent.room.text, evstore::stream_exists,
               message_sent{id.text, sent.room.text, convex::to_raw_json(sent.content)});
    if (const auto* const text = sent.content.get_if<std::string>(); text && text->empty())
      throw convex::convex_error{
          convex::object{{"code", "EMPTY_CONTENT"}, {"minLength", std::int64_t{1}}}};
    return id;
  });
  all.query<list_messages>("messages:list", [](const model& seen, const list_messages& asked) {
    std::vector<message> found;
    for (const message& each : seen.messages)
      if (each.room == asked.room) found.push_back(each);
    if (asked.limit && static_cast<double>(found.size()) > *asked.limit)
      found.resize(static_cast<std::size_t>(*asked.limit));
    return found;
  });
  all.query<newest_messages>("messages:page", page);
  all.query<convex::no_arguments>("rooms:count", [](const model& seen, const auto&) {
    return static_cast<double>(seen.rooms.size());
  });
  all.query<convex::no_arguments>("rooms:newest", [](const model& seen, const auto&) {
    return seen.rooms.empty() ? std::nullopt : std::optional{seen.rooms.back()};
  });
  all.query<convex::value>("echo", [](const model&, const convex::value& given) { return given; });
  all.query<convex::no_arguments>(
      "broken:query", [](const model&, const auto&) { throw std::runtime_error{"out of luck"}; });
  all.query<convex::no_arguments>("broken:deep", [](const model&, const auto&) {
    convex::value deep;
    for (int i = 0; i < 65; ++i) deep = convex::array{std::move(deep)};
    return deep;
  });
  all.action<open_room>("rooms:openTwice", [](convex::caller& call, const open_room& asked) {
    const convex::value title = convex::object{{"title", asked.title}};
    call.run_mutation("rooms:open", title);
    call.run_mutation("rooms:open", title);
    return call.run_query("rooms:count", convex::object{});
  });
  all.internal_mutation<convex::no_arguments>(
      "rooms:close",
      [](mutation&, const convex::no_arguments&) { return convex::value{"closed"}; });
  all.internal_query<convex::no_arguments>(
      "rooms:secret", [](const model&, const convex::no_arguments&) { return true; });
  all.action<convex::no_arguments>("rooms:closeAll",
                                   [](convex::caller& call, const convex::no_arguments&) {
                                     return call.run_mutation("rooms:close", convex::object{});
                                   });
  return all;
}

template <class Adapter>
using executor = convex::executor<events, Adapter, model>;

} // namespace chat
