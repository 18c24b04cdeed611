#pragma once

#include "history/chronicle.hpp"
#include "history/telling.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// How a session is retold: sentence by sentence, in paragraphs.

namespace dnd {

/// The clause with a capital letter and an end, unless a note brought its own: “Run!”
std::string as_sentence(std::string clause);

class paragraph {
public:
  /// Nothing for an empty clause.
  void say(std::string clause);

  /// An empty one is none.
  void append_to(std::vector<std::string>& paragraphs) &&;

private:
  std::string text_;
};

/// Tells one beat after the other; those who fall, in words that vary.
class voice {
public:
  /// Borrows the words.
  explicit voice(const telling& words) noexcept : words_{words} {}

  [[nodiscard]] const telling& words() const noexcept { return words_; }
  std::string speak(const beat& told) {
    return words_.clause(told, told.fell ? fallen_++ : fallen_);
  }

private:
  const telling& words_;
  std::size_t fallen_ = 0;
};

/// Who is not there is not up.
bool is_down(const roster& all, const std::string& id);

/// A fight: who against whom, the beats that turned it, and what came of it.
std::vector<std::string> prose_of_fight(const scene& told, voice& speaker);

/// What happened between fights.
std::vector<std::string> prose_of_interlude(const scene& told, voice& speaker);

} // namespace dnd
