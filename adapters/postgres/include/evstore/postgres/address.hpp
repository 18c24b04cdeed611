#pragma once

#include <evstore/error.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace evstore::postgres {

/// A store as a program's user names it in one line: libpq's connection string, and in it, as if it
/// were one of libpq's own words, the schema: `host=/run/postgresql dbname=games schema=evstore` or
/// `postgresql://ada@db.example.org/games?schema=evstore`.
struct address {
  std::string connection;              ///< for `open`
  std::optional<std::string> schema{}; ///< for `options::schema`, if it is said
  bool has_password = false;           ///< it should not be shown or kept
};

namespace detail {

/// Takes words from `host=x password='it''s' schema=y`, as PQconnectdb divides them.
class connection_words {
public:
  explicit connection_words(std::string_view text) noexcept : left_{text} {}

  struct word {
    std::string_view key;
    std::string value;
    std::string_view text; ///< all of it, as it stands there
  };
  std::optional<word> next() {
    skip_space();
    if (left_.empty()) return std::nullopt;
    const std::string_view begin = left_;
    word found;
    found.key = left_.substr(0, left_.find_first_of("= \t\n"));
    left_.remove_prefix(found.key.size());
    skip_space();
    if (left_.empty() || left_.front() != '=')
      throw error{errc::invalid_argument, "a connection string is made of words like host=..."};
    left_.remove_prefix(1);
    skip_space();
    found.value = value();
    found.text = begin.substr(0, begin.size() - left_.size());
    return found;
  }

private:
  void skip_space() noexcept {
    left_.remove_prefix(std::min(left_.find_first_not_of(" \t\n"), left_.size()));
  }
  std::string value() {
    const bool is_quoted = left_.starts_with('\'');
    if (is_quoted) left_.remove_prefix(1);
    std::string text;
    for (; !left_.empty(); left_.remove_prefix(1)) {
      if (is_quoted ? left_.front() == '\'' : left_.find_first_of(" \t\n") == 0) break;
      if (left_.front() == '\\' && left_.size() > 1) left_.remove_prefix(1);
      text.push_back(left_.front());
    }
    if (is_quoted && left_.empty())
      throw error{errc::invalid_argument, "a quotation mark is not closed in a connection string"};
    if (is_quoted) left_.remove_prefix(1);
    return text;
  }

  std::string_view left_;
};

inline address parse_words(std::string_view text) {
  address found;
  connection_words words{text};
  while (const auto word = words.next()) {
    found.has_password = found.has_password || word->key == "password";
    if (word->key == "schema")
      found.schema = word->value;
    else
      found.connection.append(found.connection.empty() ? "" : " ").append(word->text);
  }
  return found;
}

inline std::string percent_decoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto digit = [&](char c) {
    return digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  };
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) < 16 && digit(text[i + 2]) < 16;
    decoded.push_back(is_escape ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]))
                                : text[i]);
    if (is_escape) i += 2;
  }
  return decoded;
}

inline address parse_uri(std::string_view text) {
  address found;
  const std::size_t mark = text.find('?');
  const std::string_view authority = text.substr(2, text.find_first_of("/?", 2) - 2);
  const std::size_t at = authority.rfind('@');
  found.has_password =
      at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
  found.connection.append("postgresql:").append(text.substr(0, mark));
  std::string_view left = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  char glue = '?';
  while (!left.empty()) {
    const std::string_view word = left.substr(0, left.find('&'));
    left.remove_prefix(std::min(word.size() + 1, left.size()));
    found.has_password = found.has_password || word.starts_with("password=");
    if (word.starts_with("schema="))
      found.schema = percent_decoded(word.substr(7));
    else {
      found.connection.append(1, glue).append(word);
      glue = '&';
    }
  }
  return found;
}

} // namespace detail

/// Reads what stands behind `postgres:` or `postgresql:`. Throws `errc::invalid_argument` for what is
/// no list of words; whether libpq knows them, it says when it connects.
[[nodiscard]] inline address parse_address(std::string_view text) {
  return text.starts_with("//") ? detail::parse_uri(text) : detail::parse_words(text);
}

} // namespace evstore::postgres
