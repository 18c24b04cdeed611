#include "language/words.hpp"

#include <evstore/detail/utf8.hpp>

#include <cctype>
#include <optional>

namespace dnd {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Control characters would end up in a log that people read in terminals.
std::optional<complaint> find_unreadable(std::string_view line) {
  if (line.size() > longest_line)
    return complaint{"the line is longer than " + std::to_string(longest_line) + " bytes"};
  if (!evstore::detail::is_utf8(line)) return complaint{"the line is not valid UTF-8"};
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte < 0x20 && !is_blank(line[i])) || byte == 0x7F)
      return complaint{"there is a control character at byte " + std::to_string(i)};
  }
  return std::nullopt;
}

/// The word between quotes that begins at `at`; nothing if the closing quote is missing.
std::optional<word> read_quoted(std::string_view line, std::size_t at) {
  word read{{}, at, at + 1, false, true};
  for (std::size_t i = at + 1; i < line.size(); ++i) {
    if (line[i] == '"') {
      read.end = i + 1;
      return read;
    }
    const bool escaped =
        line[i] == '\\' && i + 1 < line.size() && (line[i + 1] == '"' || line[i + 1] == '\\');
    if (escaped) ++i;
    read.text += line[i];
  }
  return std::nullopt;
}

/// Where a label's colon stands, if the word that begins at `at` is one.
std::optional<std::size_t> find_label_colon(std::string_view line, std::size_t at) {
  for (std::size_t i = at; i < line.size(); ++i) {
    if (line[i] == ':') return i > at ? std::optional{i} : std::nullopt;
    const bool letter = std::isalpha(static_cast<unsigned char>(line[i])) != 0;
    if (!letter && (line[i] != '-' || i == at)) return std::nullopt;
  }
  return std::nullopt;
}

} // namespace

evstore::result<std::vector<word>, complaint> split_words(std::string_view line) {
  using evstore::failure;
  if (auto why = find_unreadable(line)) return failure{std::move(*why)};
  std::vector<word> words;
  std::size_t at = 0;
  while (at < line.size()) {
    if (is_blank(line[at])) {
      ++at;
    } else if (line[at] == '"') {
      auto quoted = read_quoted(line, at);
      if (!quoted) return failure{complaint{"this quote is never closed", at, line.size() - at}};
      at = quoted->end;
      words.push_back(std::move(*quoted));
    } else if (const auto colon = find_label_colon(line, at)) {
      words.push_back({std::string{line.substr(at, *colon - at)}, at, *colon + 1, true, false});
      at = *colon + 1;
    } else {
      const std::size_t begin = at;
      while (at < line.size() && !is_blank(line[at]) && line[at] != '"') ++at;
      words.push_back({std::string{line.substr(begin, at - begin)}, begin, at, false, false});
    }
  }
  return words;
}

bool is_silent(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#';
}

} // namespace dnd
