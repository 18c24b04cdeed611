#pragma once

#include <evstore/error.hpp>
#include <evstore/postgres/sqlstate.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <poll.h>

/// How a connection is made, and why it was not: the door to libpq, which connection.hpp goes through.

namespace evstore::postgres::detail {

struct close_connection {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using open_connection = std::unique_ptr<PGconn, close_connection>;

/// What is said of a connection, by libpq's keywords.
class settings {
public:
  explicit settings(PQconninfoOption* list) noexcept : list_{list} {}
  explicit operator bool() const noexcept { return list_ != nullptr; }
  [[nodiscard]] std::string_view operator[](std::string_view keyword) const noexcept {
    for (const PQconninfoOption* one = list_.get(); one != nullptr && one->keyword != nullptr;
         ++one)
      if (one->keyword == keyword && one->val != nullptr) return one->val;
    return {};
  }
  [[nodiscard]] bool names_hosts() const noexcept {
    return !(*this)["host"].empty() || !(*this)["hostaddr"].empty();
  }
  [[nodiscard]] bool names_several_hosts() const noexcept {
    return (*this)["host"].find(',') != std::string_view::npos ||
           (*this)["hostaddr"].find(',') != std::string_view::npos;
  }

private:
  struct release {
    void operator()(PQconninfoOption* list) const noexcept { PQconninfoFree(list); }
  };
  std::unique_ptr<PQconninfoOption, release> list_;
};

/// A string that cannot be parsed may have a password where libpq's complaint quotes it, so it is
/// not shown.
inline settings parse(const std::string& string) {
  char* complaint = nullptr;
  settings said{PQconninfoParse(string.c_str(), &complaint)};
  PQfreemem(complaint);
  if (said) return said;
  throw error{errc::invalid_argument,
              "this is no connection string; write host=... dbname=... or postgresql://..."};
}

/// Connects, or only begins to: `begin` is what libpq calls PQconnectdbParams or PQconnectStartParams.
/// A service that the string names may say anything, and only libpq looks into it.
inline open_connection connect(const std::string& string,
                               decltype(PQconnectdbParams)& begin = PQconnectdbParams) {
  const settings said = parse(string);
  const settings elsewhere{PQconndefaults()}; // in the environment; "any" is libpq's own
  const bool has_service = !said["service"].empty();
  const bool has_timeout = has_service || !elsewhere["connect_timeout"].empty();
  const bool is_to_choose = !has_service && elsewhere["target_session_attrs"] == "any" &&
                            (said.names_hosts() ? said : elsewhere).names_several_hosts();
  // What comes before the user's string is overruled by it, what comes behind overrules it, and what
  // is empty overrules nothing.
  const char* const keywords[] = {"connect_timeout",           "target_session_attrs",
                                  "fallback_application_name", "dbname",
                                  "client_encoding",           nullptr};
  const char* const values[] = {has_timeout ? "" : "10",
                                is_to_choose ? "read-write" : "",
                                "evstore",
                                string.c_str(),
                                "UTF8",
                                nullptr};
  return open_connection{begin(keywords, values, 1)};
}

/// The first SQLSTATE in the complaints of a connection that was told to say nothing else of what the
/// server says: two spaces and five characters at the end of a line. Empty if no server has said any.
inline std::string_view first_sqlstate(std::string_view complaints) noexcept {
  const auto is_of_code = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  while (!complaints.empty()) {
    const std::string_view line = complaints.substr(0, complaints.find('\n'));
    complaints.remove_prefix(std::min(line.size() + 1, complaints.size()));
    if (line.size() < 7) continue;
    const std::string_view code = line.substr(line.size() - 5);
    if (line.substr(line.size() - 7, 2) == "  " &&
        std::all_of(code.begin(), code.end(), is_of_code))
      return code;
  }
  return {};
}

/// Why no connection came about. A failed one has no SQLSTATE, and libpq has forgotten what became of an
/// attempt with TLS when it has made one without. So one more is made, for two seconds at most once names
/// are resolved, of which libpq is told to keep nothing but codes.
inline errc why_refused(const std::string& string, PGconn* refused) {
  using clock = std::chrono::steady_clock;
  const auto until = clock::now() + std::chrono::seconds{2};
  // One that let us in has told its version; we left it because it cannot be written to.
  if (PQparameterStatus(refused, "server_version") != nullptr) return errc::connection_lost;
  const open_connection again = connect(string, PQconnectStartParams);
  if (!again) return errc::connection_lost;
  PQsetErrorVerbosity(again.get(), PQERRORS_SQLSTATE);
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (PQstatus(again.get()) != CONNECTION_BAD &&
         (next == PGRES_POLLING_WRITING || next == PGRES_POLLING_READING)) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    pollfd socket{PQsocket(again.get()),
                  static_cast<short>(next == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (left.count() <= 0) break;
    const int ready = ::poll(&socket, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    next = PQconnectPoll(again.get());
  }
  const char* complaints = PQerrorMessage(again.get());
  if (const std::string_view code = first_sqlstate(complaints); !code.empty())
    return classify(code);
  // Without a code only libpq itself has refused, for want of a password; the rest may pass.
  return PQconnectionNeedsPassword(again.get()) ? errc::invalid_argument : errc::connection_lost;
}

} // namespace evstore::postgres::detail
