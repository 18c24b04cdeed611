#pragma once

#include <evstore/convex/encode.hpp>
#include <evstore/convex/id.hpp>
#include <evstore/convex/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace evstore::convex {

/// Where in a value a member stands, as a chain on the stack that only a complaint has to read:
/// `.players[2].name`.
struct path_step {
  const path_step* outer = nullptr;
  std::string_view name{};
  std::size_t index = 0; ///< where there is no name

  [[nodiscard]] std::string to_string() const {
    std::string path = outer != nullptr ? outer->to_string() : std::string{};
    if (name.data() != nullptr) return path.append(".").append(name);
    return outer == nullptr ? path : path.append("[").append(std::to_string(index)).append("]");
  }
  [[nodiscard]] path_step into(std::string_view field) const noexcept { return {this, field, 0}; }
  [[nodiscard]] path_step into(std::size_t element) const noexcept { return {this, {}, element}; }
};

/// Why a value is not what a function takes, in Convex's own words. Filled in by whoever refuses;
/// always returns false, so that a refusal is one expression.
class mismatch {
public:
  explicit mismatch(const table_names& tables) noexcept : tables_{tables} {}

  [[nodiscard]] const table_names& tables() const noexcept { return tables_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  bool value_differs(const path_step& at, const value& found, std::string_view validator) {
    text_ = "Value does not match validator.\n";
    return add_place(at, "Value", found, validator);
  }
  bool field_missing(const path_step& at, const value& found, std::string_view name,
                     std::string_view validator) {
    text_ = std::string{"Object is missing the required field `"}.append(name).append(
        "`. Consider wrapping the field validator in `v.optional(...)` if this is expected.\n\n");
    return add_place(at, "Object", found, validator);
  }
  bool field_extra(const path_step& at, const value& found, std::string_view name,
                   std::string_view validator) {
    text_ = std::string{"Object contains extra field `"}.append(name).append(
        "` that is not in the validator.\n\n");
    return add_place(at, "Object", found, validator);
  }
  bool other_table(const path_step& at, std::string_view id, std::string_view table,
                   std::string_view validator) {
    text_ = std::string{"Found ID \""}.append(id).append("\" from table `").append(table);
    text_.append("`, which does not match the table name in validator `").append(validator);
    text_.append("`.");
    if (const std::string path = at.to_string(); !path.empty())
      text_.append("\nPath: ").append(path);
    return false;
  }

private:
  bool add_place(const path_step& at, std::string_view what, const value& found,
                 std::string_view validator) {
    if (const std::string path = at.to_string(); !path.empty())
      text_.append("Path: ").append(path).append("\n");
    text_.append(what).append(": ").append(shown(found));
    text_.append("\nValidator: ").append(validator);
    return false;
  }

  /// The canonical text; of a very long one its beginning, cut between characters.
  static std::string shown(const value& found) {
    constexpr std::size_t most = 1000;
    std::string text = encode(found);
    if (text.size() <= most) return text;
    std::size_t cut = most;
    while ((static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    return text.substr(0, cut).append("...");
  }

  const table_names& tables_;
  std::string text_;
};

} // namespace evstore::convex
