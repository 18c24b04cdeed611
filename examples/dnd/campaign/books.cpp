#include "campaign/books.hpp"

#include "language/text.hpp"

#include <algorithm>
#include <cstddef>

namespace dnd {

std::string no_such_entry(std::string_view kind, std::string_view said,
                          std::span<const std::string> known) {
  std::string one{kind.substr(0, kind.size() - (kind.ends_with('s') ? 1 : 0))};
  std::replace(one.begin(), one.end(), '-', ' ');
  const auto meant = nearest(said, known);
  constexpr std::size_t most_listed = 30;
  return "the books know no " + one + " \"" + std::string{said} + "\"" +
         (meant                         ? "; did you mean " + *meant + "?"
          : known.size() <= most_listed ? "; they know " + in_words(known)
                                        : "");
}

} // namespace dnd
