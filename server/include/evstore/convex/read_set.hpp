#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What a query reads, as it reads it, and what commits change, as they do: told by the tables of the
/// model (see recorded_table.hpp) to whoever listens on their thread.

namespace evstore::convex {

/// The rows that were asked for, whether they are there or not: those of a table that `covers` accepts.
struct rows_read {
  const void* table;
  std::function<bool(const void* row)> covers; ///< empty: every row, and how many there are
};

/// One execution of a query that is subscribed to, on this thread: what it reads goes into `reads`.
class query_run {
public:
  explicit query_run(std::optional<std::string> left_before)
      : journal{std::move(left_before)}, before_{std::exchange(current_, this)} {}
  query_run(const query_run&) = delete;
  query_run& operator=(const query_run&) = delete;
  ~query_run() { current_ = before_; }

  /// Null where nobody wants to know.
  [[nodiscard]] static query_run* current() noexcept { return current_; }

  void note(const void* table, std::function<bool(const void*)> covers) {
    reads.push_back({table, std::move(covers)});
  }
  void note_all(const void* table) {
    const auto is_of_table = [&](const rows_read& known) { return known.table == table; };
    std::erase_if(reads, is_of_table);
    reads.push_back({table, {}});
  }

  std::vector<rows_read> reads;
  /// What the run before of the same subscription left for this one, and this one leaves for the next.
  std::optional<std::string> journal;

private:
  query_run* before_;
  static inline thread_local constinit query_run* current_ = nullptr;
};

/// The changes that are made to tables on this thread.
class change_run {
public:
  /// A row was added or removed; null: any number of rows.
  using note_change = std::function<void(const void* table, const void* row)>;

  explicit change_run(note_change note) noexcept
      : note_{std::move(note)}, before_{std::exchange(current_, this)} {}
  change_run(const change_run&) = delete;
  change_run& operator=(const change_run&) = delete;
  ~change_run() { current_ = before_; }

  static void note(const void* table, const void* row) {
    if (current_ != nullptr) current_->note_(table, row);
  }

private:
  note_change note_;
  change_run* before_;
  static inline thread_local constinit change_run* current_ = nullptr;
};

} // namespace evstore::convex
