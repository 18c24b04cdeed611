#pragma once

#include <evstore/config.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>

namespace evstore {

/// A view of a text behind which some bytes may be read, not trusted: who scans it loads whole words
/// and finds out afterwards what of them it needed. Made of anything else that is text, it says that
/// nothing behind it may be read, so that only whoever owns the memory can promise more.
class padded_text : public std::string_view {
public:
  constexpr padded_text() noexcept = default;
  template <std::convertible_to<std::string_view> Text>
  constexpr padded_text(const Text& text) noexcept(noexcept(std::string_view{text}))
      : std::string_view{text} {}

  /// `room` bytes behind the text stay readable as long as the text is.
  static constexpr padded_text with_room(std::string_view text, std::size_t room) noexcept {
    padded_text padded{text};
    padded.room_ = room;
    return padded;
  }
  [[nodiscard]] constexpr std::size_t room() const noexcept { return room_; }

  void swap(std::string_view&) = delete; // which would leave the room behind

private:
  std::size_t room_ = 0;
};

} // namespace evstore
