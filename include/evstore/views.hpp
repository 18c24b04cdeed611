#pragma once

#include <evstore/event_range.hpp>

#include <range/v3/range_fwd.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// What a store reads, as views that compose with range-v3's:
///
///     for (const money_moved& moved : store.read_all() | evstore::views::in_category("account")
///                                                      | evstore::views::of_type<money_moved>()
///                                                      | ranges::views::take(10)) ...
///
/// One pass, in constant memory. A view shares what it reads from with its copies, so that it can be
/// copied as range-v3 0.12 demands, and they all advance together; one thread at a time. An element
/// is good until the next step. Steps throw what the adapter throws, and `of_type` throws
/// `errc::decode_failed` for a payload that does not read.
///
/// Link `evstore::ranges`; range-v3's own views are included by whoever uses them.

namespace evstore::views {

namespace detail {

template <class T>
inline constexpr bool is_typed_event = false;
template <class Set>
inline constexpr bool is_typed_event<typed_event<Set>> = true;

template <class Range>
using element_of = std::remove_cvref_t<decltype(*std::declval<Range&>().begin())>;

template <class Event>
struct set_of_event;
template <class Set>
struct set_of_event<typed_event<Set>> {
  using type = Set;
};
template <class Event>
using set_of = typename set_of_event<Event>::type;

/// Pulls stored events one by one: null at the end.
template <class S>
concept source = requires(S& from) {
  { from.next() } -> std::same_as<const event_view*>;
};

/// A range of typed events as a source; kept, or borrowed if `Range` is a reference.
template <class Range>
class range_source {
public:
  explicit range_source(Range&& range) : range_(std::forward<Range>(range)) {}

  const event_view* next() {
    if (at_)
      ++*at_;
    else
      at_.emplace(range_.begin());
    return *at_ == range_.end() ? nullptr : &(**at_).raw();
  }

private:
  Range range_;
  std::optional<decltype(std::declval<Range&>().begin())> at_;
};

/// The events of a source that `Keep` is true of.
template <source Source, class Keep>
struct filtered_source {
  Source from;
  Keep keep;

  const event_view* next() {
    const event_view* event = from.next();
    while (event && !keep(*event)) event = from.next();
    return event;
  }
};

struct is_in_category {
  std::string category;
  bool operator()(const event_view& event) const {
    return event.stream.substr(0, event.stream.find('-')) == category;
  }
};

struct has_tag {
  std::string tag;
  bool operator()(const event_view& event) const { return event.has_tag(tag); }
};

/// Steps through typed events.
template <class Set, source Source>
class event_steps {
public:
  using value_type = typed_event<Set>;

  explicit event_steps(Source from) : from_{std::move(from)} {}

  bool step() { return (current_ = from_.next()) != nullptr; }
  [[nodiscard]] value_type current() const noexcept { return value_type{*current_}; }

private:
  Source from_;
  const event_view* current_ = nullptr;
};

/// Steps through the payloads of one type.
template <class Set, class Event, source Source>
class payload_steps {
public:
  using value_type = Event;

  explicit payload_steps(Source from) : from_{std::move(from)} {}

  bool step() {
    while (const event_view* event = from_.next()) {
      if (event->type != event_name<Set, Event>) continue;
      current_ = decode_as<Set, Event>(*event);
      return true;
    }
    return false;
  }
  [[nodiscard]] const Event& current() const noexcept { return current_; }

private:
  Source from_;
  Event current_{};
};

} // namespace detail

/// A view of what `Steps` goes through; its copies advance together.
template <class Steps>
class shared_view : public ranges::view_base {
  struct shared {
    Steps steps;
    bool started = false;
    bool ended = false;

    void step() { ended = !steps.step(); }
  };

public:
  class iterator {
  public:
    using iterator_concept = std::input_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using value_type = typename Steps::value_type;
    using difference_type = std::ptrdiff_t;
    using reference = decltype(std::declval<const Steps&>().current());
    using pointer = void;

    iterator() = default;
    explicit iterator(shared& of) : of_{&of} {}

    reference operator*() const { return of_->steps.current(); }
    iterator& operator++() {
      of_->step();
      return *this;
    }
    void operator++(int) { of_->step(); }
    friend bool operator==(const iterator& at, std::default_sentinel_t) { return at.of_->ended; }

  private:
    shared* of_ = nullptr;
  };

  shared_view() = default;
  explicit shared_view(Steps steps) : shared_{std::make_shared<shared>(shared{std::move(steps)})} {}

  /// Where the view and its copies stand; the first call pulls the first element.
  [[nodiscard]] iterator begin() const {
    if (!shared_->started) shared_->step();
    shared_->started = true; // not if the step has thrown: then it is tried again
    return iterator{*shared_};
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
  std::shared_ptr<shared> shared_;
};

/// What `store::read` gives, or any range of its events, also through views of range-v3.
template <class R>
concept range_of_events = requires(R& range) {
  range.end();
  requires detail::is_typed_event<detail::element_of<R>>;
};

/// What stands behind a `|`: makes a view of a source of events.
template <class Make>
struct adaptor {
  Make make;
};

/// Views and temporaries are kept, other ranges that have a name are borrowed.
template <class Range, class Make>
  requires range_of_events<std::remove_reference_t<Range>>
[[nodiscard]] auto operator|(Range&& range, adaptor<Make> to) {
  using plain = std::remove_cvref_t<Range>;
  constexpr bool kept =
      !std::is_lvalue_reference_v<Range> || std::derived_from<plain, ranges::view_base>;
  using stored = std::conditional_t<kept, plain, plain&>;
  using from = detail::range_source<stored>;
  using set = detail::set_of<detail::element_of<plain>>;
  return std::move(to.make).template operator()<set>(
      from{static_cast<stored>(std::forward<Range>(range))});
}

namespace detail {

template <class Set, class Source>
auto view_of_events(Source from) {
  return shared_view{event_steps<Set, Source>{std::move(from)}};
}

struct make_events {
  template <class Set, class Source>
  auto operator()(Source from) const {
    return view_of_events<Set>(std::move(from));
  }
};

template <class Keep>
struct make_filtered {
  Keep keep;

  template <class Set, class Source>
  auto operator()(Source from) && {
    return view_of_events<Set>(filtered_source<Source, Keep>{std::move(from), std::move(keep)});
  }
};

template <class Event>
struct make_payloads {
  template <class Set, class Source>
  auto operator()(Source from) const {
    return shared_view{payload_steps<Set, Event, Source>{std::move(from)}};
  }
};

} // namespace detail

/// The events as a view, for range-v3's views that take no temporaries: `store.read_all() | events`.
inline constexpr adaptor<detail::make_events> events{};

/// The payloads of one event type, `const Event&`, decoded one by one; other payloads are not.
template <class Event>
[[nodiscard]] constexpr auto of_type() {
  return adaptor<detail::make_payloads<Event>>{};
}

/// The events of the streams of a category: `account` for `account-ada` and `account-bob`.
[[nodiscard]] inline auto in_category(std::string_view category) {
  using make = detail::make_filtered<detail::is_in_category>;
  return adaptor<make>{{{std::string{category}}}};
}

/// The events that bear a tag. Reads past all others: `store.read(query::tags({...}))` lets the
/// adapter choose instead.
[[nodiscard]] inline auto tagged(std::string_view tag) {
  using make = detail::make_filtered<detail::has_tag>;
  return adaptor<make>{{{std::string{tag}}}};
}

} // namespace evstore::views

template <class Steps>
inline constexpr bool std::ranges::enable_view<evstore::views::shared_view<Steps>> = true;
