#pragma once

#include "history/chronicle.hpp"
#include "report/markup.hpp"

#include <string>
#include <vector>

/// The drawings of a report. Each is sized by the page, so that it fits a telephone and a sheet of
/// paper, says in words what it shows, and stays readable and small however long the log is.

namespace dnd {

/// Hit points over the whole log, a line a creature, at most eight of them.
void draw_hit_points(markup& page, const chronicle& told, const std::vector<std::string>& shown);

/// The hit points of one creature from its coming to its last wound.
void draw_spark(markup& page, const figure& who, std::uint64_t end);

/// Who dealt and who took how much, most first; what has no room is summed up.
void draw_damage(markup& page, const chronicle& told);

/// A share as a bar, `from_right` as its mirror image.
void draw_bar(markup& page, double share, const char* kind, bool from_right = false);

/// One fight: a lane a combatant, a column a turn, or several rounds where there are too many.
void draw_fight(markup& page, const chronicle& told, const chapter& session, const scene& fight);
void draw_fight_legend(markup& page);

} // namespace dnd
