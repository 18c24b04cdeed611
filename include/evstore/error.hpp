#pragma once

#include <evstore/detail/utf8.hpp>
#include <evstore/event_id.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore {

/// What went wrong, for code that has to branch on it. Closed: adapters classify by `errno` or
/// SQLSTATE, never by message text.
enum class errc : std::uint8_t {
  invalid_argument, ///< the caller passed something that can never be accepted; nothing happened
  invalid_payload,  ///< not JSON, not UTF-8, or a number JSON cannot say; nothing was written
  decode_failed,    ///< stored bytes do not fit the type that they are read into
  unknown_event,    ///< a stored event type that the event set does not name
  conflict,         ///< an append conflict that was taken for granted with `.value()`
  refused,          ///< a refused decision that was taken for granted with `.value()`
  not_found,        ///< a file, store or snapshot that was named and is not there
  locked,           ///< another handle or process writes to this store
  read_only,        ///< the store was opened for reading, or may not be written
  storage_full,     ///< no room; what was acknowledged is safe, appends work again with room
  io_failed,        ///< the operating system reported an error
  corrupt,          ///< durable data is damaged: file, line and byte say where
  changed_under,    ///< the file was cut or replaced while it was being read
  append_in_doubt,  ///< the fate of a commit is unknown; a retry with the same ids is safe
  append_halted,    ///< an earlier sync failed: this handle refuses appends until reopened
  connection_lost,  ///< the server went away; nothing of the failed call was acknowledged
  cancelled,   ///< the server stopped the call: a timeout, or somebody's wish; nothing was written
  unsupported, ///< this adapter cannot do that, by design
};

/// The stable, lower-case name of a code, as used in messages.
constexpr std::string_view to_string(errc code) noexcept {
  switch (code) {
  case errc::invalid_argument: return "invalid argument";
  case errc::invalid_payload: return "invalid payload";
  case errc::decode_failed: return "decode failed";
  case errc::unknown_event: return "unknown event type";
  case errc::conflict: return "append conflict";
  case errc::refused: return "decision refused";
  case errc::not_found: return "not found";
  case errc::locked: return "locked";
  case errc::read_only: return "read only";
  case errc::storage_full: return "storage full";
  case errc::io_failed: return "input/output failed";
  case errc::corrupt: return "damaged data";
  case errc::changed_under: return "changed while reading";
  case errc::append_in_doubt: return "append in doubt";
  case errc::append_halted: return "appends halted";
  case errc::connection_lost: return "connection lost";
  case errc::cancelled: return "cancelled";
  case errc::unsupported: return "unsupported";
  }
  return "unknown error";
}

/// Where it went wrong. Only what is known is filled in; `error::what()` shows exactly that.
struct error_place {
  std::string file{};                     ///< its path: of an open log from the root, else as given
  std::optional<std::uint64_t> line{};    ///< 1-based
  std::optional<std::uint64_t> byte{};    ///< 0-based offset in the file or the payload
  std::string stream{};                   ///< stream name
  std::optional<std::uint64_t> version{}; ///< stream version
  std::optional<std::uint64_t> position{};
  std::string type{}; ///< stored event type name
  std::string path{}; ///< JSON path such as `$.items[3].cents`
};

namespace detail {

/// The text as one line of UTF-8. Messages quote names, and a name may be the very bytes that were
/// refused: control characters, also U+0080–U+009F, and what is not UTF-8 become `\xNN`.
inline std::string one_line(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const std::size_t valid = utf8_valid_prefix(text);
    const std::size_t taken = std::min(valid + 1, text.size());
    const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (std::size_t i = 0; i < taken; ++i) {
      const unsigned char byte = byte_at(i);
      const bool c1 = i < valid && byte >= 0x80 &&
                      ((byte == 0xC2 && byte_at(i + 1) < 0xA0) ||
                       (i > 0 && byte_at(i - 1) == 0xC2 && byte < 0xA0));
      if (i < valid && byte >= 0x20 && byte != 0x7F && !c1)
        line.push_back(text[i]);
      else
        line.append({'\\', 'x', digits[byte >> 4], digits[byte & 15]});
    }
    text.remove_prefix(taken);
  }
  return line;
}

} // namespace detail

/// The one exception type of the library: the environment failed, or data is not what it must be.
/// `what()` is one line: the code, what happened, where, and what to do next. Copies share what
/// they hold and never throw, as exceptions should.
class error : public std::runtime_error {
public:
  explicit error(errc code, std::string_view message, error_place place = {})
      : std::runtime_error{describe(code, message, place)}, code_{code},
        details_{
            std::make_shared<const details>(details{std::string{message}, std::move(place), {}})} {}
  error(const error&) noexcept = default; // and no move: an error always has its details
  error& operator=(const error&) noexcept = default;

  [[nodiscard]] errc code() const noexcept { return code_; }
  /// The message alone, without code and place: what a caller that adds places of its own needs.
  [[nodiscard]] const std::string& message() const noexcept { return details_->message; }
  [[nodiscard]] const error_place& place() const noexcept { return details_->place; }

  /// True if the same may succeed later without anybody repairing anything: the same call, or, after
  /// `append_in_doubt`, the same commit with the same ids on a store that was opened again.
  [[nodiscard]] bool retryable() const noexcept {
    return code_ == errc::storage_full || code_ == errc::locked || code_ == errc::connection_lost ||
           code_ == errc::append_in_doubt || code_ == errc::cancelled;
  }

  /// The ids of the events of a commit in doubt; empty for every other code.
  [[nodiscard]] const std::vector<event_id>& ids() const noexcept { return details_->ids; }
  error& with_ids(std::vector<event_id> ids) {
    details_ = std::make_shared<const details>(details{message(), place(), std::move(ids)});
    return *this;
  }

private:
  struct details {
    std::string message;
    error_place place;
    std::vector<event_id> ids;
  };

  static std::string describe(errc code, std::string_view message, const error_place& place) {
    std::string text{to_string(code)};
    text.append(": ").append(message);
    std::string_view separator = " [";
    const auto add = [&](std::string_view name, std::string_view value) {
      if (value.empty()) return;
      text.append(separator).append(name).append(" ").append(value);
      separator = ", ";
    };
    const auto number = [](const std::optional<std::uint64_t>& value) {
      return value ? std::to_string(*value) : std::string{};
    };
    add("file", place.file);
    add("line", number(place.line));
    add("byte", number(place.byte));
    add("stream", place.stream);
    add("version", number(place.version));
    add("position", number(place.position));
    add("type", place.type);
    add("path", place.path);
    if (separator == ", ") text.append("]");
    return detail::one_line(text);
  }

  errc code_;
  std::shared_ptr<const details> details_;
};

} // namespace evstore
