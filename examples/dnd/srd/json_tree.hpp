#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dnd::srd {

/// A JSON value of any shape as its file spells it: numbers keep their digits, members their order.
struct json_tree {
  enum class kind : std::uint8_t { word, text, list, map };

  kind is = kind::word;
  std::string text{};              ///< a text without escapes; a word: null, true, false, a number
  std::vector<std::string> keys{}; ///< of a map, one for each child, each once
  std::vector<json_tree> children{}; ///< of a list or a map

  /// The member of that name, or null; linear in the members.
  [[nodiscard]] const json_tree* find(std::string_view key) const noexcept;
};

/// Reads one JSON value. Throws `evstore::error` with `file` and the byte for what is not JSON in
/// valid UTF-8, and for what no page could say: values nested deeper than 64 levels, names that
/// stand twice in one object, names longer than 100 bytes. Linear in the text, but for sorting the
/// names of each object.
json_tree read_json(std::string_view text, const std::string& file);

} // namespace dnd::srd
