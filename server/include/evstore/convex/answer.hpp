#pragma once

#include <evstore/convex/function_error.hpp>
#include <evstore/convex/value.hpp>
#include <evstore/position.hpp>
#include <evstore/result.hpp>

#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <variant>

namespace evstore::convex {

/// A function and the object that it is called with.
struct function_call {
  std::string path;
  value arguments;
  /// Not of a client: internal functions can be called, too.
  bool from_program = false;
};

/// What became of a call. `at` is the state of the store that a query saw, and the commit that a
/// mutation made: the timestamp of the protocol.
struct answer {
  result<value, function_error> outcome;
  global_position at;
};

/// What became of a mutation that was waited for: its answer, or what the store threw, after which
/// nobody knows an answer.
class fate {
public:
  explicit fate(answer given) : known_{std::move(given)} {}
  explicit fate(std::exception_ptr failed) noexcept : known_{std::move(failed)} {}

  /// The answer, or throws.
  [[nodiscard]] const answer& get() const& {
    require_answer();
    return std::get<answer>(known_);
  }
  [[nodiscard]] answer get() && {
    require_answer();
    return std::get<answer>(std::move(known_));
  }

private:
  void require_answer() const {
    if (const auto* const failed = std::get_if<std::exception_ptr>(&known_))
      std::rethrow_exception(*failed);
  }

  std::variant<answer, std::exception_ptr> known_;
};

/// Is told what became of a mutation, in a thread of the executor that has others to tell, or in that
/// of who asked for it: it returns soon, throws nothing, and calls no member of the executor.
using told_fate = std::function<void(fate)>;

} // namespace evstore::convex
