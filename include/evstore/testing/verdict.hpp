#pragma once

#include <evstore/config.hpp>

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace evstore::testing {

/// Text for people, which the compiler does without: always empty in constant evaluation, where a
/// `std::string` of libstdc++ 12 cannot be moved or returned.
class words {
public:
  constexpr words() = default;
  explicit words(const std::string& text) : text_(text.begin(), text.end()) {}

  [[nodiscard]] std::string text() const { return {text_.begin(), text_.end()}; }

private:
  std::vector<char> text_;
};

/// Whether something held, and if not, why, in words. Any test framework's check takes it
/// (`CHECK(given<account>(...).when(close).then(account_closed{}))`) and prints the words; so does
/// `static_assert`, for which the words are left out. Ignoring it would be a test that tests
/// nothing.
class [[nodiscard]] verdict {
public:
  [[nodiscard]] static constexpr verdict holds() { return verdict{true, {}}; }
  [[nodiscard]] static constexpr verdict fails(words why) { return verdict{false, std::move(why)}; }
  [[nodiscard]] static verdict fails(const std::string& why) { return fails(words{why}); }

  [[nodiscard]] constexpr explicit operator bool() const noexcept { return holds_; }
  /// Empty when it held.
  [[nodiscard]] std::string why() const { return why_.text(); }

  template <class Char, class Traits>
  friend std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out,
                                                      const verdict& shown) {
    return out << (shown.holds_ ? "holds" : shown.why().c_str());
  }

private:
  constexpr verdict(bool holds, words why) : holds_{holds}, why_{std::move(why)} {}

  bool holds_;
  words why_;
};

} // namespace evstore::testing
