#include "report/markup.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace dnd {

namespace {

void escape(std::string_view said, std::string& out) {
  for (const char c : said) {
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    case '\'': out += "&#39;"; break;
    default:
      // HTML has no place for other control characters.
      if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
}

} // namespace

void markup::begin(std::string_view tag, attributes with) {
  out_.append("<").append(tag);
  for (const auto& [name, value] : with) {
    out_.append(" ").append(name).append("=\"");
    escape(value, out_);
    out_ += '"';
  }
}

markup& markup::open(std::string_view tag, attributes with) {
  begin(tag, with);
  out_ += '>';
  open_.emplace_back(tag);
  return *this;
}

markup& markup::close() {
  const std::string tag = std::move(open_.back());
  open_.pop_back();
  out_.append("</").append(tag).append(">");
  // Lines where they cannot be seen.
  if (tag != "span" && tag != "td" && tag != "th" && tag != "text" && tag != "title") out_ += '\n';
  return *this;
}

markup& markup::text(std::string_view said) {
  escape(said, out_);
  return *this;
}

markup& markup::shape(std::string_view tag, attributes with) {
  begin(tag, with);
  out_ += "/>";
  return *this;
}

markup& markup::style(std::string_view sheet) {
  out_.append("<style>\n").append(sheet).append("</style>\n");
  return *this;
}

std::string markup::finish() && {
  while (!open_.empty()) close();
  return std::move(out_);
}

std::string coordinate(double value) {
  constexpr double hundred = 100;
  std::array<char, 32> text{};
  const double rounded = std::round(value * hundred) / hundred + 0.0; // -0 is 0, too
  const auto end = std::to_chars(text.data(), text.data() + text.size(), rounded).ptr;
  return {text.data(), end};
}

std::string percent(double share) { return coordinate(share * 100) + "%"; }

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > sign + 3;) text.insert(at -= 3, 1, ',');
  return text;
}

} // namespace dnd
