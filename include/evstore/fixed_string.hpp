#pragma once

#include <evstore/config.hpp>

#include <cstddef>
#include <string_view>

namespace evstore {

/// A text as a template argument: what makes `named<"account_opened", T>` and `by<"by_hp">()` work,
/// and what lets a compiler print the name in its complaint. `N` counts the terminating zero.
template <std::size_t N>
struct fixed_string {
  char text[N]{};

  consteval fixed_string(const char (&literal)[N]) noexcept {
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }

  [[nodiscard]] constexpr std::string_view view() const noexcept { return {text, N - 1}; }
};

} // namespace evstore
