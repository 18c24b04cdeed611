#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dnd {

/// Writes HTML and the SVG in it. Whatever is given as text or as the value of an attribute comes
/// out as that text, whoever wrote it: there is no way to say markup but by calls.
class markup {
public:
  using attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

  markup& open(std::string_view tag, attributes with = {});
  /// Closes the innermost element that is open.
  markup& close();
  markup& text(std::string_view said);

  /// An element with nothing but text in it.
  markup& leaf(std::string_view tag, attributes with, std::string_view said) {
    return open(tag, with).text(said).close();
  }
  markup& leaf(std::string_view tag, std::string_view said) { return leaf(tag, {}, said); }

  /// An element that HTML knows to have no contents, or an SVG shape.
  markup& shape(std::string_view tag, attributes with);

  /// A style sheet, which must be the program's own: it is taken as it is.
  markup& style(std::string_view sheet);

  /// The document, everything closed.
  [[nodiscard]] std::string finish() &&;

private:
  void begin(std::string_view tag, attributes with);

  std::string out_ = "<!DOCTYPE html>\n";
  std::vector<std::string> open_;
};

/// A coordinate or a size: at most two digits after the point, whatever the locale.
std::string coordinate(double value);
std::string percent(double share);

/// `1,011`
std::string grouped(std::int64_t number);

} // namespace dnd
