#pragma once

#include <evstore/adapter.hpp>
#include <evstore/convex/answered.hpp>
#include <evstore/convex/endless_body.hpp>
#include <evstore/convex/feed_request.hpp>
#include <evstore/describe.hpp>
#include <evstore/event_record.hpp>
#include <evstore/event_set.hpp>
#include <evstore/json/write.hpp>
#include <evstore/raw_json.hpp>
#include <evstore/stream_facts.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::convex {

/// An event as clients of `/api/events` see it, under the names that a JSONL log has for it.
struct feed_event {
  std::uint64_t position = 0;
  std::string stream;
  std::uint64_t version = 0;
  std::string type;
  std::optional<std::uint32_t> schema; ///< absent: 1
  std::optional<std::string> id;
  timestamp time;
  std::optional<std::array<std::uint32_t, 2>> commit; ///< which of how many; absent: the only one
  std::optional<std::vector<std::string>> tags;
  raw_json data;
  std::optional<raw_json> metadata;

  explicit feed_event(const event_view& event)
      : position{event.position.value()}, stream{event.stream}, version{event.version.value()},
        type{event.type}, time{event.time}, data{on_one_line(event.data)} {
    if (event.schema != 1) schema = event.schema;
    if (event.id) id = event.id->to_string();
    if (event.commit.count > 1) commit = {event.commit.index, event.commit.count};
    if (!event.tags.empty()) tags.emplace(event.tags.begin(), event.tags.end());
    if (!event.metadata.empty()) metadata = on_one_line(event.metadata);
  }

private:
  /// A log that somebody else wrote may have carriage returns between the tokens.
  static raw_json on_one_line(std::string_view text) {
    if (text.find('\r') == text.npos) return raw_json::trusted(text);
    return raw_json{std::string{text}};
  }
};
EVSTORE_DESCRIBE(feed_event, position, stream, version, type, schema, id, time, commit, tags, data,
                 metadata)

/// Events as server-sent events (the text/event-stream of the HTML standard), from a position on and
/// without an end. The id of each is its position, so that an EventSource goes on where it was. Each
/// has the default name `message`, as names of types may be those of an EventSource's own events.
///
/// Only what queries see is sent: whole commits that are durable. Facts of the library, and what the
/// server itself remembers of mutations, are passed over. Reads the log by itself, so that a slow reader
/// has no more in memory than a piece, however far behind it is.
template <class Executor>
class event_feed final : public endless_body {
public:
  /// Throws `bad_request` for a position that is yet to come.
  event_feed(Executor& runs, feed_request asked)
      : runs_{runs}, log_{runs.log()}, which_{asked.as_query()}, stream_{std::move(asked.stream)} {
    upto_ = runs_.head();
    seen_ = asked.after.value_or(upto_);
    if (seen_ > upto_)
      throw bad_request{400, "BadPosition",
                        "the log ends at " + std::to_string(upto_.value()) + ", before the " +
                            std::to_string(seen_.value()) + " that was asked for"};
  }

  void listen(wake_call wake) override { woken_.emplace(runs_.watch_head(std::move(wake))); }

  piece next() override {
    piece made;
    if (!has_begun_) {
      // Of who is cut off before the first event, too, it is known where to go on.
      made.text = "retry: 1000\n" + pulse();
      has_begun_ = true;
      return made;
    }
    if (!cursor_) {
      upto_ = runs_.head();
      if (seen_ >= upto_) return {{}, true};
      cursor_.emplace(open());
    }
    if (!take(cursor_->next(), made.text)) {
      cursor_.reset();
      seen_ = upto_;
    } else if (!made.text.empty()) {
      cursor_.reset(); // and what it holds: the piece may take long to be sent
    }
    return made;
  }

  /// Moves the client on, past what did not concern it.
  [[nodiscard]] std::string pulse() const override {
    return "id: " + std::to_string(seen_.value()) + "\n\n";
  }

private:
  using adapter = typename Executor::adapter_type;
  using cursor = decltype(std::declval<adapter&>().read_all(query::all(), {}));

  static constexpr std::size_t enough = std::size_t{1} << 18;

  cursor open() {
    if (!stream_) return log_.read_all(which_, {.from = seen_.next()});
    return log_.read_stream(*stream_, {.from = version_behind(seen_)});
  }

  /// The first version of the stream behind a position. Logarithmic in the events of the stream.
  stream_version version_behind(global_position at) {
    const stream_state state = log_.state_of(*stream_);
    std::uint64_t first = state.first.value();
    std::uint64_t end = state.version.value() + 1;
    while (first < end) {
      const std::uint64_t middle = first + (end - first) / 2;
      auto one = log_.read_stream(*stream_, {.from = stream_version{middle}, .limit = 1});
      const auto found = one.next();
      if (!found.empty() && found.front().position <= at)
        first = middle + 1;
      else
        end = middle;
    }
    return stream_version{first};
  }

  /// False if that was the last of what queries see.
  bool take(std::span<const event_view> events, std::string& text) {
    if (events.empty()) return false;
    for (const event_view& event : events) {
      if (event.position > upto_) return false;
      if (text.size() >= enough) return true;
      seen_ = event.position;
      if (is_reserved(event.type) || event.type == bookkeeping || !which_.matches(event)) continue;
      text.append("id: ").append(std::to_string(event.position.value())).append("\ndata: ");
      json::write(feed_event{event}, text);
      text.append("\n\n");
    }
    return true;
  }

  static constexpr std::string_view bookkeeping =
      event_name<typename Executor::event_set_type, mutation_answered>;

  Executor& runs_;
  adapter log_;
  const query which_;
  const std::optional<std::string> stream_;
  global_position seen_; // everything up to here was handed out, or does not concern the client
  global_position upto_; // what queries saw when the cursor was made
  bool has_begun_ = false;
  std::optional<cursor> cursor_;
  std::optional<wake_list::place> woken_;
};

} // namespace evstore::convex
