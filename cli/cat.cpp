#include "commands.hpp"
#include "event_text.hpp"
#include "output.hpp"
#include "stores.hpp"

#include <algorithm>
#include <csignal>

namespace evstore::cli {

namespace {

volatile std::sig_atomic_t stopped = 0;

query query_of(const cat_request& asked) {
  if (asked.types.empty() && asked.tags.empty()) return query::all();
  return query{{query_item{asked.types, asked.tags}}};
}

/// Writes the events that were asked for, in the order that they come in.
class event_writer {
public:
  event_writer(const cat_request& asked, output& out) : asked_{&asked}, out_{&out} {}

  /// False once no further event of the cursor can be wanted.
  bool write(const event_view& event) {
    const std::uint64_t position = event.position.value();
    if (asked_->backwards ? asked_->from && position < *asked_->from
                          : asked_->to && position > *asked_->to)
      return false;
    if (!matches(event)) return true;
    if (asked_->limit && written_ >= *asked_->limit) return false;
    line_.clear();
    asked_->json ? append_json(line_, event) : append_words(line_, event);
    out_->write(line_);
    ++written_;
    return out_->wanted() && !is_full();
  }

  [[nodiscard]] bool is_full() const { return asked_->limit && written_ >= *asked_->limit; }

private:
  [[nodiscard]] bool matches(const event_view& event) const {
    const std::uint64_t position = event.position.value();
    return (!asked_->from || position >= *asked_->from) &&
           (!asked_->to || position <= *asked_->to) &&
           (asked_->stream.empty() || event.stream == asked_->stream) &&
           (!asked_->after_time || event.time >= *asked_->after_time) &&
           (!asked_->before_time || event.time <= *asked_->before_time);
  }

  const cat_request* asked_;
  output* out_;
  std::uint64_t written_ = 0;
  std::string line_;
};

/// False if the writer wants no more.
bool write_all(any_cursor cursor, const query& which, event_writer& to) {
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const event_view& event : batch)
      if (which.matches(event) && !to.write(event)) return false;
  return true;
}

any_cursor cursor_of(const any_store& log, const cat_request& asked, const query& which) {
  const direction order = asked.backwards ? direction::backwards : direction::forwards;
  if (!asked.stream.empty()) return log.read_stream(asked.stream, {.order = order});
  store_range range{.order = order};
  if (const auto& begin = asked.backwards ? asked.to : asked.from)
    range.from = global_position{*begin};
  return log.read_all(which, range);
}

/// Until the user has seen enough: Ctrl-C, `--limit`, `--to`, or the reader of the output goes away.
void follow(const any_store& log, global_position seen, const query& which, event_writer& to,
            output& out) {
  constexpr std::chrono::milliseconds patience{200};
  while (stopped == 0 && out.is_read()) {
    const global_position head = log.wait_beyond(seen, patience);
    if (head <= seen) continue;
    auto cursor = log.read_all(query::all(), {.from = seen.next()});
    for (auto batch = cursor.next(); !batch.empty() && stopped == 0; batch = cursor.next())
      for (const event_view& event : batch) {
        seen = event.position;
        if (which.matches(event) && !to.write(event)) return;
      }
    out.flush();
    if (stopped == 0) seen = std::max(seen, head); // the last events may be hidden already
  }
}

} // namespace

int carry_out(const cat_request& asked) {
  const query which = query_of(asked);
  if (!asked.stream.empty()) require_name(asked.stream, "stream");
  const address where{asked.log};
  const opened_store log = open(where, access::reading);
  output out;
  event_writer writer{asked, out};
  if (asked.follow) {
    std::signal(SIGINT, [](int) { stopped = 1; });
    std::signal(SIGTERM, [](int) { stopped = 1; });
    const std::uint64_t from = asked.from.value_or(1);
    if (asked.limit != 0)
      follow(log.events, global_position{from == 0 ? 0 : from - 1}, which, writer, out);
  } else {
    static_cast<void>(write_all(cursor_of(log.events, asked, which), which, writer));
  }
  out.flush();
  return exit_status::done;
}

} // namespace evstore::cli
