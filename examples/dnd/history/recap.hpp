#pragma once

#include "history/chronicle.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dnd {

/// What one of the cast did and suffered in a session.
struct recap_figure {
  std::string creature;
  std::string name;
  creature_kind kind = creature_kind::monster;
  tally counts;
  std::optional<standing> start; ///< absent: came during the session
  standing end;
};

struct recap_fight {
  int encounter = 0;
  bool over = false;
  int rounds = 0;
  std::vector<std::string> combatants;
  std::vector<std::string> down; ///< at 0 hit points when it was over
};

/// Something that turned the story.
struct recap_moment {
  std::uint64_t position = 0;
  std::string time;
  int encounter = 0; ///< 0: no fight
  int round = 0;
  int weight = 0; ///< 10: as nothing else
  std::string text;
};

struct recap_part {
  std::string heading; ///< may be empty
  std::vector<std::string> paragraphs;
};

/// A session, retold to be read aloud. Equal logs give equal texts.
struct recap {
  std::string campaign;
  int session = 0;
  std::optional<std::string> title;
  std::string began; ///< times of the first and the last event
  std::string ended;
  bool over = false;
  std::uint64_t from = 0; ///< positions
  std::uint64_t to = 0;
  std::vector<recap_part> parts;
  std::vector<recap_figure> figures;
  std::vector<recap_fight> fights;
  std::vector<recap_moment> moments;
};

recap recap_of(const chronicle& told, const chapter& session);

/// `Session 2, “Ashes of the mine”`; what came before the first has a name of its own.
std::string heading_of(int session, const std::optional<std::string>& title);

/// The session that is meant: the one of that number or, without one, the last. Throws `problem` if
/// there is none.
const chapter& find_chapter(const chronicle& told, std::optional<int> session);

/// For a terminal, in lines of at most `width` letters.
std::string to_text(const recap& told, std::size_t width);

std::string to_json(const recap& told);

} // namespace dnd
