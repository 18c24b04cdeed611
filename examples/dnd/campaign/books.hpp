#pragma once

#include "events.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dnd {

/// What can be looked up at the table. Decisions see only this; where the books lie is the
/// library's business.
class books {
public:
  virtual ~books() = default;

  /// The character or monster of that name, in any case, with spaces or hyphens. Throws
  /// `evstore::error` with file and line if its page is damaged.
  [[nodiscard]] virtual std::optional<stat_block> find_creature(std::string_view name) const = 0;

  /// The entries of a kind (`monsters`, `conditions`, ...), sorted.
  [[nodiscard]] virtual std::vector<std::string> entries(std::string_view kind) const = 0;
};

/// `the books know no damage type "fier"; did you mean fire?`, of a word that is none of a kind.
std::string no_such_entry(std::string_view kind, std::string_view said,
                          std::span<const std::string> known);

} // namespace dnd
