#include "commands.hpp"
#include "output.hpp"
#include "stores.hpp"

#include <evstore/transfer.hpp>

namespace evstore::cli {

namespace {

/// The stream's state, if there is something in it that can be hidden. Throws otherwise.
stream_state require_living(const any_store& log, const std::string& stream) {
  require_name(stream, "stream");
  const stream_state state = log.state_of(stream);
  error_place place;
  place.stream = stream;
  if (state.version == stream_version{})
    throw error{errc::not_found,
                "the stream has no events; `evstore streams` lists those there are", place};
  if (state.tombstoned)
    throw error{errc::conflict, "the stream is tombstoned already: nothing of it is shown", place};
  return state;
}

/// Records a fact about a stream that nobody else has written to meanwhile.
append_receipt record(any_store log, const std::string& stream, stream_version version,
                      std::string_view type, std::string_view data) {
  const new_event event{.type = type, .data = json_view::trusted(data)};
  const stream_write write{stream, exactly(version), {&event, 1}};
  const append_result done = log.append({{&write, 1}, {}});
  if (!done) throw_refusal(done.error());
  return *done;
}

} // namespace

int carry_out(const copy_request& asked) {
  const address from{asked.from};
  const address to{asked.to};
  opened_store source = open(from, access::reading);
  opened_store destination = open(to, access::filling);
  progress_bar bar{"copying"};
  const transfer_report report =
      copy(source.events, destination.events,
           {.progress =
                [&bar](const transfer_progress& so_far) {
                  bar.show(so_far.at.value(), so_far.head.value(), so_far.events);
                },
            .progress_every = 1000});
  destination.settle();
  output out;
  out.line(asked.to + ": " + counted(report.copied, "event") + " copied, " +
           std::to_string(report.found) + " were there; digest " + report.source.to_string());
  out.flush();
  return exit_status::done;
}

int carry_out(const truncate_request& asked) {
  const address where{asked.log};
  const opened_store log = open(where, access::writing);
  const stream_state state = require_living(log.events, asked.stream);
  const stream_version before{asked.before};
  if (before > state.version.next()) {
    error_place place;
    place.stream = asked.stream;
    throw error{errc::invalid_argument,
                "the stream has version " + std::to_string(state.version.value()) +
                    "; --before can be at most one more",
                place};
  }
  output out;
  if (before <= state.first) {
    out.line(asked.stream + ": nothing before version " + std::to_string(asked.before) +
             " is shown; nothing was recorded");
  } else {
    const append_receipt done =
        record(log.events, asked.stream, state.version, fact::truncated, truncated_data(before));
    out.line(asked.stream + ": the events before version " + std::to_string(asked.before) +
             " are hidden, by the fact at position " + std::to_string(done.first.value()));
  }
  out.flush();
  return exit_status::done;
}

int carry_out(const tombstone_request& asked) {
  const address where{asked.log};
  const opened_store log = open(where, access::writing);
  const stream_state state = require_living(log.events, asked.stream);
  const append_receipt done =
      record(log.events, asked.stream, state.version, fact::tombstoned, "{}");
  output out;
  out.line(asked.stream + ": deleted for good, by the fact at position " +
           std::to_string(done.first.value()));
  out.flush();
  return exit_status::done;
}

} // namespace evstore::cli
