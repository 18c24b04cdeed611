#include "srd/json_tree.hpp"

#include <evstore/detail/json_scan.hpp>
#include <evstore/error.hpp>

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace dnd::srd {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t deepest = 64;
constexpr std::size_t longest_key = 100;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

[[noreturn]] void refuse(const std::string& file, std::size_t byte, std::string_view why) {
  evstore::error_place place;
  place.file = file;
  place.byte = byte;
  throw evstore::error{evstore::errc::decode_failed, why, std::move(place)};
}

/// Turns a text that is known to be JSON into a tree.
class reader {
public:
  reader(std::string_view text, const std::string& file) : text_{text}, file_{file} {}

  json_tree read() {
    ondemand::document document;
    check(parser_.iterate(text_).get(document));
    // A document of one scalar is no value to simdjson.
    ondemand::json_type type{};
    check(document.type().get(type));
    if (type != ondemand::json_type::array && type != ondemand::json_type::object)
      refuse(file_, 0, "expected a list or an object");
    ondemand::value root;
    check(document.get_value().get(root));
    return read(root);
  }

private:
  void check(simdjson::error_code code) const {
    if (code != simdjson::SUCCESS)
      refuse(file_, 0, std::string{"simdjson: "}.append(simdjson::error_message(code)));
  }

  [[nodiscard]] std::size_t byte_of(const char* at) const noexcept {
    return static_cast<std::size_t>(at - text_.data());
  }

  json_tree read(ondemand::value from) {
    json_tree read;
    ondemand::json_type type{};
    check(from.type().get(type));
    const std::string_view token = from.raw_json_token();
    if (type == ondemand::json_type::object) {
      read.is = json_tree::kind::map;
      read_members(from, byte_of(token.data()), read);
    } else if (type == ondemand::json_type::array) {
      read.is = json_tree::kind::list;
      enter(byte_of(token.data()));
      ondemand::array elements;
      check(from.get_array().get(elements));
      for (auto found : elements) {
        ondemand::value element;
        check(std::move(found).get(element));
        read.children.push_back(this->read(element));
      }
      --depth_;
    } else if (type == ondemand::json_type::string) {
      read.is = json_tree::kind::text;
      std::string_view text;
      check(from.get_string().get(text));
      read.text = text;
    } else {
      read.text = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
    }
    return read;
  }

  void read_members(ondemand::value& from, std::size_t begin, json_tree& to) {
    enter(begin);
    ondemand::object members;
    check(from.get_object().get(members));
    for (auto found : members) {
      ondemand::field member;
      check(std::move(found).get(member));
      std::string_view key;
      check(member.unescaped_key().get(key));
      if (key.size() > longest_key) refuse(file_, begin, "a name longer than 100 bytes");
      to.keys.emplace_back(key);
      to.children.push_back(read(member.value()));
    }
    --depth_;
    std::vector<std::string_view> sorted{to.keys.begin(), to.keys.end()};
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end())
      refuse(file_, begin, "the object has the member \"" + std::string{*twice} + "\" twice");
  }

  void enter(std::size_t begin) {
    if (++depth_ > deepest) refuse(file_, begin, "nested deeper than 64 levels");
  }

  simdjson::padded_string text_;
  const std::string& file_;
  ondemand::parser parser_;
  std::size_t depth_ = 0;
};

} // namespace

const json_tree* json_tree::find(std::string_view key) const noexcept {
  const auto found = std::find(keys.begin(), keys.end(), key);
  return found == keys.end() ? nullptr : &children[static_cast<std::size_t>(found - keys.begin())];
}

json_tree read_json(std::string_view text, const std::string& file) {
  std::string spaced;
  if (text.starts_with(byte_order_mark)) { // in its place, so that every byte keeps its number
    spaced = text;
    spaced.replace(0, byte_order_mark.size(), byte_order_mark.size(), ' ');
    text = spaced;
  }
  // simdjson says that a text is no JSON, but not where.
  if (const auto defect = evstore::detail::find_json_defect(text))
    refuse(file, defect.byte, std::string{"not JSON: "}.append(defect.what));
  return reader{text, file}.read();
}

} // namespace dnd::srd
