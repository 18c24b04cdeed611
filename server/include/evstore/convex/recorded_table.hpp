#pragma once

#include <evstore/convex/read_set.hpp>
#include <evstore/table.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace evstore::convex {

namespace detail {

/// What an index compares of a row, and values of its own to compare that with later.
template <class Row, class Words>
struct index_reader;

template <class Row, evstore::detail::index_kind Kind, fixed_string Name, auto... Members>
struct index_reader<Row, evstore::detail::index_words<Kind, Name, Members...>> {
  using lookups = evstore::detail::lookups_for<Row, Members...>;
  using owned = std::tuple<std::remove_cvref_t<evstore::detail::member_result<Row, Members>>...>;

  static auto values(const Row& row) {
    return std::tuple<evstore::detail::member_result<Row, Members>...>{
        evstore::detail::read_member<Members>(row)...};
  }
  /// The first `Count` of them.
  template <std::size_t Count>
  static auto first_values(const Row& row) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto all = values(row);
      return std::tuple<std::remove_cvref_t<std::tuple_element_t<I, owned>>...>{
          std::get<I>(all)...};
    }(std::make_index_sequence<Count>{});
  }
};

} // namespace detail

/// The rows of a table by one of its indexes, as `sorted_rows` gives them; what is asked for is noted.
template <class Row, class Words, class Rows>
class recorded_rows {
  using reader = detail::index_reader<Row, Words>;
  using owned = typename reader::owned;
  using lookups = typename reader::lookups;

public:
  recorded_rows(const void* table, Rows rows) : table_{table}, rows_{std::move(rows)} {}

  [[nodiscard]] auto begin() const { return note_all(), rows_.begin(); }
  [[nodiscard]] auto end() const { return rows_.end(); }
  [[nodiscard]] auto rbegin() const { return note_all(), rows_.rbegin(); }
  [[nodiscard]] auto rend() const { return rows_.rend(); }

  [[nodiscard]] const Row* find(const lookups& value) const
    requires requires(const Rows& rows) { rows.find(value); }
  {
    note([value = owned{value}](const Row& row) { return reader::values(row) == value; });
    return rows_.find(value);
  }
  [[nodiscard]] auto equal(const lookups& value) const {
    note([value = owned{value}](const Row& row) { return reader::values(row) == value; });
    return rows_.equal(value);
  }
  [[nodiscard]] auto range(const lookups& low, const lookups& high) const {
    note([low = owned{low}, high = owned{high}](const Row& row) {
      return !(reader::values(row) < low) && !(high < reader::values(row));
    });
    return rows_.range(low, high);
  }
  [[nodiscard]] auto at_least(const lookups& low) const {
    note([low = owned{low}](const Row& row) { return !(reader::values(row) < low); });
    return rows_.at_least(low);
  }
  [[nodiscard]] auto at_most(const lookups& high) const {
    note([high = owned{high}](const Row& row) { return !(high < reader::values(row)); });
    return rows_.at_most(high);
  }
  template <class... Values>
    requires(sizeof...(Values) != 0 && sizeof...(Values) <= std::tuple_size_v<lookups>)
  [[nodiscard]] auto prefix(const Values&... values) const {
    using first =
        decltype(reader::template first_values<sizeof...(Values)>(std::declval<const Row&>()));
    note([wanted = first{values...}](const Row& row) {
      return reader::template first_values<sizeof...(Values)>(row) == wanted;
    });
    return rows_.prefix(values...);
  }

private:
  template <class Covers>
  void note(Covers covers) const {
    if (query_run* const run = query_run::current())
      run->note(table_, [covers = std::move(covers)](const void* row) {
        return covers(*static_cast<const Row*>(row));
      });
  }
  void note_all() const {
    if (query_run* const run = query_run::current()) run->note_all(table_);
  }

  const void* table_;
  Rows rows_;
};

/// A table that tells what is read of it and what changes: the same interface as `evstore::table`, to
/// which it adds nothing but that. A model all of whose state is in such tables says so,
///
///     struct model {
///       static constexpr bool records_reads = true;
///       convex::recorded_table<game, key<&game::id>> games;
///       ...
///     };
///
/// and a subscribed query then runs again only after commits that changed a row it asked for: one with
/// a key, those of a range of an index, or, if it went through all rows or asked for their number, any.
/// A row that would have been found counts as one that was. Without `records_reads` every commit counts.
///
/// An index of several entries per row (`multi_entry`) counts as all rows.
template <class Row, class... Indexes>
class recorded_table {
  using plain = evstore::table<Row, Indexes...>;

  template <fixed_string Name, class... Words>
  static auto words_named(std::type_identity<std::tuple<Words...>>) {
    return std::tuple_cat(std::conditional_t<Words::name.view() == Name.view(), std::tuple<Words>,
                                             std::tuple<>>{}...);
  }
  template <fixed_string Name>
  using words = std::tuple_element_t<
      0,
      decltype(words_named<Name>(
          std::type_identity<std::tuple<typename evstore::detail::words_of<Indexes>::type...>>{}))>;
  using key_reader = detail::index_reader<Row, words<"key">>;

public:
  using row_type = Row;
  using key_lookup = typename plain::key_lookup;
  using change_result = typename plain::change_result;

  [[nodiscard]] std::size_t size() const { return note_all(), rows_.size(); }
  [[nodiscard]] bool empty() const { return note_all(), rows_.empty(); }
  [[nodiscard]] auto begin() const { return note_all(), rows_.begin(); }
  [[nodiscard]] auto end() const { return rows_.end(); }

  [[nodiscard]] const Row* find(const key_lookup& key) const {
    if (query_run* const run = query_run::current())
      run->note(this, [key = typename key_reader::owned{key}](const void* row) {
        return key_reader::values(*static_cast<const Row*>(row)) == key;
      });
    return rows_.find(key);
  }

  template <fixed_string Name>
  [[nodiscard]] auto by() const {
    using found = words<Name>;
    if constexpr (found::kind == evstore::detail::index_kind::multi_entry)
      return note_all(), rows_.template by<Name>();
    else
      return recorded_rows<Row, found, decltype(rows_.template by<Name>())>{
          this, rows_.template by<Name>()};
  }

  change_result insert(Row added) { return noted(rows_.insert(std::move(added))); }
  change_result upsert(Row written) {
    note_before(key_reader::values(written));
    return noted(rows_.upsert(std::move(written)));
  }
  template <std::invocable<Row&> Change>
  change_result modify(const key_lookup& key, Change&& change) {
    note_before(key);
    return noted(rows_.modify(key, std::forward<Change>(change)));
  }
  bool erase(const key_lookup& key) {
    note_before(key);
    return rows_.erase(key);
  }
  void clear() {
    change_run::note(this, nullptr);
    rows_.clear();
  }

  /// The rows as they are, of which nothing is noted.
  [[nodiscard]] const plain& unrecorded() const noexcept { return rows_; }

  friend bool operator==(const recorded_table& left, const recorded_table& right)
    requires std::equality_comparable<Row>
  {
    return left.rows_ == right.rows_;
  }

private:
  void note_all() const {
    if (query_run* const run = query_run::current()) run->note_all(this);
  }
  void note_before(const key_lookup& key) const {
    if (const Row* const before = rows_.find(key)) change_run::note(this, before);
  }
  change_result noted(change_result made) const {
    if (made) change_run::note(this, *made);
    return made;
  }

  plain rows_;
};

} // namespace evstore::convex
