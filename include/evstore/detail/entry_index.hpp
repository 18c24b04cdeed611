#pragma once

#include <evstore/table_index.hpp>

#include <cstddef>
#include <iterator>
#include <set>
#include <tuple>
#include <type_traits>
#include <utility>

namespace evstore {

namespace detail {

/// One element of a row's member, and the row.
template <class Row, class Value>
struct entry {
  Value value;
  const Row* row;
};

/// By element, then by the row's key; finds by element alone as well.
template <class Row, class Value, class KeyLess>
struct entry_less {
  using is_transparent = void;
  using lookup = lookup_for<Value>;
  /// An entry that borrows its element, to find the one that owns it.
  using probe = entry<Row, lookup>;
  using owner = entry<Row, Value>;

  bool operator()(const owner& left, const owner& right) const { return both(left, right); }
  bool operator()(const owner& left, const probe& right) const
    requires(!std::is_same_v<Value, lookup>)
  {
    return both(left, right);
  }
  bool operator()(const probe& left, const owner& right) const
    requires(!std::is_same_v<Value, lookup>)
  {
    return both(left, right);
  }
  bool operator()(const owner& left, lookup right) const { return left.value < right; }
  bool operator()(lookup left, const owner& right) const { return left < right.value; }

private:
  template <class Left, class Right>
  static bool both(const Left& left, const Right& right) {
    if (left.value < right.value) return true;
    if (right.value < left.value) return false;
    return KeyLess{}(*left.row, *right.row);
  }
};

} // namespace detail

/// The rows of a table by the elements of a member that is a range: what `by<"name">()` gives for a
/// `multi_entry`. Cheap to copy; valid until the table is destroyed.
template <class Entries, class Row, class Lookup>
class entry_rows {
public:
  using row_type = Row;

  class iterator {
  public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = const Row*;
    using reference = const Row&;

    iterator() = default;
    explicit iterator(typename Entries::const_iterator at) : at_{at} {}

    reference operator*() const { return *at_->row; }
    pointer operator->() const { return at_->row; }
    iterator& operator++() { return ++at_, *this; }
    iterator& operator--() { return --at_, *this; }
    iterator operator++(int) { return iterator{at_++}; }
    iterator operator--(int) { return iterator{at_--}; }
    friend bool operator==(iterator, iterator) = default;

  private:
    typename Entries::const_iterator at_{};
  };

  explicit entry_rows(const Entries& entries) : entries_{&entries} {}

  /// Each row as often as it has different elements.
  [[nodiscard]] iterator begin() const { return iterator{entries_->begin()}; }
  [[nodiscard]] iterator end() const { return iterator{entries_->end()}; }

  /// The rows that have this element. Logarithmic.
  [[nodiscard]] row_range<iterator> equal(Lookup value) const {
    return {iterator{entries_->lower_bound(value)}, iterator{entries_->upper_bound(value)}};
  }
  /// The rows that have elements from `low` to `high`, both included, as often as they have them;
  /// none if `high` lies before `low`. Logarithmic.
  [[nodiscard]] row_range<iterator> range(Lookup low, Lookup high) const {
    if (high < low) return {end(), end()};
    return {iterator{entries_->lower_bound(low)}, iterator{entries_->upper_bound(high)}};
  }

private:
  const Entries* entries_;
};

namespace detail {

/// Keeps the entries of all rows in step with them. Points to the rows, which must not move.
/// Whatever may run out of memory happens in `stage`, before anything has changed.
template <class Row, auto Member, class KeyLess>
class entry_index {
  using elements = std::remove_cvref_t<member_result<Row, Member>>;
  using value = std::remove_cvref_t<decltype(*std::begin(std::declval<const elements&>()))>;
  using less = entry_less<Row, value, KeyLess>;

public:
  using staged = std::set<entry<Row, value>, less>;
  using view = entry_rows<staged, Row, lookup_for<value>>;

  [[nodiscard]] view rows() const { return view{entries_}; }

  /// The entries that the row will have.
  static staged stage(const Row& row) {
    staged made;
    for (const auto& element : read_member<Member>(row)) made.insert({element, &row});
    return made;
  }
  /// Takes over staged entries; from now on they are those of the row at `row`.
  void adopt(staged&& made, const Row& row) {
    while (!made.empty()) {
      auto node = made.extract(made.begin());
      node.value().row = &row;
      entries_.insert(std::move(node));
    }
  }
  /// Before the row changes or goes.
  void forget(const Row& row) {
    for (const auto& element : read_member<Member>(row)) {
      const auto at = entries_.find(typename less::probe{element, &row});
      if (at != entries_.end()) entries_.erase(at);
    }
  }
  void clear() noexcept { entries_.clear(); }

private:
  staged entries_;
};

/// All multi-entry indexes of a table as one.
template <class... Index>
class entry_index_set {
public:
  using staged = std::tuple<typename Index::staged...>;

  template <std::size_t I>
  [[nodiscard]] auto rows() const {
    return std::get<I>(indexes_).rows();
  }
  template <class Row>
  static staged stage(const Row& row) {
    return staged{Index::stage(row)...};
  }
  template <class Row>
  void adopt(staged&& made, const Row& row) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (std::get<I>(indexes_).adopt(std::move(std::get<I>(made)), row), ...);
    }(std::index_sequence_for<Index...>{});
  }
  template <class Row>
  void forget(const Row& row) {
    (std::get<Index>(indexes_).forget(row), ...);
  }
  void clear() noexcept { (std::get<Index>(indexes_).clear(), ...); }

private:
  std::tuple<Index...> indexes_;
};

} // namespace detail
} // namespace evstore
