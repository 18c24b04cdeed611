#include "campaign/tone.hpp"

#include <variant>

namespace dnd {

namespace {

struct ear {
  template <class Event>
  tone operator()(const Event&) const {
    return tone::plain;
  }
  tone operator()(const campaign_started&) const { return tone::heading; }
  tone operator()(const session_started&) const { return tone::heading; }
  tone operator()(const session_ended&) const { return tone::heading; }
  tone operator()(const encounter_started&) const { return tone::heading; }
  tone operator()(const encounter_ended&) const { return tone::heading; }
  tone operator()(const turn_started&) const { return tone::turn; }
  tone operator()(const attack_made& e) const {
    switch (e.outcome) {
    case attack_outcome::miss: return tone::quiet;
    case attack_outcome::hit: return tone::plain;
    case attack_outcome::critical: return tone::triumph;
    }
    return tone::plain;
  }
  tone operator()(const damage_dealt& e) const { return e.total > 0 ? tone::harm : tone::quiet; }
  tone operator()(const condition_gained&) const { return tone::wounded; }
  tone operator()(const condition_lost&) const { return tone::relief; }
  tone operator()(const end_defied& e) const { return e.success ? tone::triumph : tone::quiet; }
  tone operator()(const healed&) const { return tone::relief; }
  tone operator()(const rest_taken&) const { return tone::relief; }
  tone operator()(const hit_dice_spent&) const { return tone::relief; }
  tone operator()(const leveled_up&) const { return tone::triumph; }
  tone operator()(const creature_left&) const { return tone::quiet; }
  tone operator()(const undone&) const { return tone::quiet; }
  tone operator()(const snapshot_taken&) const { return tone::quiet; }
};

} // namespace

tone tone_of(const event& happened) { return std::visit(ear{}, happened); }

} // namespace dnd
