#pragma once

#include <evstore/convex/answer.hpp>
#include <evstore/convex/encode.hpp>
#include <evstore/convex/http_body.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the server says on the WebSocket of the sync protocol.

namespace evstore::convex {

using shared_text = std::shared_ptr<const std::string>;

/// One message in pieces, of which those that many clients are sent are there once. Cheap to move.
class sync_message {
public:
  sync_message() = default;
  explicit sync_message(std::string whole) { add(std::move(whole)); }

  void add(std::string piece) { add(std::make_shared<const std::string>(std::move(piece))); }
  void add(shared_text piece) {
    size_ += piece->size();
    pieces_.push_back(std::move(piece));
  }

  [[nodiscard]] const std::vector<shared_text>& pieces() const noexcept { return pieces_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::string text() const {
    std::string whole;
    for (const shared_text& piece : pieces_) whole.append(*piece);
    return whole;
  }

private:
  std::vector<shared_text> pieces_;
  std::size_t size_ = 0;
};

/// What of a state a client has been told: where each Transition begins, and the one before ended.
struct sync_version {
  std::uint32_t query_set = 0;
  std::uint32_t identity = 0;
  global_position at{};

  friend bool operator==(const sync_version&, const sync_version&) = default;
};

inline void write_version(const sync_version& version, std::string& out) {
  out.append(R"({"querySet":)").append(std::to_string(version.query_set));
  out.append(R"(,"ts":")").append(write_timestamp(version.at));
  out.append(R"(","identity":)").append(std::to_string(version.identity)).append("}");
}

/// A text of whatever origin as one of JSON.
inline void write_words(std::string_view words, std::string& out) {
  encode(evstore::detail::is_utf8(words) ? std::string{words} : evstore::detail::one_line(words),
         out);
}

/// The words of a failure, with its data if it is one that the function threw for its client.
inline void write_failure(const function_error& failed, std::string_view words_name,
                          std::string& out) {
  out.append(",\"").append(words_name).append("\":");
  write_words(std::string{"Server Error\n"}.append(failed.what()), out);
  if (const auto& data = failed.data()) {
    out.append(R"(,"errorData":)");
    encode(*data, out);
  }
}

/// What a query has answered, as its subscribers are sent it: the modification of a Transition behind
/// the id, which is each one's own.
[[nodiscard]] inline std::string write_query_result(const result<value, function_error>& outcome,
                                                    const std::optional<std::string>& journal) {
  std::string text;
  if (outcome) {
    text.append(R"(,"value":)");
    encode(*outcome, text);
  } else {
    write_failure(outcome.error(), "errorMessage", text);
  }
  text.append(R"(,"logLines":[],"journal":)");
  if (journal)
    write_words(*journal, text);
  else
    text.append("null");
  return text.append(outcome ? R"(,"type":"QueryUpdated"})" : R"(,"type":"QueryFailed"})");
}

[[nodiscard]] inline sync_message write_call_response(bool is_mutation, std::uint32_t request,
                                                      const answer& given) {
  std::string text{R"({"type":")"};
  text.append(is_mutation ? "MutationResponse" : "ActionResponse");
  text.append(R"(","requestId":)").append(std::to_string(request));
  if (given.outcome) {
    text.append(R"(,"success":true,"result":)");
    encode(*given.outcome, text);
  } else {
    text.append(R"(,"success":false)");
    write_failure(given.outcome.error(), "result", text);
  }
  if (is_mutation) {
    text.append(R"(,"ts":)");
    text.append(given.outcome ? "\"" + write_timestamp(given.at) + "\"" : "null");
  }
  return sync_message{text.append(R"(,"logLines":[]})")};
}

[[nodiscard]] inline sync_message write_fatal_error(std::string_view why) {
  std::string text{R"({"type":"FatalError","error":)"};
  write_words(why, text);
  return sync_message{text.append("}")};
}

[[nodiscard]] inline sync_message write_auth_error(std::string_view why, std::uint32_t base) {
  std::string text{R"({"type":"AuthError","error":)"};
  write_words(why, text);
  text.append(R"(,"baseVersion":)").append(std::to_string(base));
  return sync_message{text.append(R"(,"authUpdateAttempted":true})")};
}

/// A Transition in parts of about `size` bytes of its text, none of which ends within a character. To a
/// client each is a sign of life, where one large message is silence until it is there.
[[nodiscard]] inline std::vector<sync_message> write_chunks(const sync_message& transition,
                                                            std::size_t size, std::uint64_t id) {
  const std::string whole = transition.text();
  std::vector<std::string_view> parts;
  for (std::string_view rest{whole}; !rest.empty(); rest.remove_prefix(parts.back().size())) {
    std::size_t end = std::min(std::max<std::size_t>(size, 4), rest.size()); // a character at least
    while (end < rest.size() && (static_cast<unsigned char>(rest[end]) & 0xC0U) == 0x80U) --end;
    parts.push_back(rest.substr(0, end));
  }
  std::vector<sync_message> chunks;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string text{R"({"type":"TransitionChunk","chunk":)"};
    write_words(parts[i], text);
    text.append(R"(,"partNumber":)").append(std::to_string(i));
    text.append(R"(,"totalParts":)").append(std::to_string(parts.size()));
    text.append(R"(,"transitionId":")").append(std::to_string(id)).append("\"}");
    chunks.emplace_back(std::move(text));
  }
  return chunks;
}

} // namespace evstore::convex
