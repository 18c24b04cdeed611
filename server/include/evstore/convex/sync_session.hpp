#pragma once

#include <evstore/assert.hpp>
#include <evstore/convex/answered.hpp>
#include <evstore/convex/sync_message.hpp>
#include <evstore/convex/sync_request.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace evstore::convex {

struct sync_options {
  limits arguments{};
  std::size_t most_queries = 10'000; ///< of one connection
  std::size_t most_mutations = 1000; ///< asked and not yet answered
  std::size_t most_actions = 1000;   ///< the same
  /// Without providers of identities, a token means nothing. It is refused, as Convex does, or ignored.
  bool ignore_tokens = false;
  /// A Transition beyond this is sent in parts to clients who can put them together: Convex's own size.
  std::size_t largest_transition = 5'000'000;
};

/// Whether a client of a version (`1.48.0`, as its address says) knows Transitions in parts.
[[nodiscard]] inline bool reads_chunks(std::string_view version) {
  unsigned part[2] = {0, 0};
  const char* at = version.data();
  const char* const end = at + version.size();
  for (unsigned& number : part) {
    const auto [behind, failed] = std::from_chars(at, end, number);
    if (failed != std::errc{} || behind == end || *behind != '.') return false;
    at = behind + 1;
  }
  return part[0] > 1 || (part[0] == 1 && part[1] >= 28);
}

/// How a connection is to be closed: a code of WebSocket's and a reason that clients look at.
struct sync_closing {
  std::uint16_t code = 1000;
  std::string reason;
};

/// A mutation or an action that a client wants.
struct sync_call {
  bool is_mutation = true;
  std::uint32_t request = 0;
  function_call call;
  request_key key;
};

/// A query that a client is subscribed to. `Watch` is for whoever answers: what it needs to know again
/// of the query, kept as long as the subscription.
template <class Watch>
struct sync_query {
  requested_call call;
  std::optional<std::string> journal;
  std::optional<Watch> watch{};
  shared_text told{}; ///< what the client has
};

/// One connection of the sync protocol, without sockets, clocks or threads: messages in, messages out,
/// and what is to be done in between. The same calls in the same order make the same bytes.
///
/// What clients rely on, and this keeps: every Transition begins where the one before it ended; it is
/// one snapshot, of which it tells what has changed; a mutation is answered before, and always followed
/// by, a Transition that covers it; every change of the query set is acknowledged; of a query that was
/// removed nothing more is heard.
template <class Watch>
class sync_session {
public:
  explicit sync_session(sync_options options = {}, bool reads_chunks = false)
      : options_{options}, reads_chunks_{reads_chunks} {}

  /// A message of the client. One that breaks the protocol ends the connection.
  void hear(std::string_view message) {
    if (closing_) return;
    try {
      sync_request request = parse_sync_request(message, options_.arguments);
      std::visit([this](auto& said) { this->take(std::move(said)); }, request);
    } catch (const protocol_error& wrong) {
      messages_.push_back(write_fatal_error(wrong.what()));
      close(1002, "ProtocolError");
    }
  }

  /// What the client wants done, in its order. Mutations are carried out in it.
  [[nodiscard]] std::vector<sync_call> take_calls() { return std::exchange(calls_, {}); }

  /// What became of a call. A mutation is to be told before a Transition that shows it.
  void tell(bool is_mutation, std::uint32_t request, const answer& given) {
    if (closing_) return;
    --(is_mutation ? mutations_ : actions_);
    messages_.push_back(write_call_response(is_mutation, request, given));
    if (!is_mutation || !given.outcome) return;
    covers_ = std::max(covers_, given.at);
    must_tell_ = true;
  }

  /// Something that one of the queries read may have changed.
  void touch() noexcept { is_touched_ = true; }

  [[nodiscard]] bool wants_transition() const noexcept {
    return !closing_ && (must_tell_ || is_touched_);
  }

  /// Tells what has changed, as of one snapshot at `at`. `current(sync_query<Watch>&)` answers with the
  /// text of a query's result there (see `write_query_result`); what is the same as before, by address
  /// or by its bytes, is not sent. Is followed by another when a mutation was told that lies behind `at`.
  template <class Current>
  void transition(global_position at, Current&& current) {
    if (closing_) return;
    if (at < observed_)
      return close(1011, "InternalServerError: the client has seen what this store does not have");
    EVSTORE_ASSERT(at >= told_.at, "snapshots do not go back");
    sync_message made;
    const sync_version end{query_set_, identity_, at};
    std::string text = opening(end);
    bool has_changes = false;
    const auto separate = [&] {
      if (std::exchange(has_changes, true)) text.push_back(',');
    };
    for (const std::uint32_t id : std::exchange(removed_, {})) {
      separate();
      text.append(R"({"type":"QueryRemoved","queryId":)").append(std::to_string(id)).append("}");
    }
    for (auto& [id, query] : queries_) {
      shared_text now = query.call ? current(query) : refused(query);
      if (now == query.told) continue;
      const bool is_same = query.told && *now == *query.told;
      query.told = std::move(now);
      if (is_same) continue;
      separate();
      text.append(R"({"queryId":)").append(std::to_string(id));
      made.add(std::exchange(text, {}));
      made.add(query.told);
    }
    is_touched_ = false;
    if (!has_changes && !must_tell_) return;
    must_tell_ = at < covers_;
    made.add(text.append("]}"));
    told_ = end;
    if (!reads_chunks_ || made.size() <= options_.largest_transition)
      return messages_.push_back(std::move(made));
    for (sync_message& part : write_chunks(made, options_.largest_transition, ++chunked_))
      messages_.push_back(std::move(part));
  }

  /// So that the client knows that somebody is there. It expects a message at least every 30 s.
  void ping() { messages_.emplace_back(R"({"type":"Ping"})"); }

  [[nodiscard]] std::vector<sync_message> take_messages() { return std::exchange(messages_, {}); }

  /// Set: what was taken before is to be sent, and the connection closed.
  [[nodiscard]] const std::optional<sync_closing>& closing() const noexcept { return closing_; }
  /// Plainly, after which the client connects again and asks again what was not answered.
  void close(std::uint16_t code, std::string reason) {
    if (!closing_) closing_ = {code, std::move(reason)};
  }

  [[nodiscard]] const sync_version& told() const noexcept { return told_; }
  [[nodiscard]] std::size_t query_count() const noexcept { return queries_.size(); }

private:
  void take(connect_request&& request) {
    if (!session_.empty()) throw protocol_error{"a second Connect"};
    if (!request_key{request.session, 0}.valid()) throw protocol_error{"the sessionId is no name"};
    session_ = std::move(request.session);
    if (request.observed) observed_ = *request.observed;
  }

  void take(query_set_request&& request) {
    require_connected();
    if (request.base != query_set_ || request.next != query_set_ + 1)
      throw protocol_error{"ModifyQuerySet from " + std::to_string(request.base) + " to " +
                           std::to_string(request.next) + ", where the query set is at " +
                           std::to_string(query_set_)};
    for (auto& change : request.changes) {
      if (auto* const added = std::get_if<query_added>(&change)) {
        const auto [at, is_new] = queries_.try_emplace(
            added->id, sync_query<Watch>{std::move(added->call), std::move(added->journal)});
        if (!is_new) throw protocol_error{"two queries with the id " + std::to_string(added->id)};
        std::erase(removed_, added->id);
      } else {
        const std::uint32_t id = std::get<query_removed>(change).id;
        if (queries_.erase(id) == 0)
          throw protocol_error{"there is no query with the id " + std::to_string(id)};
        removed_.push_back(id);
      }
    }
    query_set_ = request.next;
    must_tell_ = true;
    if (queries_.size() > options_.most_queries) close(1013, "TooManyConcurrentQueries");
  }

  void take(call_request&& request) {
    require_connected();
    std::size_t& pending = request.is_mutation ? mutations_ : actions_;
    if (pending == (request.is_mutation ? options_.most_mutations : options_.most_actions))
      return close(1013,
                   request.is_mutation ? "TooManyConcurrentMutations" : "TooManyConcurrentActions");
    ++pending;
    if (request.call)
      calls_.push_back({request.is_mutation,
                        request.id,
                        *std::move(request.call),
                        {session_, static_cast<std::int64_t>(request.id)}});
    else
      tell(request.is_mutation, request.id,
           {failure{function_error{request.call.error()}}, told_.at});
  }

  void take(identity_request&& request) {
    require_connected();
    if (request.base != identity_)
      throw protocol_error{"Authenticate at " + std::to_string(request.base) +
                           ", where the identity is at " + std::to_string(identity_)};
    if (!request.logs_out && !options_.ignore_tokens) {
      messages_.push_back(
          write_auth_error("No auth provider found matching the given token", request.base));
      return close(1000, "AuthError");
    }
    ++identity_;
    must_tell_ = true;
  }

  void take(event_request&&) {}

  void require_connected() const {
    if (session_.empty()) throw protocol_error{"a message before Connect"};
  }

  [[nodiscard]] std::string opening(const sync_version& end) const {
    std::string text{R"({"type":"Transition","startVersion":)"};
    write_version(told_, text);
    text.append(R"(,"endVersion":)");
    write_version(end, text);
    return text.append(R"(,"modifications":[)");
  }

  static shared_text refused(const sync_query<Watch>& query) {
    if (query.told) return query.told;
    return std::make_shared<const std::string>(
        write_query_result(failure{function_error{query.call.error()}}, std::nullopt));
  }

  sync_options options_;
  bool reads_chunks_ = false;
  std::uint64_t chunked_ = 0; // Transitions so far that were sent in parts
  std::string session_;
  global_position observed_{};
  std::uint32_t query_set_ = 0; // as the client has asked
  std::uint32_t identity_ = 0;
  sync_version told_; // as it was told
  std::map<std::uint32_t, sync_query<Watch>> queries_;
  std::vector<std::uint32_t> removed_;
  std::size_t mutations_ = 0;
  std::size_t actions_ = 0;
  global_position covers_{}; // the newest mutation that was told
  bool must_tell_ = false;   // a Transition is due, whether there is something in it or not
  bool is_touched_ = false;
  std::vector<sync_call> calls_;
  std::vector<sync_message> messages_;
  std::optional<sync_closing> closing_;
};

} // namespace evstore::convex
