#pragma once

#include <evstore/testing/in_words.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

/// The ground of the conformance suite: what is tested, what a check is, and the words that checks
/// are written in. Knows no test framework: a broken rule is an exception with a text.

namespace evstore::testing {

/// The adapter under test: how to get handles on its stores.
template <adapter A>
struct subject {
  /// A handle on an empty store that has nothing to do with any earlier one.
  std::function<A()> open_fresh;
  /// Closes the handle and opens the same store again. Absent: what is stored goes with the handle.
  std::function<A(A)> reopen{};
  /// Opens the store of this handle once more, beside it: no copy, but as another program would.
  /// Absent: a store is open once.
  std::function<A(A&)> open_second{};
  /// Whether positions have no gaps.
  bool dense_positions = true;
};

/// Thrown by a check; `what()` says where in the suite, what was asked, and what came.
class rule_broken : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Thrown by a check that needs what the subject does not have.
struct check_skipped {
  std::string_view why;
};

/// The types of what a cursor still has, with a space between them: checks compare sequences as
/// text.
template <event_cursor Cursor>
std::string types(Cursor cursor) {
  std::string text;
  for (const event_record& event : collect(std::move(cursor)))
    text.append(text.empty() ? "" : " ").append(event.type);
  return text;
}

/// What a check works with: a fresh store, and expectations that throw `rule_broken`.
template <adapter A>
class probe {
public:
  using place = std::source_location;

  explicit probe(const subject<A>& of) : store{of.open_fresh()}, subject_{of} {}

  A store; ///< the handle on the store of this check

  /// Another empty store, beside this one.
  [[nodiscard]] A open_fresh() const { return subject_.open_fresh(); }
  [[nodiscard]] bool dense_positions() const { return subject_.dense_positions; }
  void reopen() {
    if (!subject_.reopen) throw check_skipped{"the adapter keeps nothing when it is closed"};
    store = subject_.reopen(std::move(store));
  }
  [[nodiscard]] A open_second() {
    if (!subject_.open_second) throw check_skipped{"a store of this adapter is open only once"};
    return subject_.open_second(store);
  }

  append_result try_append(const plain_commit& commit) { return testing::append(store, commit); }
  append_result try_append(std::string stream, expected_version expected,
                           std::vector<plain_event> list) {
    return try_append({{{std::move(stream), expected, std::move(list)}}, {}});
  }
  append_result try_append(std::string stream, expected_version expected, std::string_view types) {
    return try_append(std::move(stream), expected, testing::events(types));
  }

  /// Appends what the check takes for granted; a conflict breaks the check.
  append_receipt append(const plain_commit& commit, place at = place::current()) {
    return accepted(try_append(commit), "the commit is accepted", at);
  }
  append_receipt append(std::string stream, expected_version expected,
                        std::vector<plain_event> list, place at = place::current()) {
    return append({{{std::move(stream), expected, std::move(list)}}, {}}, at);
  }
  append_receipt append(std::string stream, expected_version expected, std::string_view types,
                        place at = place::current()) {
    return append(std::move(stream), expected, testing::events(types), at);
  }

  [[nodiscard]] std::vector<event_record> everything(store_range range = {}) {
    return collect(store.read_all(query::all(), range));
  }
  [[nodiscard]] std::vector<event_record> stream(std::string_view name, stream_range range = {}) {
    return collect(store.read_stream(name, range));
  }
  [[nodiscard]] std::string types_of(std::string_view name, stream_range range = {}) {
    return types(store.read_stream(name, range));
  }
  [[nodiscard]] std::string types_of(const query& which, store_range range = {}) {
    return types(store.read_all(which, range));
  }

  void expect(bool holds, std::string_view what, place at = place::current()) const {
    if (!holds) broken(std::string{what}, at);
  }
  template <class T, class U>
  void equal(const T& actual, const U& expected, std::string_view what,
             place at = place::current()) const {
    if (actual == expected) return;
    broken(std::string{what} + ": expected " + shortened(in_words(expected)) + ", got " +
               shortened(in_words(actual)),
           at);
  }
  append_receipt accepted(const append_result& outcome, std::string_view what,
                          place at = place::current()) const {
    if (!outcome) broken(std::string{what} + ": refused: " + outcome.error().to_string(), at);
    return *outcome;
  }
  append_conflict refused(const append_result& outcome, append_conflict::kind reason,
                          std::string_view what, place at = place::current()) const {
    if (outcome) broken(std::string{what} + ": was accepted: " + in_words(*outcome), at);
    equal(outcome.error().reason, reason, what, at);
    return outcome.error();
  }
  template <class F>
  void throws(errc code, F&& act, std::string_view what, place at = place::current()) const {
    try {
      std::forward<F>(act)();
    } catch (const error& thrown) {
      equal(to_string(thrown.code()), to_string(code), what, at);
      return;
    }
    broken(std::string{what} + ": nothing was thrown", at);
  }

  /// Runs `act`, and expects that nothing of it can be seen in the store.
  template <class F>
  void writes_nothing(F&& act, place at = place::current()) {
    const global_position head = store.head();
    const std::vector<event_record> before = everything();
    std::forward<F>(act)();
    equal(store.head(), head, "the head has not moved", at);
    equal(everything(), before, "the store has what it had", at);
  }

  /// Calls `act(i)` in `count` threads that start together; the first exception goes on from here.
  template <class F>
  void in_threads(std::size_t count, const F& act) const {
    std::atomic<bool> go{false};
    std::exception_ptr first;
    std::mutex guard;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i)
      threads.emplace_back([&, i] {
        go.wait(false);
        try {
          act(i);
        } catch (...) {
          const std::scoped_lock lock{guard};
          if (!first) first = std::current_exception();
        }
      });
    go = true;
    go.notify_all();
    for (std::thread& thread : threads) thread.join();
    if (first) std::rethrow_exception(first);
  }

private:
  const subject<A>& subject_;

  [[noreturn]] static void broken(const std::string& what, place at) {
    const std::string_view file{at.file_name()};
    throw rule_broken{std::string{file.substr(file.find_last_of('/') + 1)} + ":" +
                      std::to_string(at.line()) + ": " + what};
  }
};

/// One rule of the contract, and a way to break it.
template <adapter A>
struct check {
  std::string_view name; ///< a sentence; unique in the suite
  std::string_view rule; ///< what the contract says, and why if that is not plain
  void (*run)(probe<A>&);
};

template <adapter A>
using check_list = std::vector<check<A>>;

} // namespace evstore::testing
