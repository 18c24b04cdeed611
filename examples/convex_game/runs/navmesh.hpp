#pragma once

#include <evstore/convex/value.hpp>

#include <string>

namespace convex_game {

/// What is wrong with the zones in which figures walk, or nothing: `{zones: [{label, box_2d}]}`, where
/// a box is [ymin, xmin, ymax, xmax], its end not before its beginning. The list may stand alone.
std::string navmesh_defect(const evstore::convex::value& read);

} // namespace convex_game
