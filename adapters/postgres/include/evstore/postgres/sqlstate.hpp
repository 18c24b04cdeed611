#pragma once

#include <evstore/error.hpp>

#include <string_view>

namespace evstore::postgres {

/// What a SQLSTATE (appendix A of PostgreSQL's manual) means for the caller of an adapter. A statement
/// that the server was stopped in, or that was cut off, has no certain fate: `connection_lost`.
constexpr errc classify(std::string_view state) noexcept {
  const std::string_view family = state.substr(0, 2);
  if (state.empty() || family == "08") return errc::connection_lost; // no answer, or a broken one
  if (state == "57P01" || state == "57P02" || state == "57P03") return errc::connection_lost;
  if (state == "57P05" || state == "40003" || state == "53300") return errc::connection_lost;
  if (state == "57014") return errc::cancelled; // by a timeout or by hand
  if (state == "55P03") return errc::locked;    // lock_timeout
  if (state == "25006" || state == "42501") return errc::read_only;
  if (state == "53100") return errc::storage_full;
  if (state == "XX001" || state == "XX002") return errc::corrupt;
  if (state == "3F000" || state == "42P01" || state == "42883" || state == "3D000")
    return errc::not_found;
  if (family == "28") return errc::invalid_argument; // authentication
  if (family == "54" || family == "0A")
    return errc::unsupported; // a limit, or a thing it cannot do
  return errc::io_failed;
}

/// The transaction was rolled back because of what others did at the same time: the same call again
/// may well succeed.
constexpr bool is_lost_race(std::string_view state) noexcept {
  return state == "40001" || state == "40P01" || state == "23505";
}

} // namespace evstore::postgres
