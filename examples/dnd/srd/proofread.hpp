#pragma once

#include "campaign/books.hpp"
#include "srd/data_set.hpp"

#include <evstore/describe.hpp>

#include <string>
#include <vector>

namespace dnd::srd {

/// Something about a page that a game master should know before it is played.
struct misprint {
  std::string page;
  std::string why;
};
EVSTORE_DESCRIBE(misprint, page, why)

/// What is wrong with the monsters of the data set as they stand in the books: those that the game
/// cannot read or no command can name, and those whose hit points are not the average of their
/// `hit_points_roll`, rounded down and at least 1.
std::vector<misprint> proofread(const data_set& from, const books& library);

} // namespace dnd::srd
