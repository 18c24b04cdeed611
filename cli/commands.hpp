#pragma once

#include <evstore/timestamp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace evstore::cli {

/// What the commands were asked, a struct each; `carry_out` does it and returns the exit status.
/// Failures are thrown.

namespace exit_status {
inline constexpr int done = 0;
inline constexpr int failed = 1; ///< or damaged
inline constexpr int usage = 2;
} // namespace exit_status

struct stat_request {
  std::string log;
  bool json = false;
};

struct cat_request {
  std::string log;
  std::vector<std::string> types{};
  std::vector<std::string> tags{}; ///< all of them
  std::string stream{};
  std::optional<timestamp> after_time{};  ///< inclusive
  std::optional<timestamp> before_time{}; ///< inclusive
  std::optional<std::uint64_t> from{};
  std::optional<std::uint64_t> to{}; ///< inclusive
  std::optional<std::uint64_t> limit{};
  bool backwards = false;
  bool follow = false;
  bool json = false;
};

struct streams_request {
  std::string log;
  std::string prefix{};
  bool json = false;
};

struct verify_request {
  std::string log;
  bool json = false;
};

struct repair_request {
  std::string log;
  bool yes = false;
};

struct copy_request {
  std::string from;
  std::string to;
};

struct truncate_request {
  std::string log;
  std::string stream;
  std::uint64_t before = 0;
};

struct tombstone_request {
  std::string log;
  std::string stream;
};

/// A member of a foreign object, or the same text for every line.
struct import_request {
  std::string file; ///< `-`: standard input
  std::string log;
  std::string type{};
  std::string type_from{};
  std::string stream{};
  std::string stream_from{};
  std::string time_from{}; ///< empty: the time of the import
  std::string time_unit{}; ///< of times that are numbers: s, ms, us; empty: they are refused
  std::uint64_t from_line = 1;
};

struct export_request {
  std::string log;
  std::string file{}; ///< empty or `-`: standard output
  std::string type_to{};
  std::string stream_to{};
  std::string time_to{};
};

int carry_out(const stat_request&);
int carry_out(const cat_request&);
int carry_out(const streams_request&);
int carry_out(const verify_request&);
int carry_out(const repair_request&);
int carry_out(const copy_request&);
int carry_out(const truncate_request&);
int carry_out(const tombstone_request&);
int carry_out(const import_request&);
int carry_out(const export_request&);

using request =
    std::variant<stat_request, cat_request, streams_request, verify_request, repair_request,
                 copy_request, truncate_request, tombstone_request, import_request, export_request>;

/// What the command line asks for, or the exit status if it has been answered already.
std::variant<request, int> read_command_line(int argc, const char* const* argv);

/// RFC 3339: `2026-11-20T21:20:00.5+01:00`, with `Z` or an offset and at most six digits of
/// fraction. Nothing if the text is anything else.
std::optional<timestamp> read_time(std::string_view text);

} // namespace evstore::cli
