#pragma once

#include <evstore/event_record.hpp>

#include <string>

namespace evstore::cli {

/// The event as the JSONL adapter would write it, without a checksum: data and metadata are the
/// stored bytes.
void append_json(std::string& out, const event_view& event);

/// The event on a line for people: position, time, stream@version, type, tags, data. Nothing in it
/// moves a terminal.
void append_words(std::string& out, const event_view& event);

} // namespace evstore::cli
