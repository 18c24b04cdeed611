#pragma once

#include <evstore/detail/entry_index.hpp>
#include <evstore/result.hpp>
#include <evstore/table_index.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <boost/multi_index/composite_key.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index_container.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace evstore {

namespace detail {

/// A key extractor in the sense of Boost.MultiIndex.
template <class Row, auto Member>
struct member_reader {
  using result_type = member_result<Row, Member>;
  result_type operator()(const Row& row) const { return read_member<Member>(row); }
};

template <auto>
using less_for_each = std::less<>;

/// What Boost.MultiIndex and the table need to know of one of the indexes that Boost keeps.
template <class Row, class Words>
struct boost_index;

template <class Row, index_kind Kind, fixed_string Name, auto... Members>
struct boost_index<Row, index_words<Kind, Name, Members...>> {
  using lookups = lookups_for<Row, Members...>;
  using less = less_by<Row, Members...>;
  using extractor = boost::multi_index::composite_key<Row, member_reader<Row, Members>...>;
  using compare = boost::multi_index::composite_key_compare<less_for_each<Members>...>;
  using type = std::conditional_t<Kind == index_kind::ordered,
                                  boost::multi_index::ordered_non_unique<extractor, compare>,
                                  boost::multi_index::ordered_unique<extractor, compare>>;
};

template <class Row, class Words, class KeyLess>
struct entry_index_of;
template <class Row, fixed_string Name, auto Member, class KeyLess>
struct entry_index_of<Row, index_words<index_kind::multi_entry, Name, Member>, KeyLess> {
  using type = entry_index<Row, Member, KeyLess>;
};

/// The first few of a tuple's types.
template <class... Lookups, std::size_t... I>
std::tuple<std::tuple_element_t<I, std::tuple<Lookups...>>...> first_lookups(
    std::type_identity<std::tuple<Lookups...>>, std::index_sequence<I...>);

} // namespace detail

/// The rows of a table in the order of one of its indexes: what `by<"name">()` gives. `Lookups` is
/// a tuple of what to give for each member of the index; one value stands for a tuple of one, and
/// `{"cave", 5}` for a tuple of two. Cheap to copy; valid until the table is destroyed.
template <class BoostIndex, class Lookups, bool IsUnique>
class sorted_rows {
public:
  using row_type = typename BoostIndex::value_type;
  using iterator = typename BoostIndex::const_iterator;

  explicit sorted_rows(const BoostIndex& index) : index_{&index} {}

  [[nodiscard]] iterator begin() const { return index_->begin(); }
  [[nodiscard]] iterator end() const { return index_->end(); }
  [[nodiscard]] auto rbegin() const { return index_->rbegin(); }
  [[nodiscard]] auto rend() const { return index_->rend(); }

  /// The one row with this value, or null. Logarithmic.
  [[nodiscard]] const row_type* find(const Lookups& value) const
    requires IsUnique
  {
    const iterator at = index_->find(value);
    return at == end() ? nullptr : &*at;
  }
  /// The rows with this value. Logarithmic, as are all of these.
  [[nodiscard]] row_range<iterator> equal(const Lookups& value) const {
    return from_to(value, value);
  }
  /// The rows from `low` to `high`, both included; none if `high` lies before `low`.
  [[nodiscard]] row_range<iterator> range(const Lookups& low, const Lookups& high) const {
    if (high < low) return {end(), end()};
    return from_to(low, high);
  }
  [[nodiscard]] row_range<iterator> at_least(const Lookups& low) const {
    return {index_->lower_bound(low), end()};
  }
  [[nodiscard]] row_range<iterator> at_most(const Lookups& high) const {
    return {begin(), index_->upper_bound(high)};
  }
  /// The rows whose first members have these values.
  template <class... Values>
    requires(sizeof...(Values) != 0 && sizeof...(Values) <= std::tuple_size_v<Lookups>)
  [[nodiscard]] row_range<iterator> prefix(const Values&... values) const {
    using first_lookups = decltype(detail::first_lookups(std::type_identity<Lookups>{},
                                                         std::index_sequence_for<Values...>{}));
    const first_lookups first{values...};
    return from_to(first, first);
  }

private:
  template <class Value>
  row_range<iterator> from_to(const Value& low, const Value& high) const {
    return {index_->lower_bound(low), index_->upper_bound(high)};
  }

  const BoostIndex* index_;
};

/// An in-memory read model: rows found by their key and by indexes that are named at compile time,
/// `table<creature, key<&creature::id>, ordered<"by_hp", &creature::hp>>`. Keep it in a projection,
/// which changes it as it evolves, and hand out `const table&`: then rows change only with events,
/// and the table can be rebuilt at any time.
///
/// Rows live at one address until they are erased. Each change is logarithmic in the rows for every
/// index (and for every element of a multi-entry member), and is made whole or not at all, as long
/// as comparing values and moving rows throws nothing. Iteration orders depend on the history of
/// changes alone, never on addresses or hashes. Any number of threads may read, or one may write.
/// At most 20 indexes besides the multi-entry ones (Boost.MultiIndex's limit).
template <class Row, class... Indexes>
class table {
  using words = boost::mp11::mp_list<typename detail::words_of<Indexes>::type...>;
  static_assert(detail::check_indexes<Row, typename detail::words_of<Indexes>::type...>());

  using kind = detail::index_kind;
  template <class W>
  using is_key = std::bool_constant<W::kind == kind::key>;
  template <class W>
  using is_multi = std::bool_constant<W::kind == kind::multi_entry>;
  template <class W>
  using is_other = std::bool_constant<is_multi<W>::value || W::kind == kind::none>;
  using sorted_words = boost::mp11::mp_remove_if<words, is_other>;
  using multi_words = boost::mp11::mp_copy_if<words, is_multi>;

  template <class W>
  using boost_type = typename detail::boost_index<Row, W>::type;
  using boost_types = boost::mp11::mp_transform<boost_type, sorted_words>;
  using row_set = boost::multi_index_container<
      Row, boost::mp11::mp_apply<boost::multi_index::indexed_by, boost_types>>;

  static constexpr std::size_t key_found = boost::mp11::mp_find_if<sorted_words, is_key>::value;
  static constexpr std::size_t key_place = key_found < boost::mp11::mp_size<sorted_words>::value
                                               ? key_found
                                               : 0; // one complaint is enough
  using key_index = detail::boost_index<Row, boost::mp11::mp_at_c<sorted_words, key_place>>;

  template <class W>
  using entry_index = typename detail::entry_index_of<Row, W, typename key_index::less>::type;
  using entry_set = boost::mp11::mp_apply<detail::entry_index_set,
                                          boost::mp11::mp_transform<entry_index, multi_words>>;

public:
  using row_type = Row;
  /// What a row is found with: a `std::tuple`, one value for each member of the key.
  using key_lookup = typename key_index::lookups;
  using iterator = typename row_set::template nth_index<key_place>::type::const_iterator;
  /// The row as it stands in the table, or why it does not.
  using change_result = result<const Row*, table_refusal>;

  table() = default;
  table(table&&) = default; // NOLINT(performance-noexcept-move-constructor): Boost's allocates
  /// Linear in the rows and entries.
  table(const table& other) : rows_{other.rows_} {
    for (const Row& row : rows_) entries_.adopt(entry_set::stage(row), row);
  }
  table& operator=(table other) noexcept {
    swap(other);
    return *this;
  }
  ~table() = default;
  void swap(table& other) noexcept {
    rows_.swap(other.rows_);
    std::swap(entries_, other.entries_);
  }

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] iterator begin() const { return by_key().begin(); }
  [[nodiscard]] iterator end() const { return by_key().end(); }

  /// The row with this key, or null. Logarithmic, with no copy of a text.
  [[nodiscard]] const Row* find(const key_lookup& key) const {
    const iterator at = by_key().find(key);
    return at == end() ? nullptr : &*at;
  }

  /// The rows by the index of that name; "key" is the key.
  template <fixed_string Name>
  [[nodiscard]] auto by() const {
    constexpr std::size_t in_sorted = place_in<Name>(sorted_words{});
    constexpr std::size_t in_multi = place_in<Name>(multi_words{});
    if constexpr (in_sorted != boost::mp11::mp_size<sorted_words>::value) {
      using words_found = boost::mp11::mp_at_c<sorted_words, in_sorted>;
      using boost_found = typename row_set::template nth_index<in_sorted>::type;
      using lookups = typename detail::boost_index<Row, words_found>::lookups;
      constexpr bool is_unique = words_found::kind != kind::ordered;
      return sorted_rows<boost_found, lookups, is_unique>{rows_.template get<in_sorted>()};
    } else if constexpr (in_multi != boost::mp11::mp_size<multi_words>::value) {
      return entries_.template rows<in_multi>();
    } else {
      return sizeof(detail::TABLE_HAS_NO_INDEX_CALLED<Row, Name>);
    }
  }

  /// Adds a row. Refused if a unique index has one like it.
  change_result insert(Row added) {
    auto staged = entry_set::stage(added);
    const auto [at, inserted] = rows_.insert(std::move(added)); // moves only if it inserts
    if (!inserted) return failure{*find_taken(added, nullptr)};
    entries_.adopt(std::move(staged), *at);
    return &*at;
  }

  /// Adds a row, or puts it in the place of the one with the same key. Refused if another row
  /// stands in the way in a unique index.
  change_result upsert(Row written) {
    const auto at = by_key().find(by_key().key_extractor()(written));
    return at == by_key().end() ? insert(std::move(written)) : replace(at, std::move(written));
  }

  /// Calls `change(Row&)` on a copy of the row and puts it in its place; the key may change too.
  /// Refused if no row has this key, or if the changed row stands in the way of another.
  template <std::invocable<Row&> Change>
  change_result modify(const key_lookup& key, Change&& change) {
    const auto at = by_key().find(key);
    if (at == by_key().end()) return failure{table_refusal{table_refusal::kind::absent, "key"}};
    Row changed = *at;
    std::invoke(change, changed);
    return replace(at, std::move(changed));
  }

  /// Removes the row with this key; false if there is none.
  bool erase(const key_lookup& key) {
    const auto at = by_key().find(key);
    if (at == by_key().end()) return false;
    entries_.forget(*at);
    rows_.template get<key_place>().erase(at);
    return true;
  }

  void clear() noexcept {
    entries_.clear();
    rows_.clear();
  }

  /// The same rows by key; how they came to be does not count.
  friend bool operator==(const table& left, const table& right)
    requires std::equality_comparable<Row>
  {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
  }

private:
  const auto& by_key() const { return rows_.template get<key_place>(); }

  template <fixed_string Name, class... Words>
  static consteval std::size_t place_in(boost::mp11::mp_list<Words...>) {
    return detail::find_name(std::array<std::string_view, sizeof...(Words)>{Words::name.view()...},
                             Name.view());
  }

  /// Which unique index has a row like this one beside the one at `except`.
  std::optional<table_refusal> find_taken(const Row& row, const Row* except) const {
    std::optional<table_refusal> taken;
    boost::mp11::mp_for_each<boost::mp11::mp_iota<boost::mp11::mp_size<sorted_words>>>([&](auto i) {
      using searched = boost::mp11::mp_at<sorted_words, decltype(i)>;
      if constexpr (searched::kind != kind::ordered) {
        const auto& index = rows_.template get<decltype(i)::value>();
        const auto at = index.find(index.key_extractor()(row));
        if (!taken && at != index.end() && &*at != except)
          taken = table_refusal{table_refusal::kind::taken, searched::name.view()};
      }
    });
    return taken;
  }

  change_result replace(iterator at, Row&& written) {
    if (const auto taken = find_taken(written, &*at)) return failure{*taken};
    auto staged = entry_set::stage(written);
    entries_.forget(*at);
    rows_.template get<key_place>().replace(at, std::move(written));
    entries_.adopt(std::move(staged), *at);
    return &*at;
  }

  row_set rows_;
  entry_set entries_;
};

} // namespace evstore
