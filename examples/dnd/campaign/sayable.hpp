#pragma once

#include "campaign/books.hpp"
#include "campaign/state.hpp"
#include "language/completion.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dnd {

/// The names of who is here, of what they carry and fight with, and of what the books know. Borrows
/// both; reads the books when asked, and takes those that cannot be read for empty.
class sayable_names final : public vocabulary {
public:
  sayable_names(const campaign_state& state, const books& library)
      : state_{state}, library_{library} {}

  [[nodiscard]] std::vector<std::string> names(meaning what,
                                               std::string_view speaker) const override;

private:
  [[nodiscard]] std::vector<std::string> weapons_of(std::string_view speaker) const;
  [[nodiscard]] std::vector<std::string> asked_abilities() const;

  const campaign_state& state_;
  const books& library_;
};

} // namespace dnd
