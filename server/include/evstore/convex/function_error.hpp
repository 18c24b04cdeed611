#pragma once

#include <evstore/convex/encode.hpp>
#include <evstore/convex/value.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace evstore::convex {

/// A function failed, and this is what its caller is told. Nothing of a mutation that throws is kept.
class function_error : public std::runtime_error {
public:
  explicit function_error(const std::string& message) : std::runtime_error{message} {}

  /// What the client finds as `error.data`; nothing unless the function threw a `convex_error`.
  [[nodiscard]] const std::optional<value>& data() const noexcept { return data_; }

protected:
  function_error(const std::string& message, value data)
      : std::runtime_error{message}, data_{std::move(data)} {}

private:
  std::optional<value> data_;
};

/// What a function throws for its client to branch on: arrives as a `ConvexError` with `data`.
///
///     throw convex_error{object{{"code", "BAD_LIMIT"}, {"min", std::int64_t{1}}}};
class convex_error : public function_error {
public:
  explicit convex_error(const value& data)
      : function_error{"Uncaught ConvexError: " + encode(data), data} {}
};

} // namespace evstore::convex
