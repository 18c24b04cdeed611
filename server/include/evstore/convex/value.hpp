#pragma once

#include <evstore/convex/limits.hpp>
#include <evstore/error.hpp>

#include <algorithm>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace evstore::convex {

class value;

using null = std::monostate;
using bytes = std::vector<std::byte>;
using array = std::vector<value>;

namespace detail {

template <class T, class... Known>
concept one_of = (std::same_as<T, Known> || ...);

} // namespace detail

/// The fields of an object, sorted by name, each once; what is not there is `undefined`. Names are
/// kept valid: see `field_name_defect`.
class object {
public:
  struct field;

  // Defined where a field is complete.
  object() noexcept;
  object(const object&);
  object(object&&) noexcept;
  object& operator=(const object&);
  object& operator=(object&&) noexcept;
  ~object();

  /// Throws as `set` does; of fields with one name the last one counts.
  object(std::initializer_list<field> fields);
  /// Of fields in any order. Throws `errc::invalid_payload`, naming a field that stands twice or
  /// whose name is none.
  static object of(std::vector<field> fields);

  /// The value of a field, or null if there is no such field. Logarithmic.
  [[nodiscard]] const value* find(std::string_view name) const noexcept;
  [[nodiscard]] value* find(std::string_view name) noexcept;

  /// Adds a field or replaces its value. Linear in the number of fields behind it. Throws
  /// `errc::invalid_payload` for a name that is none.
  void set(std::string_view name, value to);
  /// False if there was no such field.
  bool erase(std::string_view name) noexcept;

  [[nodiscard]] auto begin() const noexcept;
  [[nodiscard]] auto end() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  friend std::strong_ordering operator<=>(const object&, const object&) noexcept;
  friend bool operator==(const object& left, const object& right) noexcept {
    return std::is_eq(left <=> right);
  }

private:
  [[nodiscard]] std::size_t place_of(std::string_view name) const noexcept;
  static void require_name(std::string_view name);

  std::vector<field> fields_;
};

/// A value of Convex. Compared in the order of Convex's indexes: null, int64, float64, boolean,
/// string, bytes, array, object; an int64 never equals a float64; floats in the total order of IEEE
/// 754, in which -0 stands before 0 and NaN behind infinity; strings by their UTF-8. Two values are
/// equal exactly if their encodings are the same bytes.
///
/// Strings are expected to be UTF-8; `encode` refuses those that are not. Safe to read from any number
/// of threads at once.
class value {
public:
  using alternatives =
      std::variant<null, std::int64_t, double, bool, std::string, bytes, array, object>;

  value() noexcept = default;
  /// Of one of the alternatives, and of nothing that would have to become one: whether 1 is an int64
  /// or a float64 is for the caller to say.
  template <class T>
    requires detail::one_of<T, std::int64_t, double, bool, std::string, bytes, array, object>
  value(T held) : held_{std::in_place_type<T>, std::move(held)} {}
  value(std::nullptr_t) noexcept {}
  value(const char* text) : held_{std::in_place_type<std::string>, text} {}
  value(std::string_view text) : held_{std::in_place_type<std::string>, text} {}

  /// The alternative that it holds, or null.
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    return std::get_if<T>(&held_);
  }
  template <class T>
  [[nodiscard]] T* get_if() noexcept {
    return std::get_if<T>(&held_);
  }
  template <class T>
  [[nodiscard]] bool is() const noexcept {
    return std::holds_alternative<T>(held_);
  }
  [[nodiscard]] bool is_null() const noexcept { return is<null>(); }

  [[nodiscard]] const alternatives& held() const noexcept { return held_; }

  /// The name of its type in validators: `null`, `int64`, `float64`, `boolean`, ...
  [[nodiscard]] std::string_view type_name() const noexcept {
    constexpr std::string_view names[] = {"null",   "int64", "float64", "boolean",
                                          "string", "bytes", "array",   "object"};
    return names[held_.index()];
  }

  /// Bytes as Convex counts them for its limits: a number 9, a boolean and null 1, text and bytes 2
  /// more than their own, arrays and objects 2 more than what is in them, names 1 more. Linear.
  [[nodiscard]] std::size_t size() const noexcept;

  /// Which of the limits it does not keep, or nothing. What `decode` has made keeps its own.
  [[nodiscard]] std::string_view limit_defect(const limits& most) const noexcept;

  friend std::strong_ordering operator<=>(const value&, const value&) noexcept;
  friend bool operator==(const value& left, const value& right) noexcept {
    return std::is_eq(left <=> right);
  }

private:
  [[nodiscard]] std::string_view shape_defect(const limits& most, std::size_t depth) const noexcept;

  alternatives held_;
};

struct object::field {
  std::string name;
  convex::value value;
};

// object

inline object::object() noexcept = default;
inline object::object(const object&) = default;
inline object::object(object&&) noexcept = default;
inline object& object::operator=(const object&) = default;
inline object& object::operator=(object&&) noexcept = default;
inline object::~object() = default;

inline object::object(std::initializer_list<field> fields) {
  for (const field& given : fields) set(given.name, given.value);
}

inline object object::of(std::vector<field> fields) {
  for (const field& given : fields) require_name(given.name);
  std::sort(fields.begin(), fields.end(),
            [](const field& left, const field& right) { return left.name < right.name; });
  const auto twice = std::adjacent_find(
      fields.begin(), fields.end(),
      [](const field& left, const field& right) { return left.name == right.name; });
  if (twice != fields.end())
    throw error{errc::invalid_payload, "the field " + twice->name + " stands twice"};
  object made;
  made.fields_ = std::move(fields);
  return made;
}

inline void object::require_name(std::string_view name) {
  if (const auto defect = field_name_defect(name); !defect.empty())
    throw error{errc::invalid_payload, std::string{defect}.append(": ").append(name.substr(0, 80))};
}

inline std::size_t object::place_of(std::string_view name) const noexcept {
  const auto at = std::lower_bound(
      fields_.begin(), fields_.end(), name,
      [](const field& known, std::string_view sought) { return known.name < sought; });
  return static_cast<std::size_t>(at - fields_.begin());
}

inline const value* object::find(std::string_view name) const noexcept {
  const std::size_t at = place_of(name);
  return at != fields_.size() && fields_[at].name == name ? &fields_[at].value : nullptr;
}

inline value* object::find(std::string_view name) noexcept {
  return const_cast<value*>(std::as_const(*this).find(name));
}

inline void object::set(std::string_view name, value to) {
  if (value* const known = find(name)) {
    *known = std::move(to);
    return;
  }
  require_name(name);
  fields_.insert(fields_.begin() + static_cast<std::ptrdiff_t>(place_of(name)),
                 field{std::string{name}, std::move(to)});
}

inline bool object::erase(std::string_view name) noexcept {
  if (find(name) == nullptr) return false;
  fields_.erase(fields_.begin() + static_cast<std::ptrdiff_t>(place_of(name)));
  return true;
}

inline auto object::begin() const noexcept { return fields_.begin(); }
inline auto object::end() const noexcept { return fields_.end(); }
inline std::size_t object::size() const noexcept { return fields_.size(); }

inline std::strong_ordering operator<=>(const object& left, const object& right) noexcept {
  return std::lexicographical_compare_three_way(
      left.begin(), left.end(), right.begin(), right.end(),
      [](const object::field& one, const object::field& other) -> std::strong_ordering {
        if (const auto order = one.name <=> other.name; std::is_neq(order)) return order;
        return one.value <=> other.value;
      });
}

// value

inline std::strong_ordering operator<=>(const value& left, const value& right) noexcept {
  if (left.held_.index() != right.held_.index()) return left.held_.index() <=> right.held_.index();
  return std::visit(
      [&]<class T>(const T& one) -> std::strong_ordering {
        const T& other = *right.get_if<T>();
        if constexpr (std::same_as<T, double>)
          return std::strong_order(one, other);
        else if constexpr (std::same_as<T, bytes> || std::same_as<T, array>)
          return std::lexicographical_compare_three_way(one.begin(), one.end(), other.begin(),
                                                        other.end());
        else
          return one <=> other;
      },
      left.held_);
}

inline std::size_t value::size() const noexcept {
  return std::visit(
      []<class T>(const T& held) -> std::size_t {
        if constexpr (std::same_as<T, std::int64_t> || std::same_as<T, double>) {
          return 9;
        } else if constexpr (std::same_as<T, std::string> || std::same_as<T, bytes>) {
          return held.size() + 2;
        } else if constexpr (std::same_as<T, array>) {
          std::size_t sum = 2;
          for (const value& element : held) sum += element.size();
          return sum;
        } else if constexpr (std::same_as<T, object>) {
          std::size_t sum = 2;
          for (const auto& [name, element] : held) sum += name.size() + 1 + element.size();
          return sum;
        } else {
          return 1;
        }
      },
      held_);
}

inline std::string_view value::limit_defect(const limits& most) const noexcept {
  const std::string_view defect = shape_defect(most, 0);
  return defect.empty() && size() > most.size ? "the value is too large" : defect;
}

inline std::string_view value::shape_defect(const limits& most, std::size_t depth) const noexcept {
  const array* const elements = get_if<array>();
  const object* const fields = get_if<object>();
  if (elements == nullptr && fields == nullptr) return {};
  if (++depth > most.depth) return "the value is nested too deeply";
  if (elements != nullptr && elements->size() > most.elements)
    return "an array of the value has too many elements";
  if (fields != nullptr && fields->size() > most.fields)
    return "an object of the value has too many fields";
  std::string_view defect;
  if (elements != nullptr)
    for (auto at = elements->begin(); at != elements->end() && defect.empty(); ++at)
      defect = at->shape_defect(most, depth);
  else
    for (auto at = fields->begin(); at != fields->end() && defect.empty(); ++at)
      defect = at->value.shape_defect(most, depth);
  return defect;
}

} // namespace evstore::convex
