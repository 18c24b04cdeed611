#include "foreign.hpp"

#include "output.hpp"

#include <evstore/error.hpp>
#include <evstore/jsonl/record_writer.hpp>

#include <simdjson.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace evstore::cli {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view space = " \t\r\n";

namespace ondemand = simdjson::ondemand;

void check(simdjson::error_code code) {
  if (code == simdjson::SUCCESS) return;
  throw error{errc::invalid_payload,
              std::string{"simdjson: "}.append(simdjson::error_message(code))};
}

/// Calls `see(name, value)` for each member, until it returns false.
template <class Visitor>
void for_each_member(ondemand::object object, Visitor see) {
  for (auto found : object) {
    ondemand::field member;
    check(std::move(found).get(member));
    std::string_view name;
    check(member.unescaped_key().get(name));
    if (!see(name, member.value())) return;
  }
}

/// Parses the text, which is a valid object, and calls `see(object)`.
template <class Visitor>
void with_object(std::string_view text, Visitor see) {
  static std::string padded; // the program has one thread, and every line needs both
  static ondemand::parser parser;
  padded.assign(text);
  padded.append(simdjson::SIMDJSON_PADDING, ' ');
  const simdjson::padded_string_view view{padded.data(), text.size(), padded.size()};
  ondemand::document document;
  check(parser.iterate(view).get(document));
  ondemand::object object;
  check(document.get_object().get(object));
  see(object);
}

scalar scalar_of(ondemand::value value, std::string_view field) {
  ondemand::json_type type{};
  check(value.type().get(type));
  std::string_view text;
  if (type == ondemand::json_type::string) {
    check(value.get_string().get(text));
    return {std::string{text}, false};
  }
  if (type != ondemand::json_type::number)
    throw error{errc::invalid_payload,
                "the member \"" + std::string{field} + "\" is neither a string nor a number"};
  text = value.raw_json_token();
  return {std::string{text.substr(0, text.find_last_not_of(space) + 1)}, true};
}

/// The name at the head of a pointer `/a/b`, taken off it. A plain name is all of itself.
std::string take_name(std::string_view& pointer) {
  if (!pointer.starts_with('/')) return std::string{std::exchange(pointer, {})};
  pointer.remove_prefix(1);
  const std::string_view escaped = pointer.substr(0, pointer.find('/'));
  pointer.remove_prefix(escaped.size());
  std::string name;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    const bool is_escape = escaped[i] == '~' && i + 1 < escaped.size();
    name += is_escape ? (escaped[++i] == '1' ? '/' : '~') : escaped[i];
  }
  return name;
}

std::optional<scalar> find_in(ondemand::object object, std::string_view rest,
                              std::string_view field) {
  const std::string wanted = take_name(rest);
  std::optional<scalar> found;
  bool met = false;
  for_each_member(object, [&](std::string_view name, ondemand::value value) {
    if (name != wanted) return true;
    if (std::exchange(met, true))
      throw error{errc::invalid_payload, "the member \"" + wanted + "\" is there twice"};
    if (rest.empty()) {
      found = scalar_of(value, field);
    } else {
      ondemand::object inner;
      if (value.get_object().get(inner) == simdjson::SUCCESS) found = find_in(inner, rest, field);
    }
    return true;
  });
  return found;
}

} // namespace

foreign_file::foreign_file(const std::string& path)
    : name_{path == "-" ? "standard input" : path},
      file_{path == "-" ? ::fdopen(::dup(0), "rb") : std::fopen(path.c_str(), "rbe")} {
  if (!file_) fail("cannot open it");
  struct stat found {};
  if (::fstat(::fileno(file_.get()), &found) != 0) fail("cannot look at it");
  if (S_ISDIR(found.st_mode)) {
    errno = EISDIR;
    fail("cannot read it");
  }
  if (!S_ISREG(found.st_mode)) {
    std::unique_ptr<std::FILE, close> kept{std::tmpfile()};
    if (!kept) fail("cannot make a temporary file for it");
    std::array<char, 64 * 1024> chunk;
    for (std::size_t got; (got = std::fread(chunk.data(), 1, chunk.size(), file_.get())) != 0;)
      if (std::fwrite(chunk.data(), 1, got, kept.get()) != got)
        fail("cannot write a temporary file for it");
    if (std::ferror(file_.get()) != 0) fail("cannot read it");
    if (std::fflush(kept.get()) != 0 || ::fstat(::fileno(kept.get()), &found) != 0)
      fail("cannot write a temporary file for it");
    file_ = std::move(kept);
  }
  size_ = static_cast<std::uint64_t>(found.st_size);
  rewind();
}

void foreign_file::fail(const char* what) const {
  const int code = errno;
  error_place place;
  place.file = name_;
  throw error{code == ENOENT ? errc::not_found : errc::io_failed,
              std::string{what} + ": " + std::generic_category().message(code), std::move(place)};
}

void foreign_file::rewind() {
  if (std::fseek(file_.get(), 0, SEEK_SET) != 0) fail("cannot go back in it");
  raw_.clear();
  raw_number_ = 0;
  raw_byte_ = 0;
  static_cast<void>(read_raw());
}

bool foreign_file::read_raw() {
  raw_byte_ += raw_.size();
  raw_.clear();
  ++raw_number_;
  std::array<char, 16 * 1024> chunk;
  do {
    // As fgets, which cannot tell a zero byte from the end of what it read.
    std::size_t got = 0;
    for (int c = 0; got < chunk.size() && c != '\n' && (c = ::getc_unlocked(file_.get())) != EOF;)
      chunk[got++] = static_cast<char>(c);
    raw_.append(chunk.data(), got);
    if (got < chunk.size() || raw_.ends_with('\n')) break;
  } while (raw_.size() <= jsonl::max_record_size);
  if (std::ferror(file_.get()) != 0) fail("cannot read it");
  if (raw_.size() > jsonl::max_record_size) {
    error_place place;
    place.file = name_;
    place.line = raw_number_;
    place.byte = raw_byte_;
    throw error{errc::invalid_payload, "the line is longer than a record may be", std::move(place)};
  }
  return !raw_.empty();
}

const foreign_line* foreign_file::next() {
  const auto is_blank = [](std::string_view line) {
    return line.find_first_not_of(space) == std::string_view::npos;
  };
  framing around{{}, {}};
  if (raw_byte_ == 0 && raw_.starts_with(byte_order_mark)) {
    around.before = byte_order_mark;
    raw_.erase(0, byte_order_mark.size());
    raw_byte_ = byte_order_mark.size();
  }
  for (; !raw_.empty() && is_blank(raw_); static_cast<void>(read_raw())) around.before += raw_;
  if (raw_.empty()) return nullptr;
  const std::size_t begin = raw_.find_first_not_of(space);
  const std::size_t end = raw_.find_last_not_of(space) + 1;
  around.before.append(raw_, 0, begin);
  around.after.assign(raw_, end);
  line_.number = raw_number_;
  line_.byte = raw_byte_ + begin;
  line_.text.assign(raw_, begin, end - begin);
  while (read_raw() && is_blank(raw_)) around.after += raw_;
  line_.around = std::move(around);
  return &line_;
}

std::optional<scalar> find_scalar(std::string_view object, std::string_view field) {
  std::optional<scalar> found;
  with_object(object, [&](ondemand::object members) { found = find_in(members, field, field); });
  return found;
}

bool has_member(std::string_view object, std::string_view name) {
  bool found = false;
  with_object(object, [&](ondemand::object members) {
    for_each_member(members, [&](std::string_view present, ondemand::value) {
      found = found || present == name;
      return !found;
    });
  });
  return found;
}

std::string metadata_of(const foreign_line& line) {
  const framing usual;
  std::string text = R"({"user":{"import.line":")" + std::to_string(line.number) + '"';
  if (line.around.before != usual.before)
    text += R"(,"import.before":)" + quoted_json(line.around.before);
  if (line.around.after != usual.after)
    text += R"(,"import.after":)" + quoted_json(line.around.after);
  return text + "}}";
}

std::optional<framing> framing_of(std::string_view metadata) {
  if (metadata.find("import.line") == std::string_view::npos) return std::nullopt;
  if (!find_scalar(metadata, "/user/import.line")) return std::nullopt;
  framing found;
  if (auto before = find_scalar(metadata, "/user/import.before"))
    found.before = std::move(before->text);
  if (auto after = find_scalar(metadata, "/user/import.after"))
    found.after = std::move(after->text);
  return found;
}

} // namespace evstore::cli
