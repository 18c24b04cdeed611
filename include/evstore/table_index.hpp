#pragma once

#include <evstore/error.hpp>
#include <evstore/fixed_string.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// The words that a `table` is declared and asked with, and what the compiler says when they are
/// misused.

namespace evstore {

// A member is a pointer to a data member, a pointer to a const member function, or a lambda without
// captures that takes the row. Several members compare one after the other.

/// What a row is known by: no two rows share it, and the table is in its order. One for each table.
template <auto... Members>
struct key {};
/// No two rows share it. In its order.
template <fixed_string Name, auto... Members>
struct unique {};
/// Any number of rows may share it. In its order; rows that share it in the order they came.
template <fixed_string Name, auto Member>
struct ordered {};
/// `ordered` by several members: found by all of them, or by the first few.
template <fixed_string Name, auto First, auto Second, auto... More>
struct composite {};
/// The member is a range, and the row is found by each of its elements. In the elements' order;
/// rows that share an element in the order of the key, each of them once.
template <fixed_string Name, auto Member>
struct multi_entry {};

/// Why a table did not take a row. Nothing was changed.
struct table_refusal {
  enum class kind : std::uint8_t {
    taken,  ///< another row has that value in the unique index
    absent, ///< no row has that key
  };

  kind reason;
  std::string_view index; ///< the index's name, "key" for the key; it lives as long as the program

  [[nodiscard]] std::string to_string() const {
    return (reason == kind::taken ? "another row stands in the way in index "
                                  : "no row has that ") +
           std::string{index};
  }

  friend bool operator==(const table_refusal&, const table_refusal&) = default;
};

[[noreturn]] inline void throw_refusal(const table_refusal& refusal) {
  throw error{errc::conflict, refusal.to_string()};
}

/// Rows of a table in the order of an index; valid until the table next changes.
template <class Iterator>
class row_range {
public:
  row_range(Iterator first, Iterator last) : first_{first}, last_{last} {}

  [[nodiscard]] Iterator begin() const { return first_; }
  [[nodiscard]] Iterator end() const { return last_; }
  [[nodiscard]] bool empty() const { return first_ == last_; }
  /// Linear in the rows of the range.
  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(std::distance(first_, last_));
  }

private:
  Iterator first_;
  Iterator last_;
};

namespace detail {

// Never defined: the compiler's complaint about the missing definition is the diagnostic.
template <class Row>
struct TABLE_LACKS_key;
template <class Row>
struct TABLE_HAS_MORE_THAN_ONE_key;
template <class Row, fixed_string Name>
struct TABLE_HAS_TWO_INDEXES_CALLED;
template <class Row, fixed_string Name>
struct TABLE_HAS_NO_INDEX_CALLED;
template <class Type>
struct NOT_A_TABLE_INDEX;

/// The value of a member of a row, however the member was named.
template <auto Member, class Row>
constexpr decltype(auto) read_member(const Row& row) {
  if constexpr (std::is_member_object_pointer_v<decltype(Member)>)
    return (row.*Member);
  else if constexpr (std::is_member_function_pointer_v<decltype(Member)>)
    return (row.*Member)();
  else
    return Member(row);
}

template <class Row, auto Member>
using member_result = decltype(read_member<Member>(std::declval<const Row&>()));

/// What a value of this type is looked up with; a text needs no copy.
template <class Value>
using lookup_for = std::conditional_t<
    std::is_same_v<Value, std::string>, std::string_view,
    std::conditional_t<std::is_arithmetic_v<Value> || std::is_enum_v<Value>, Value, const Value&>>;

template <class Row, auto... Members>
using lookups_for = std::tuple<lookup_for<std::remove_cvref_t<member_result<Row, Members>>>...>;

/// Orders rows by members.
template <class Row, auto... Members>
struct less_by {
  constexpr bool operator()(const Row& left, const Row& right) const {
    using values = std::tuple<member_result<Row, Members>...>;
    return values{read_member<Members>(left)...} < values{read_member<Members>(right)...};
  }
};

enum class index_kind : std::uint8_t { key, unique, ordered, multi_entry, none };

template <index_kind Kind, fixed_string Name, auto... Members>
struct index_words {
  static_assert(sizeof...(Members) != 0 || Kind == index_kind::none,
                "an index names at least one member");
  static constexpr index_kind kind = Kind;
  static constexpr auto name = Name;
};

/// What a declaration says, in one form for all of them.
template <class Declaration>
struct words_of {
  static_assert(sizeof(NOT_A_TABLE_INDEX<Declaration>) != 0);
  using type = index_words<index_kind::none, "">; // so that this is the only complaint
};
template <auto... Members>
struct words_of<key<Members...>> {
  using type = index_words<index_kind::key, "key", Members...>;
};
template <fixed_string Name, auto... Members>
struct words_of<unique<Name, Members...>> {
  using type = index_words<index_kind::unique, Name, Members...>;
};
template <fixed_string Name, auto Member>
struct words_of<ordered<Name, Member>> {
  using type = index_words<index_kind::ordered, Name, Member>;
};
template <fixed_string Name, auto... Members>
struct words_of<composite<Name, Members...>> {
  using type = index_words<index_kind::ordered, Name, Members...>;
};
template <fixed_string Name, auto Member>
struct words_of<multi_entry<Name, Member>> {
  using type = index_words<index_kind::multi_entry, Name, Member>;
};

/// The place of a name among names; their number if it is not there.
template <std::size_t N>
consteval std::size_t find_name(const std::array<std::string_view, N>& names, std::string_view name,
                                std::size_t from = 0) {
  for (std::size_t i = from; i < N; ++i)
    if (names[i] == name) return i;
  return N;
}

template <std::size_t N>
consteval std::size_t find_repeated_name(const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < N; ++i)
    if (find_name(names, names[i], i + 1) != N) return i;
  return N;
}

/// True, or an error of one line that names the row and the misuse.
template <class Row, class... Words>
consteval bool check_indexes() {
  constexpr std::array<std::string_view, sizeof...(Words)> names{Words::name.view()...};
  constexpr std::size_t keys = (std::size_t{Words::kind == index_kind::key} + ... + 0);
  constexpr std::size_t repeated = find_repeated_name(names);
  std::size_t complete = 1;
  if constexpr (keys == 0)
    complete = sizeof(TABLE_LACKS_key<Row>);
  else if constexpr (keys > 1)
    complete = sizeof(TABLE_HAS_MORE_THAN_ONE_key<Row>);
  else if constexpr (repeated != names.size())
    complete = sizeof(
        TABLE_HAS_TWO_INDEXES_CALLED<Row,
                                     std::tuple_element_t<repeated, std::tuple<Words...>>::name>);
  return complete != 0;
}

} // namespace detail
} // namespace evstore
