#pragma once

#include "language/commands.hpp"
#include "language/complaint.hpp"
#include "language/syntax.hpp"

#include <evstore/result.hpp>

#include <string_view>
#include <vector>

namespace dnd {

/// A line that obeys the syntax of one command: every label known, none missing, none said twice.
/// What the values mean is not known yet.
struct phrase {
  struct part {
    std::string_view label; ///< `and:` has become the label that it continues
    mention value;
  };

  const syntax* of = nullptr;
  mention keyword;           ///< as it was said
  std::vector<mention> bare; ///< more than one only with `and:`
  std::vector<part> parts;   ///< in the order of the line

  [[nodiscard]] const mention* find(std::string_view label) const;
  [[nodiscard]] std::vector<mention> all(std::string_view label) const;
};

/// Reads a line that is not silent. Keywords and labels in any case.
evstore::result<phrase, complaint> read_phrase(std::string_view line);

} // namespace dnd
