#pragma once

#include <evstore/adapter.hpp>
#include <evstore/decode.hpp>
#include <evstore/event_set.hpp>
#include <evstore/stream_facts.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace evstore {

/// Never defined: no overload given to `typed_event::visit` takes the event. Remedy: one that does, or
/// one for all others, `[](const auto&) {}`.
template <class Set, class Event>
struct VISIT_LACKS_AN_OVERLOAD_FOR_EVENT;

namespace detail {

template <class Set, class... Functions>
struct event_overloads {
  struct overloads : Functions... {
    using Functions::operator()...;
  };
  overloads& functions;

  template <class Event>
  void operator()(const Event& event) const {
    if constexpr (std::is_invocable_v<overloads&, const Event&>)
      static_cast<void>(functions(event));
    else
      static_cast<void>(sizeof(VISIT_LACKS_AN_OVERLOAD_FOR_EVENT<Set, Event>));
  }
};

} // namespace detail

/// A stored event, and its payload in the types of a set, decoded when asked for. Borrowed: good
/// until the range or cursor that lends it moves on; `owned()` copies.
template <class Set>
class typed_event {
public:
  explicit typed_event(const event_view& raw) noexcept : raw_{&raw} {}

  [[nodiscard]] global_position position() const noexcept { return raw_->position; }
  [[nodiscard]] std::string_view stream() const noexcept { return raw_->stream; }
  [[nodiscard]] stream_version version() const noexcept { return raw_->version; }
  [[nodiscard]] std::string_view type() const noexcept { return raw_->type; }
  [[nodiscard]] std::uint32_t schema() const noexcept { return raw_->schema; }
  [[nodiscard]] timestamp time() const noexcept { return raw_->time; }
  [[nodiscard]] std::optional<event_id> id() const noexcept { return raw_->id; }
  [[nodiscard]] std::span<const std::string_view> tags() const noexcept { return raw_->tags; }
  [[nodiscard]] std::string_view data() const noexcept { return raw_->data; }
  /// A JSON object; empty when there is none.
  [[nodiscard]] std::string_view metadata() const noexcept { return raw_->metadata; }
  [[nodiscard]] const event_view& raw() const noexcept { return *raw_; }
  [[nodiscard]] event_record owned() const { return event_record{*raw_}; }

  /// Whether the event set names its type; false only with `unknown_events::preserve`.
  [[nodiscard]] bool known() const noexcept { return index_of<Set>(raw_->type).has_value(); }

  template <class Event>
  [[nodiscard]] bool is() const noexcept {
    return raw_->type == event_name<Set, Event>;
  }

  /// The payload, brought to the current schema; nothing if it is of another type. Throws
  /// `errc::decode_failed` with stream, version, position, type and JSON path.
  template <class Event>
  [[nodiscard]] std::optional<Event> as() const {
    if (!is<Event>()) return std::nullopt;
    return decode_as<Set, Event>(*raw_);
  }

  /// Decodes the payload in place and calls the overload for its type; the overloads cover the set.
  /// False, and nothing called, if the set does not name the type. Throws as `as` does.
  template <class... Functions>
  bool visit(Functions... functions) const {
    using overloads = detail::event_overloads<Set, Functions...>;
    typename overloads::overloads all{std::move(functions)...};
    return decode_event<Set>(*raw_, overloads{all});
  }

private:
  const event_view* raw_;
};

/// The events that a cursor finds, as an input range of `typed_event`: one pass, constant memory,
/// an event is good until the next step. Facts of the library are passed over; unknown types as the
/// policy says. Movable until `begin()`; one thread at a time. Steps throw what the adapter throws.
template <class Set, class Cursor>
class event_range {
public:
  event_range(Cursor cursor, unknown_events policy) : cursor_{std::move(cursor)}, policy_{policy} {}

  /// The next event, or null at the end, for good. What the iterators and the views are made of.
  const event_view* next() {
    while (true) {
      if (at_ == batch_.size()) {
        batch_ = cursor_.next();
        at_ = 0;
        if (batch_.empty()) return nullptr;
      }
      const event_view& event = batch_[at_++];
      if (is_reserved(event.type)) continue;
      if (policy_ == unknown_events::preserve || index_of<Set>(event.type)) return &event;
      if (policy_ == unknown_events::error) detail::throw_unknown(event);
    }
  }

  class iterator {
  public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = typed_event<Set>;
    using difference_type = std::ptrdiff_t;

    iterator() noexcept = default;
    explicit iterator(event_range& range) : range_{&range}, current_{range.next()} {}

    typed_event<Set> operator*() const noexcept { return typed_event<Set>{*current_}; }
    iterator& operator++() {
      current_ = range_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept {
      return at.current_ == nullptr;
    }

  private:
    event_range* range_ = nullptr;
    const event_view* current_ = nullptr;
  };

  /// Pulls the first event. Called once.
  [[nodiscard]] iterator begin() { return iterator{*this}; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
  Cursor cursor_;
  unknown_events policy_;
  std::span<const event_view> batch_{};
  std::size_t at_ = 0;
};

} // namespace evstore
