#pragma once

#include <evstore/error.hpp>
#include <evstore/event_record.hpp>
#include <evstore/stream_name.hpp>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore {

/// One alternative of a query. Matches an event whose type is one of `types` (any type if empty)
/// and that bears every one of `tags`.
struct query_item {
  std::vector<std::string> types{};
  std::vector<std::string> tags{};

  [[nodiscard]] bool matches(std::string_view type,
                             std::span<const std::string_view> event_tags) const noexcept {
    const auto found = [](const auto& range, std::string_view text) {
      return std::find(range.begin(), range.end(), text) != range.end();
    };
    return (types.empty() || found(types, type)) &&
           std::all_of(tags.begin(), tags.end(),
                       [&](const std::string& tag) { return found(event_tags, tag); });
  }

  friend bool operator==(const query_item&, const query_item&) = default;
};

/// Which events: a list of items, any of which may match (the query of the Dynamic Consistency
/// Boundary specification, https://dcb.events/specification/). There is no empty query: use
/// `query::all()` for every event.
class query {
public:
  /// Throws `errc::invalid_argument` for no items, an item without types and tags, or a bad name.
  explicit query(std::vector<query_item> items) : items_{std::move(items)} {
    if (items_.empty())
      throw error{errc::invalid_argument, "a query needs an item; say query::all() for all events"};
    for (const query_item& item : items_) {
      if (item.types.empty() && item.tags.empty())
        throw error{errc::invalid_argument,
                    "a query item needs a type or a tag; say query::all() for all events"};
      for (const std::string& type : item.types) require_name(type, "event type");
      for (const std::string& tag : item.tags) require_name(tag, "tag");
    }
  }

  /// Every event of the store.
  static query all() { return query{}; }
  /// Events of any of these types.
  static query types(std::initializer_list<std::string_view> types) {
    return query{{query_item{{types.begin(), types.end()}, {}}}};
  }
  /// Events that bear all of these tags.
  static query tags(std::initializer_list<std::string_view> tags) {
    return query{{query_item{{}, {tags.begin(), tags.end()}}}};
  }

  /// Events that either query matches. All events are absorbing.
  friend query operator|(query left, const query& right) {
    if (left.is_all() || right.is_all()) return all();
    for (const query_item& item : right.items_) left.items_.push_back(item);
    return left;
  }

  [[nodiscard]] bool is_all() const noexcept { return items_.empty(); }
  /// The alternatives; empty exactly when the query matches all events.
  [[nodiscard]] const std::vector<query_item>& items() const noexcept { return items_; }

  [[nodiscard]] bool matches(std::string_view type,
                             std::span<const std::string_view> event_tags) const noexcept {
    return is_all() || std::any_of(items_.begin(), items_.end(), [&](const query_item& item) {
             return item.matches(type, event_tags);
           });
  }
  [[nodiscard]] bool matches(const event_view& event) const noexcept {
    return matches(event.type, event.tags);
  }

  /// For messages: `types a|b tags x+y or tags z`.
  [[nodiscard]] std::string to_string() const {
    if (is_all()) return "all events";
    std::string text;
    const auto list = [&](std::string_view title, const std::vector<std::string>& names,
                          std::string_view glue) {
      for (std::size_t i = 0; i < names.size(); ++i)
        text.append(i == 0 ? title : glue).append(names[i]);
    };
    for (const query_item& item : items_) {
      if (!text.empty()) text.append(" or ");
      list("types ", item.types, "|");
      list(item.types.empty() ? "tags " : " tags ", item.tags, "+");
    }
    return text;
  }

  friend bool operator==(const query&, const query&) = default;

private:
  query() = default;

  std::vector<query_item> items_;
};

} // namespace evstore
