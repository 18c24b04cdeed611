#pragma once

#include <algorithm>
#include <cstddef>

namespace evstore::convex {

/// How many commits are decided ahead of a log that other programs append to as well. Each time one of
/// them is faster, all that was decided is decided again: so it is half as many from then on, and twice
/// as many whenever all of them were stored. One is decided on what is stored, and never in vain for the
/// sake of another.
class chain_length {
public:
  [[nodiscard]] std::size_t most() const noexcept { return most_; }
  [[nodiscard]] bool is_alone() const noexcept { return most_ == 1; }

  void stored() noexcept { most_ = std::min(longest, 2 * most_); }
  void overtaken() noexcept { most_ = std::max<std::size_t>(1, most_ / 2); }
  /// One of them may be at fault; the others shall not suffer for it.
  void failed() noexcept { most_ = 1; }

  static constexpr std::size_t longest = 256;

private:
  std::size_t most_ = longest;
};

} // namespace evstore::convex
