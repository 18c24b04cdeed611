#pragma once

#include <evstore/postgres/binary.hpp>
#include <evstore/postgres/connecting.hpp>
#include <evstore/postgres/sqlstate.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <poll.h>

/// All that is asked of libpq. Everything else of the adapter speaks of statements, parameters and
/// answers.

namespace evstore::postgres {

/// A statement that a connection prepares when it runs it for the first time. One object for each text.
struct statement {
  const char* name;
  const char* sql;
};

/// The rows that came back, in binary form. Views stay valid as long as the answer.
class answer {
public:
  answer() = default;
  explicit answer(PGresult* rows) noexcept : rows_{rows} {}

  [[nodiscard]] int size() const noexcept { return rows_ ? PQntuples(rows_.get()) : 0; }
  /// Whether a statement that gives no rows changed none.
  [[nodiscard]] bool has_changed_nothing() const noexcept {
    return std::strcmp(PQcmdTuples(rows_.get()), "0") == 0;
  }
  [[nodiscard]] bool is_null(int row, int column) const noexcept {
    return PQgetisnull(rows_.get(), row, column) != 0;
  }
  [[nodiscard]] std::string_view bytes(int row, int column) const noexcept {
    return {PQgetvalue(rows_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(rows_.get(), row, column))};
  }
  /// Of a column of type `bigint`.
  [[nodiscard]] std::int64_t bigint(int row, int column) const noexcept {
    return detail::get<std::int64_t>(PQgetvalue(rows_.get(), row, column));
  }
  [[nodiscard]] std::int32_t integer(int row, int column) const noexcept {
    return detail::get<std::int32_t>(PQgetvalue(rows_.get(), row, column));
  }
  [[nodiscard]] bool boolean(int row, int column) const noexcept {
    return *PQgetvalue(rows_.get(), row, column) != '\0';
  }

  [[nodiscard]] ExecStatusType status() const noexcept { return PQresultStatus(rows_.get()); }
  [[nodiscard]] std::string_view diagnosis(int field) const noexcept {
    const char* text = rows_ ? PQresultErrorField(rows_.get(), field) : nullptr;
    return text == nullptr ? std::string_view{} : std::string_view{text};
  }

private:
  struct clear {
    void operator()(PGresult* rows) const noexcept { PQclear(rows); }
  };
  std::unique_ptr<PGresult, clear> rows_;
};

/// A failed statement: what `evstore::error` says, and the code that the server gave. Does not leave
/// the adapter.
struct statement_failed : error {
  statement_failed(const error& what, std::string_view code) : error{what}, state{code} {}
  std::string state;
};

/// A connection to a server. One thread at a time.
class connection {
public:
  /// Throws `errc::connection_lost` if nobody answers or the server does not let us in for now,
  /// `errc::invalid_argument` for a string that says nothing, a wrong password, and whom the server
  /// does not let in, `errc::not_found` for a database that is not there.
  explicit connection(const std::string& string) : connection_{detail::connect(string)} {
    if (!connection_) throw error{errc::io_failed, "there is no memory for a connection"};
    place_ = "database \"" + text(PQdb(raw())) + "\" on " + host_of();
    if (PQstatus(raw()) != CONNECTION_OK)
      throw error{detail::why_refused(string, raw()),
                  "cannot connect to " + place_ + ": " + last_words()};
    PQsetNoticeReceiver(raw(), note_warning, this);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Which database where, for messages. No secrets.
  [[nodiscard]] const std::string& place() const noexcept { return place_; }

  [[nodiscard]] bool has_several_hosts() const {
    return detail::settings{PQconninfo(raw())}.names_several_hosts();
  }

  /// Which session at a server this is: no two of the process are the same, and none is 0.
  [[nodiscard]] std::uint64_t session() const noexcept { return session_; }

  /// Runs commands that have no parameters; the last one's answer.
  answer execute(const char* sql) { return checked(PQexec(raw(), sql)); }
  /// Runs a statement that is prepared on its first use.
  answer execute(const statement& which, const parameters& with) {
    send(which, with);
    return receive();
  }
  /// Runs a statement that is planned for these parameters.
  answer execute(const std::string& sql, const parameters& with) {
    send(sql, with);
    return receive();
  }

  /// Runs a `copy ... from stdin` of these bytes.
  void copy_in(const char* sql, std::string_view bytes) {
    const answer begun{PQexec(raw(), sql)};
    if (begun.status() != PGRES_COPY_IN) fail(begun);
    constexpr std::size_t most = std::size_t{1} << 20;
    bool is_sent = true;
    while (is_sent && !bytes.empty()) {
      const std::string_view piece = bytes.substr(0, most);
      is_sent = PQputCopyData(raw(), piece.data(), static_cast<int>(piece.size())) == 1;
      bytes.remove_prefix(piece.size());
    }
    if (!is_sent || PQputCopyEnd(raw(), nullptr) != 1) fail({}, last_words());
    static_cast<void>(receive());
  }

  void prepare(const statement& which) {
    if (std::find(prepared_.begin(), prepared_.end(), &which) != prepared_.end()) return;
    checked(PQprepare(raw(), which.name, which.sql, 0, nullptr));
    prepared_.push_back(&which);
  }

  /// The two halves of `execute`: between them the server works. The parameters may go in between.
  void send(const statement& which, const parameters& with) {
    prepare(which);
    const lists of{with};
    begin(PQsendQueryPrepared(raw(), which.name, of.count(), of.values.data(), of.lengths.data(),
                              of.formats.data(), 1));
  }
  void send(const std::string& sql, const parameters& with) {
    const lists of{with};
    begin(PQsendQueryParams(raw(), sql.c_str(), of.count(), nullptr, of.values.data(),
                            of.lengths.data(), of.formats.data(), 1));
  }
  answer receive() {
    PGresult* last = PQgetResult(raw());
    while (PGresult* next = PQgetResult(raw())) {
      PQclear(last);
      last = next;
    }
    is_busy_ = false;
    return checked(last);
  }
  /// Takes an answer that nobody wants any more.
  void finish() noexcept {
    while (PGresult* rest = PQgetResult(raw())) PQclear(rest);
    is_busy_ = false;
  }
  /// Whether something was sent whose answer is still to come.
  [[nodiscard]] bool is_busy() const noexcept { return is_busy_; }

  /// Whether the server has warned since this was asked last.
  [[nodiscard]] bool has_warned() noexcept { return std::exchange(has_warned_, false); }

  /// Whether a transaction is open, and nothing has failed in it.
  [[nodiscard]] bool is_in_transaction() const noexcept {
    return PQtransactionStatus(raw()) == PQTRANS_INTRANS;
  }

  /// False if it is known that the server is gone. Of an idle connection.
  [[nodiscard]] bool is_usable() noexcept {
    pollfd socket{PQsocket(raw()), POLLIN, 0};
    // An idle server says nothing but farewell, and then ends the connection.
    while (::poll(&socket, 1, 0) != 0)
      if (PQconsumeInput(raw()) == 0) return false;
    return is_idle();
  }
  /// False if something is under way or has failed, for all that has come so far.
  [[nodiscard]] bool is_idle() const noexcept {
    return PQstatus(raw()) == CONNECTION_OK && PQtransactionStatus(raw()) == PQTRANS_IDLE;
  }

  /// Waits until the server or `other` has something to say, at most so long.
  void wait_for_input(int other, int milliseconds) {
    pollfd both[] = {{PQsocket(raw()), POLLIN, 0}, {other, POLLIN, 0}};
    ::poll(both, 2, milliseconds);
    if (PQconsumeInput(raw()) == 0) fail({}, last_words());
  }
  /// What was notified next; nothing if nothing is left.
  std::optional<std::string> next_notification() {
    const std::unique_ptr<PGnotify, release> next{PQnotifies(raw())};
    if (!next) return std::nullopt;
    return next->extra;
  }

private:
  struct release {
    void operator()(PGnotify* memory) const noexcept { PQfreemem(memory); }
  };
  /// Parameters as libpq wants them.
  struct lists {
    explicit lists(const parameters& of) : formats(of.size(), 1) {
      for (std::size_t i = 0; i < of.size(); ++i) {
        values.push_back(of.data(i));
        lengths.push_back(of.length(i));
      }
    }
    [[nodiscard]] int count() const noexcept { return static_cast<int>(values.size()); }
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
  };

  static std::string text(const char* maybe) { return maybe == nullptr ? "" : maybe; }

  [[nodiscard]] PGconn* raw() const noexcept { return connection_.get(); }
  [[nodiscard]] std::string host_of() const {
    const std::string host = text(PQhost(raw()));
    const std::string port = text(PQport(raw()));
    return (host.empty() ? "the default host" : host) + (port.empty() ? "" : ":" + port);
  }
  /// libpq's complaint, as one line.
  [[nodiscard]] std::string last_words() const {
    std::string words;
    for (const char c : text(PQerrorMessage(raw())))
      if (c != '\t' && c != '\n')
        words.push_back(c);
      else if (!words.empty() && words.back() != ' ')
        words.push_back(' ');
    if (words.ends_with(' ')) words.pop_back();
    return words;
  }

  static void note_warning(void* self, const PGresult* notice) {
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != nullptr && std::strcmp(severity, "WARNING") == 0)
      static_cast<connection*>(self)->has_warned_ = true;
  }

  void begin(int sent) {
    if (sent == 0) fail({}, last_words());
    is_busy_ = true;
  }
  answer checked(PGresult* came) {
    answer result{came};
    const auto status = result.status();
    if (came != nullptr && (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)) return result;
    fail(result);
  }
  [[noreturn]] void fail(const answer& result) {
    const std::string_view state = result.diagnosis(PG_DIAG_SQLSTATE);
    const std::string_view message = result.diagnosis(PG_DIAG_MESSAGE_PRIMARY);
    fail(state, message.empty() ? last_words() : std::string{message});
  }
  [[noreturn]] void fail(std::string_view state, const std::string& message) {
    const bool is_gone = PQstatus(raw()) != CONNECTION_OK;
    std::string what = place_ + ": " + message;
    if (!state.empty()) what.append(" (").append(state).append(")");
    throw statement_failed{error{is_gone ? errc::connection_lost : classify(state), what}, state};
  }

  static std::uint64_t next_session() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
  }

  detail::open_connection connection_;
  std::uint64_t session_ = next_session();
  std::string place_;
  std::vector<const statement*> prepared_;
  bool is_busy_ = false;
  bool has_warned_ = false;
};

} // namespace evstore::postgres
