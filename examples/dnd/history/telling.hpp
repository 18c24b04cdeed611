#pragma once

#include "history/chronicle.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace dnd {

/// Beats in words. Knows who is called what among those who appear together: a character by name, a
/// monster as `the goblin`, or as `Goblin 2` where there are several.
class telling {
public:
  /// Borrows the cast.
  telling(const std::map<std::string, figure>& cast, const std::set<std::string>& appearing);

  /// Within a sentence; `Mirela of the Reeds` is Mirela to those who know her.
  [[nodiscard]] std::string name(const std::string& id) const;
  [[nodiscard]] bool is_character(const std::string& id) const;

  /// `Brunhild, Aldric, two zombies and a goblin`: characters by name, then monsters by kind.
  [[nodiscard]] std::string company(const std::vector<std::string>& ids) const;

  /// `the goblin and Zombie 2`.
  [[nodiscard]] std::string names(const std::vector<std::string>& ids) const;

  /// The beat as a sentence without its first capital and its full stop; empty for what is not
  /// worth one. How many have fallen so far varies the words, so that equal logs give equal texts.
  [[nodiscard]] std::string clause(const beat& told, std::size_t fallen = 0) const;

private:
  [[nodiscard]] std::string attack(const beat& told, std::size_t fallen) const;
  [[nodiscard]] std::string harm(const beat& told) const;
  [[nodiscard]] std::string healing(const beat& told) const;

  const std::map<std::string, figure>& cast_;
  std::set<std::string> one_of_several_;
};

/// How much a beat matters to the story: 0 not at all, 10 as nothing else.
int weight_of(const beat& told, const telling& words);

/// Everybody who appears in a chapter.
std::set<std::string> appearing_in(const chapter& told);

} // namespace dnd
