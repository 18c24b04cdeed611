#pragma once

#include "campaign/state.hpp"
#include "events.hpp"

#include <evstore/describe.hpp>
#include <evstore/event_set.hpp>

#include <concepts>

/// What is stored, and under which names: the log's events and the snapshot's state.

namespace dnd {

EVSTORE_DESCRIBE_ENUM(creature_kind, monster, character)
EVSTORE_DESCRIBE_ENUM(rest_length, short_rest, long_rest)
EVSTORE_DESCRIBE_ENUM(attack_outcome, miss, hit, critical)

EVSTORE_DESCRIBE(dice_roll, expression, total, raw, kept, dropped, modifier)
EVSTORE_DESCRIBE(ability_scores, strength, dexterity, constitution, intelligence, wisdom, charisma)
EVSTORE_DESCRIBE(damage_dice, dice, type)
EVSTORE_DESCRIBE(attack_option, name, bonus, damage)
EVSTORE_DESCRIBE(stat_block, name, kind, source, armor_class, hit_points, hit_dice, hit_die, level,
                 abilities, damage_immunities, damage_resistances, damage_vulnerabilities,
                 condition_immunities, traits, attacks, equipment)

EVSTORE_DESCRIBE(creature, name, kind, source, hp, max_hp, armor_class, level, hit_dice, hit_die,
                 hit_dice_used, abilities, conditions, inventory, damage_immunities,
                 damage_resistances, damage_vulnerabilities, condition_immunities, traits, attacks)
EVSTORE_DESCRIBE(encounter, active, number, round, turn, combatants, initiatives, turn_order)
EVSTORE_DESCRIBE(pending_attack, attacker, weapon, target, outcome)
EVSTORE_DESCRIBE(pending_check, creature, ability, dc, fails, succeeds)

EVSTORE_DESCRIBE(campaign_started, name, campaign)
EVSTORE_DESCRIBE(session_started, session, title)
EVSTORE_DESCRIBE(session_ended, session)
EVSTORE_DESCRIBE(world_event_noted, text, by)
EVSTORE_DESCRIBE(snapshot_taken, position, file, digest, reason)
EVSTORE_DESCRIBE(creature_added, creature, stats)
EVSTORE_DESCRIBE(creature_left, creature)
EVSTORE_DESCRIBE(creature_returned, creature)
EVSTORE_DESCRIBE(damage_part, type, roll, dealt, because)
EVSTORE_DESCRIBE(damage_dealt, target, cause, parts, total)
EVSTORE_DESCRIBE(end_defied, creature, trait, dc, roll, success)
EVSTORE_DESCRIBE(healed, target, amount, roll)
EVSTORE_DESCRIBE(rest_taken, creature, rest, hit_dice_regained)
EVSTORE_DESCRIBE(hit_dice_spent, creature, count, roll, healed)
EVSTORE_DESCRIBE(leveled_up, creature, level, hit_points)
EVSTORE_DESCRIBE(inventory_changed, creature, item, change)
EVSTORE_DESCRIBE(condition_gained, creature, condition)
EVSTORE_DESCRIBE(condition_lost, creature, condition)
EVSTORE_DESCRIBE(dice_rolled, by, expression, total, raw, kept, dropped, modifier)
EVSTORE_DESCRIBE(check_asked, creature, ability, dc, fails, succeeds)
EVSTORE_DESCRIBE(check_made, creature, ability, dc, roll, success)
EVSTORE_DESCRIBE(encounter_started, encounter)
EVSTORE_DESCRIBE(combatant_joined, creature)
EVSTORE_DESCRIBE(initiative_rolled, creature, total, roll)
EVSTORE_DESCRIBE(turn_started, creature, round)
EVSTORE_DESCRIBE(attack_made, attacker, weapon, target, roll, armor_class, outcome)
EVSTORE_DESCRIBE(encounter_ended, encounter)
EVSTORE_DESCRIBE(undone, first, last, commands, gone, creatures, session, session_open, encounter,
                 pending_attacks, pending_checks, away, said)

EVSTORE_DESCRIBE(campaign_state, name, id, session, session_open, creatures, away, encounter,
                 pending_attacks, pending_checks)

/// Every event of a campaign's log.
struct campaign_events
    : evstore::event_set<
          evstore::named<"campaign_started", campaign_started>,
          evstore::named<"session_started", session_started>,
          evstore::named<"session_ended", session_ended>,
          evstore::named<"world_event_noted", world_event_noted>,
          evstore::named<"snapshot_taken", snapshot_taken>,
          evstore::named<"creature_added", creature_added>,
          evstore::named<"damage_dealt", damage_dealt>, evstore::named<"end_defied", end_defied>,
          evstore::named<"healed", healed>, evstore::named<"rest_taken", rest_taken>,
          evstore::named<"hit_dice_spent", hit_dice_spent>,
          evstore::named<"leveled_up", leveled_up>,
          evstore::named<"inventory_changed", inventory_changed>,
          evstore::named<"condition_gained", condition_gained>,
          evstore::named<"condition_lost", condition_lost>,
          evstore::named<"dice_rolled", dice_rolled>, evstore::named<"check_asked", check_asked>,
          evstore::named<"check_made", check_made>,
          evstore::named<"encounter_started", encounter_started>,
          evstore::named<"combatant_joined", combatant_joined>,
          evstore::named<"initiative_rolled", initiative_rolled>,
          evstore::named<"turn_started", turn_started>, evstore::named<"attack_made", attack_made>,
          evstore::named<"encounter_ended", encounter_ended>, evstore::named<"undone", undone>,
          evstore::named<"creature_left", creature_left>,
          evstore::named<"creature_returned", creature_returned>> {};

static_assert(std::same_as<evstore::variant_of<campaign_events>, event>,
              "events.hpp and the event set list the same events in the same order");

} // namespace dnd
