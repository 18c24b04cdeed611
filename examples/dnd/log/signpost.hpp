#pragma once

#include <evstore/describe.hpp>
#include <evstore/event_set.hpp>

#include <string>

namespace dnd {

/// The last entry of a log on a server whose campaign goes on in another: the schema of that one. It is
/// no event of the campaign. A program that does not know it refuses the log, and so does not play on
/// where nobody looks any more.
struct log_continued {
  std::string schema;
};
EVSTORE_DESCRIBE(log_continued, schema)

struct signposts : evstore::event_set<evstore::named<"log_continued", log_continued>> {};

} // namespace dnd
