#pragma once

#include <evstore/admission.hpp>
#include <evstore/commit.hpp>
#include <evstore/error.hpp>
#include <evstore/event_record.hpp>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace evstore::jsonl {

/// Whether an append could have written the events of a log, each by itself. Another program may have
/// written what none takes: it is read like any event, and cannot be copied.
class admissibility {
public:
  /// Why no append would take this event behind those asked about before; empty if one would.
  [[nodiscard]] std::string defect_of(const event_record& event) {
    if (ended_.count(event.stream) != 0) return "its stream has ended with a tombstone";
    const std::vector<std::string_view> tags{event.tags.begin(), event.tags.end()};
    const new_event appended{.type = event.type,
                             .data = json_view::trusted(event.data),
                             .schema = event.schema,
                             .id = event.id,
                             .tags = tags,
                             .metadata = json_view::trusted(event.metadata),
                             .time = event.time};
    const stream_write write{event.stream, any, {&appended, 1}};
    try {
      require_valid({{&write, 1}, {}});
    } catch (const error& why) {
      return why.message();
    }
    if (event.type == fact::tombstoned) ended_.insert(event.stream);
    return {};
  }

private:
  std::set<std::string, std::less<>> ended_;
};

} // namespace evstore::jsonl
