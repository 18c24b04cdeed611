#include "language/syntax.hpp"

#include <array>

namespace dnd {

namespace {

using enum value_kind;
using enum how_often;

// What only the game master may say can be said in the game master's name.
constexpr label_rule by_master{"by", speaker};
constexpr label_rule master_rules[]{by_master};

constexpr label_rule by_rule[]{{"by", name}};
constexpr label_rule must_by_rule[]{{"by", name, true}};
constexpr label_rule with_rules[]{{"with", name, false, list}, by_master};
constexpr label_rule attack_rules[]{
    {"by", name, true}, {"with", name}, {"to", name, true, list}, {"dice", dice}};
constexpr label_rule damage_rules[]{{"with", name},
                                    {"to", name},
                                    {"dice", dice, false, again},
                                    {"type", name, false, again},
                                    by_master};
constexpr label_rule heal_rules[]{
    {"to", name, true}, {"amount", number}, {"dice", dice}, by_master};
constexpr label_rule rest_rules[]{{"by", name, true}, {"hit-dice", number}};
constexpr label_rule give_rules[]{{"to", name, true}, by_master};
constexpr label_rule take_rules[]{{"from", name, true}, by_master};
constexpr label_rule ask_rules[]{{"check", name, true}, {"of", name, true}, {"dc", number, true},
                                 {"fails", name},       {"succeeds", name}, by_master};
constexpr label_rule undo_rules[]{
    {"steps", number}, {"turn", number}, {"round", number}, by_master};

constexpr bool required = true;
constexpr bool optional = false;

// clang-format off: a table reads by rows
constexpr std::array commands{
    syntax{"add", name, required, list, master_rules, "add NAME [and: NAME]...",
           "bring monsters from the books, or a character, into the campaign"},
    syntax{"roll", dice, required, once, by_rule, "roll [by: NAME] DICE",
           "throw dice: 3d6+1, 4d6kh3, 2d20kl1, 1d20a (advantage), 1d20d (disadvantage)"},
    syntax{"encounter start", none, optional, once, with_rules,
           "encounter start [with: NAME] [and: NAME]...",
           "begin a fight; monsters roll initiative"},
    syntax{"encounter end", none, optional, once, master_rules, "encounter end",
           "end the fight; wounds stay"},
    syntax{"initiative", number, optional, once, by_rule, "initiative [by: NAME] [NUMBER]",
           "roll initiative, or say what a real die showed"},
    syntax{"turn", none, optional, once, master_rules, "turn", "whose turn is next"},
    syntax{"attack", none, optional, once, attack_rules,
           "attack by: NAME [with: WEAPON] to: NAME [and: NAME]... [dice: DICE]",
           "roll against armor class"},
    syntax{"damage", none, optional, once, damage_rules,
           "damage [with: WEAPON] [to: NAME] [dice: DICE type: TYPE]...",
           "hurt somebody; without dice, with the weapon that just hit"},
    syntax{"heal", none, optional, once, heal_rules, "heal to: NAME amount: NUMBER | dice: DICE",
           "give hit points back, up to the maximum"},
    syntax{"ask", none, optional, once, ask_rules,
           "ask check: ABILITY of: NAME dc: NUMBER [fails: CONDITION] [succeeds: CONDITION]",
           "demand a check; the game waits for it"},
    syntax{"check", name, required, once, by_rule, "check ABILITY [by: NAME]",
           "roll the check that was asked for"},
    syntax{"rest short", none, optional, once, rest_rules, "rest short by: NAME [hit-dice: NUMBER]",
           "an hour's rest; hit dice may be spent"},
    syntax{"rest long", none, optional, once, must_by_rule, "rest long by: NAME",
           "a night's rest: all hit points and half of the hit dice"},
    syntax{"level-up", none, optional, once, must_by_rule, "level-up by: NAME",
           "a character gains a level"},
    syntax{"give", name, required, once, give_rules, "give ITEM to: NAME", "put into an inventory"},
    syntax{"take", name, required, once, take_rules, "take ITEM from: NAME",
           "take out of an inventory"},
    syntax{"note", text, required, once, {}, "note \"TEXT\"", "write down what happened"},
    syntax{"session start", name, optional, once, master_rules, "session start [TITLE]",
           "the players have come"},
    syntax{"session end", none, optional, once, master_rules, "session end", "the players go home"},
    syntax{"session save", none, optional, once, master_rules, "session save",
           "take a snapshot, so that loading is fast"},
    syntax{"undo", none, optional, once, undo_rules,
           "undo [steps: NUMBER | turn: NUMBER | round: NUMBER]",
           "take the last commands back, or all since a turn or round began; history stays"},
    syntax{"hint", none, optional, once, {}, "hint", "what could be done next"},
    syntax{"help", text, optional, once, {}, "help [COMMAND]", "this list, or one command"},
    syntax{"quit", none, optional, once, {}, "quit", "leave; everything is saved already"},
};
// clang-format on

} // namespace

std::span<const syntax> all_syntax() { return commands; }

} // namespace dnd
