#pragma once

#include <evstore/snapshot.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dnd {

/// When `snapshot.yaml` is written: `every-100` (each time the log passes a multiple of 100
/// events), `by-session` (when a session ends), both joined by a comma, `manual` (only `session
/// save`), or `off` (never, and none is read).
struct snapshot_rhythm {
  std::string name; ///< as it was said
  evstore::snapshot_rule rule;
};

/// Nothing for what is none of them.
std::optional<snapshot_rhythm> parse_snapshot_rhythm(std::string_view text);

} // namespace dnd
