#pragma once
// The workload's events as JSON, and structs that readers fill: the same for all that are compared.

#include <shapes.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

struct payload {
  std::string_view type_name;
  std::size_t type; ///< its place among the events of `fight`
  std::string_view text;
  std::size_t room; ///< so much may be read from the text's begin
};

/// Made once by evstore's writer, so in the order in which the members are described.
class payloads {
public:
  static const payloads& canonical();
  /// The same, each with a space where the writer puts none.
  static const payloads& spaced();

  [[nodiscard]] const std::vector<payload>& all() const noexcept { return all_; }
  /// What all of them fold to.
  [[nodiscard]] const tally& sums() const noexcept { return sums_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
  explicit payloads(bool spaced);

  std::string text_;
  std::vector<payload> all_;
  tally sums_;
  std::size_t bytes_ = 0;
};

/// Reads payloads, any number after each other.
class on_demand_reader {
public:
  on_demand_reader();
  on_demand_reader(const on_demand_reader&) = delete;
  ~on_demand_reader();
  void read(const payload& from, shapes& into);
  /// The members of a record around its payload; the sum of its numbers and of its texts' lengths.
  std::size_t read_envelope(std::string_view line, std::size_t room);

private:
  struct parser;
  parser* parser_;
};

} // namespace bench
