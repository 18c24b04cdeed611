#pragma once
// What readers of the workload fill, the same for all that are compared.

#include <workload.hpp>

#include <cstddef>

namespace bench {

/// One struct of each type, which keep their memory from event to event.
struct shapes {
  attack_resolved attack;
  damage_taken damage;
  moved move;
  spell_cast spell;
  note_taken note;

  /// `use(struct)` for the one that the type is read into.
  template <class Use>
  void with(std::size_t type, Use use) {
    switch (type) {
    case 0: return use(attack);
    case 1: return use(damage);
    case 2: return use(move);
    case 3: return use(spell);
    default: return use(note);
    }
  }
};

} // namespace bench
