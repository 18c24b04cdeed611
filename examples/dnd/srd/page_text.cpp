#include "srd/page_text.hpp"

#include <evstore/yaml/detail/scalar.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace dnd::srd {

namespace {

namespace spelling = evstore::yaml::detail;

constexpr std::string_view address = "/api/";

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_year(std::string_view text) {
  return text.size() == 4 && text.find_first_not_of("0123456789") == text.npos;
}

/// The page that an address leads to, or where else it does.
struct destination {
  std::string page{};
  elsewhere otherwise = elsewhere::list;
};

destination follow(std::string_view url, const data_set& all) {
  std::vector<std::string_view> parts = split(url.substr(address.size()), '/');
  if (is_year(parts.front())) parts.erase(parts.begin());
  if (!parts.empty() && parts.front() == "images") return {{}, elsewhere::image};
  if (parts.size() != 2) return {};
  if (all.has(parts[0], parts[1])) return {page_name(parts[0], parts[1])};
  return {{}, elsewhere::missing_page};
}

class page_writer {
public:
  page_writer(const item& from, const data_set& all, std::vector<dead_link>& dead)
      : page_{page_name(from.kind, from.index)}, all_{all}, dead_{dead} {
    write(from.content, behind::nothing, 0);
  }

  [[nodiscard]] std::string take() && { return std::move(out_); }

private:
  /// What stands before a value on its line.
  enum class behind : std::uint8_t { nothing, key, dash };

  /// Writes a value to the end of its last line; what it consists of begins in this column.
  void write(const json_tree& value, behind what, std::size_t column) {
    if (value.is == json_tree::kind::word) return line(value_of_word(value.text), what);
    if (value.is == json_tree::kind::text) return write_text(value.text, what, column);
    const bool is_map = value.is == json_tree::kind::map;
    if (value.children.empty()) return line(is_map ? "{}" : "[]", what);
    for (std::size_t i = 0; i < value.children.size(); ++i) {
      // The first entry of an entry of a list stands behind its dash, every other on its own line.
      if (i == 0 && what == behind::key) out_ += '\n';
      if (i == 0 && what == behind::dash)
        out_ += ' ';
      else
        out_.append(column, ' ');
      const std::size_t length = path_.size();
      if (is_map)
        write_member(value, i, column);
      else
        write_element(value.children[i], i, column);
      path_.resize(length);
    }
  }

  void write_element(const json_tree& value, std::size_t index, std::size_t column) {
    path_.append("[").append(std::to_string(index)).append("]");
    out_ += '-';
    if (const auto page = page_behind(value))
      write_text(*page, behind::dash, column + 2);
    else
      write(value, behind::dash, column + 2);
  }

  void write_member(const json_tree& map, std::size_t index, std::size_t column) {
    std::string key = map.keys[index];
    path_.append(".").append(key);
    const auto page = page_behind(map.children[index]);
    if (page && (key == "url" || key.ends_with("_url"))) {
      const std::string renamed = key.substr(0, key.size() - 3) + "ref";
      if (map.find(renamed) == nullptr) key = renamed;
    }
    spelling::append_text(out_, key);
    out_ += ':';
    if (page)
      write_text(*page, behind::key, column + 2);
    else
      write(map.children[index], behind::key, column + 2);
  }

  /// The page whose address the value is; other addresses are noted.
  std::optional<std::string> page_behind(const json_tree& value) {
    if (value.is != json_tree::kind::text || !value.text.starts_with(address)) return std::nullopt;
    destination found = follow(value.text, all_);
    if (!found.page.empty()) return std::move(found.page);
    dead_.push_back({page_, path_, value.text, found.otherwise});
    return std::nullopt;
  }

  /// JSON's words mean the same in YAML, but `1e3`, which YAML 1.1 takes for a text.
  static std::string value_of_word(const std::string& word) {
    const std::size_t exponent = word.find_first_of("eE");
    const bool is_number = word.find_first_not_of("0123456789+-.eE") == word.npos;
    if (!is_number || exponent == word.npos) return word;
    std::string spelled = word.substr(0, exponent);
    if (spelled.find('.') == spelled.npos) spelled += ".0";
    const bool is_signed = word[exponent + 1] == '+' || word[exponent + 1] == '-';
    return spelled + (is_signed ? "e" : "e+") + word.substr(exponent + 1);
  }

  void write_text(std::string_view text, behind what, std::size_t column) {
    if (!spelling::is_block(text)) {
      std::string spelled;
      spelling::append_text(spelled, text);
      return line(spelled, what);
    }
    const bool ends_line = text.back() == '\n';
    line(ends_line ? "|" : "|-", what);
    if (ends_line) text.remove_suffix(1);
    for (const std::string_view part : split(text, '\n')) {
      if (!part.empty()) out_.append(column, ' ');
      out_.append(part).push_back('\n');
    }
  }

  void line(std::string_view text, behind what) {
    if (what != behind::nothing) out_ += ' ';
    out_.append(text).push_back('\n');
  }

  std::string page_;
  const data_set& all_;
  std::vector<dead_link>& dead_;
  std::string out_;
  std::string path_ = "$";
};

} // namespace

std::string page_name(std::string_view kind, std::string_view index) {
  return std::string{kind}.append("/").append(index).append(".yaml");
}

std::string page_text(const item& from, const data_set& all, std::vector<dead_link>& dead) {
  return page_writer{from, all, dead}.take();
}

} // namespace dnd::srd
