#include "language/syntax.hpp"

#include "language/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace dnd {

namespace {

using enum value_kind;
using enum how_often;
using enum meaning;

// What only the game master may say can be said in the game master's name.
constexpr label_rule by_master{"by", speaker};
constexpr label_rule master_rules[]{by_master};

constexpr bool required = true;
constexpr bool optional = false;

// clang-format off: tables read by rows
// What real dice showed counts as much as what the program throws.
constexpr label_rule real_dice{"rolled", faces};
constexpr label_rule who_rules[]{{"by", name, optional, once, creature}, real_dice};
constexpr label_rule must_who_rules[]{{"by", name, required, once, creature}};
constexpr label_rule with_rules[]{{"with", name, optional, list, combatant}, by_master};
constexpr label_rule attack_rules[]{{"by", name, optional, once, creature},
                                    {"with", name, optional, once, weapon},
                                    {"to", name, required, list, creature},
                                    {"dice", dice},
                                    real_dice};
constexpr label_rule damage_rules[]{{"with", name, optional, once, weapon},
                                    {"to", name, optional, once, creature},
                                    {"dice", dice, optional, again},
                                    {"type", name, optional, again, damage_type},
                                    real_dice,
                                    by_master};
constexpr label_rule heal_rules[]{{"to", name, required, once, creature},
                                  {"amount", number},
                                  {"dice", dice},
                                  real_dice,
                                  by_master};
constexpr label_rule rest_rules[]{
    {"by", name, required, once, creature}, {"hit-dice", number}, real_dice};
constexpr label_rule inflict_rules[]{{"to", name, required, once, creature}, by_master};
constexpr label_rule lift_rules[]{{"from", name, required, once, creature}, by_master};
constexpr label_rule give_rules[]{
    {"to", name, required, once, creature}, {"amount", number}, by_master};
constexpr label_rule take_rules[]{
    {"from", name, required, once, creature}, {"amount", number}, by_master};
constexpr label_rule ask_rules[]{{"check", name, required, once, ability},
                                 {"of", name, required, once, creature},
                                 {"dc", number, required},
                                 {"fails", name, optional, once, condition},
                                 {"succeeds", name, optional, once, condition},
                                 by_master};
constexpr label_rule undo_rules[]{
    {"steps", number}, {"turn", number}, {"round", number}, by_master};

constexpr std::array commands{
    syntax{"add",
           {name, required, list, newcomer},
           master_rules,
           "add NAME [and: NAME]...",
           "bring monsters from the books, or a character, into the campaign"},
    syntax{"remove",
           {name, required, list, creature},
           master_rules,
           "remove NAME [and: NAME]...",
           "somebody leaves; add NAME brings them back as they were"},
    syntax{"roll",
           {dice, required},
           who_rules,
           "roll [by: NAME] DICE [rolled: NUMBER...]",
           "throw dice: 3d6+1, 4d6kh3, 2d20kl1, 1d20a (advantage), 1d20d (disadvantage)"},
    syntax{"encounter start",
           {},
           with_rules,
           "encounter start [with: NAME] [and: NAME]...",
           "begin a fight; monsters roll initiative"},
    syntax{"encounter end", {}, master_rules, "encounter end", "end the fight; wounds stay"},
    syntax{"initiative",
           {number},
           who_rules,
           "initiative [by: NAME] [NUMBER | rolled: NUMBER]",
           "roll initiative, or say its total, or what a real die showed"},
    syntax{"turn", {}, master_rules, "turn", "whose turn is next"},
    syntax{
        "attack",
        {},
        attack_rules,
        "attack [by: NAME] [with: WEAPON] to: NAME [and: NAME]... [dice: DICE] [rolled: NUMBER...]",
        "roll against armor class; without by: whose turn it is"},
    syntax{"damage",
           {},
           damage_rules,
           "damage [with: WEAPON] [to: NAME] [dice: DICE type: TYPE]... [rolled: NUMBER...]",
           "hurt somebody; without dice, with the weapon that just hit"},
    syntax{"heal",
           {},
           heal_rules,
           "heal to: NAME amount: NUMBER | dice: DICE [rolled: NUMBER...]",
           "give hit points back, up to the maximum"},
    syntax{"inflict",
           {name, required, once, condition},
           inflict_rules,
           "inflict CONDITION to: NAME",
           "somebody is prone, poisoned, ..."},
    syntax{"lift",
           {name, required, once, condition},
           lift_rules,
           "lift CONDITION from: NAME",
           "somebody is that no longer"},
    syntax{"ask",
           {},
           ask_rules,
           "ask check: ABILITY of: NAME dc: NUMBER [fails: CONDITION] [succeeds: CONDITION]",
           "demand a check; the game waits for it"},
    syntax{"check",
           {name, required, once, asked_ability},
           who_rules,
           "check ABILITY [by: NAME] [rolled: NUMBER]",
           "roll the check that was asked for"},
    syntax{"rest short",
           {},
           rest_rules,
           "rest short by: NAME [hit-dice: NUMBER] [rolled: NUMBER...]",
           "an hour's rest; hit dice may be spent"},
    syntax{"rest long",
           {},
           must_who_rules,
           "rest long by: NAME",
           "a night's rest: all hit points and half of the hit dice"},
    syntax{"level-up", {}, must_who_rules, "level-up by: NAME", "a character gains a level"},
    syntax{"give",
           {name, required, once, goods},
           give_rules,
           "give ITEM to: NAME [amount: NUMBER]",
           "put into an inventory"},
    syntax{"take",
           {name, required, once, carried},
           take_rules,
           "take ITEM from: NAME [amount: NUMBER]",
           "take out of an inventory"},
    syntax{"note", {text, required}, master_rules, "note \"TEXT\"", "write down what happened"},
    syntax{"session start", {name}, master_rules, "session start [TITLE]", "the players have come"},
    syntax{"session end", {}, master_rules, "session end", "the players go home"},
    syntax{"session save",
           {},
           master_rules,
           "session save",
           "take a snapshot, so that loading is fast"},
    syntax{"undo",
           {},
           undo_rules,
           "undo [steps: NUMBER | turn: NUMBER | round: NUMBER]",
           "take the last commands back, or all since a turn or round began; history stays"},
    syntax{"status",
           {name, optional, once, creature},
           {},
           "status [NAME]",
           "how everybody is, or all about one"},
    syntax{"hint", {}, {}, "hint", "what could be done next"},
    syntax{
        "help", {text, optional, once, topic}, {}, "help [COMMAND]", "this list, or one command"},
    syntax{"quit", {}, {}, "quit", "leave; everything is saved already"},
};
// clang-format on

} // namespace

std::string_view first_word(std::string_view keyword) {
  return keyword.substr(0, keyword.find(' '));
}

std::string_view second_word(std::string_view keyword) {
  const std::size_t blank = keyword.find(' ');
  return blank == std::string_view::npos ? std::string_view{} : keyword.substr(blank + 1);
}

const label_rule* find_label(const syntax& of, std::string_view label) {
  const auto found = std::find_if(of.labels.begin(), of.labels.end(), [&](const label_rule& rule) {
    return same_word(rule.label, label);
  });
  return found == of.labels.end() ? nullptr : &*found;
}

std::span<const syntax> all_syntax() { return commands; }

} // namespace dnd
