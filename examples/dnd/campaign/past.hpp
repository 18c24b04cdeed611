#pragma once

#include "campaign/state.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dnd {

/// A command that made something happen and has not been taken back.
struct step {
  std::uint64_t first = 0; ///< the positions of its events
  std::uint64_t last = 0;
  bool begins_turn = false;
  bool begins_round = false;
  std::string said{}; ///< as it was typed; empty if nobody knows
};

/// What decisions may ask of the campaign's past. Answers may take as long as replaying the log.
class past {
public:
  virtual ~past() = default;

  /// In the order in which they happened.
  [[nodiscard]] virtual std::vector<step> steps() const = 0;

  [[nodiscard]] virtual campaign_state state_before(std::uint64_t position) const = 0;
};

} // namespace dnd
