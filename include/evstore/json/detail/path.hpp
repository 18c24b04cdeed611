#pragma once

#include <evstore/config.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::json::detail {

/// Adds one step into an object: `.cents`, or `["a b"]` if the key is no plain word.
inline void append_key(std::string& path, std::string_view key) {
  const bool word = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || static_cast<unsigned char>(c) >= 0x80;
  });
  if (word)
    path.append(".").append(key);
  else
    path.append("[\"").append(key).append("\"]");
}

/// A path for a message: of one that is very long, its two ends.
inline std::string bounded_path(std::string path) {
  constexpr std::size_t end = 100; // bytes of either
  constexpr std::string_view gap = "...";
  if (path.size() <= 2 * end + gap.size()) return path;
  const auto inside = [&](std::size_t at) { // of a character of several bytes
    return (static_cast<unsigned char>(path[at]) & 0xC0) == 0x80;
  };
  std::size_t cut = end;
  std::size_t resume = path.size() - end;
  while (cut > 0 && inside(cut)) --cut;
  while (resume < path.size() && inside(resume)) ++resume;
  return path.replace(cut, resume - cut, gap);
}

/// Says where in a JSON text a byte stands: `$.items[3].cents`. Reads the text up to that byte, so
/// that neither reader nor writer has to keep track of a path that only an error needs. Keys that
/// are no plain words stand in brackets, escaped as in the text: `$.tags["a b"]`. What stands
/// before the byte is expected to be well-formed; where it is not, the path is a guess. A path that
/// is very long is cut in the middle.
class path_finder {
public:
  static std::string path_at(std::string_view text, std::size_t byte) {
    path_finder finder;
    finder.read(text.substr(0, byte));
    return finder.path();
  }

private:
  struct level {
    bool object;
    bool key_next;
    std::string_view key;
    std::size_t index;
  };

  void read(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      switch (text[i]) {
      case '{': levels_.push_back({true, true, {}, 0}); break;
      case '[': levels_.push_back({false, false, {}, 0}); break;
      case '}':
      case ']':
        if (!levels_.empty()) levels_.pop_back();
        break;
      case ',': next(); break;
      case '"': i = string(text, i + 1); break;
      default: break;
      }
    }
  }

  void next() {
    if (levels_.empty()) return;
    level& inner = levels_.back();
    inner.key_next = inner.object;
    inner.key = {};
    ++inner.index;
  }

  /// Returns the place of the closing quote.
  std::size_t string(std::string_view text, std::size_t begin) {
    std::size_t end = begin;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    if (end < text.size() && !levels_.empty() && levels_.back().key_next) {
      levels_.back().key = text.substr(begin, end - begin);
      levels_.back().key_next = false;
    }
    return end;
  }

  [[nodiscard]] std::string path() const {
    std::string path{"$"};
    for (const level& outer : levels_) {
      if (!outer.object)
        path.append("[").append(std::to_string(outer.index)).append("]");
      else if (outer.key.data() != nullptr)
        append_key(path, outer.key);
    }
    return bounded_path(std::move(path));
  }

  std::vector<level> levels_;
};

inline std::string path_at(std::string_view text, std::size_t byte) {
  return path_finder::path_at(text, byte);
}

} // namespace evstore::json::detail
