#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace evstore::cli {

/// What the user asked for cannot be done as asked: exit status 2.
class usage_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// What goes to a file descriptor, buffered. A reader that has gone away (`| head`) is no error:
/// what follows is dropped, and `wanted()` says so, so that nothing is made in vain. Any other
/// failure is thrown as `evstore::error`.
class output {
public:
  explicit output(int descriptor = 1) noexcept : descriptor_{descriptor} {}
  output(const output&) = delete;
  output& operator=(const output&) = delete;

  void write(std::string_view text) {
    buffer_.append(text);
    if (buffer_.size() >= enough) flush();
  }
  void line(std::string_view text) {
    buffer_.append(text);
    write("\n");
  }
  /// To be called at the end: the destructor drops what is left.
  void flush();

  [[nodiscard]] bool wanted() const noexcept { return wanted_; }
  /// Whether somebody still reads, asked of the system: for programs that wait.
  [[nodiscard]] bool is_read() noexcept;

private:
  static constexpr std::size_t enough = 64 * 1024;

  int descriptor_;
  bool wanted_ = true;
  std::string buffer_;
};

/// A line on stderr, for people. Control characters and what is not UTF-8 are shown as `\xNN`.
void tell(std::string_view text);

/// A name as people may see it on a terminal: control characters and what is not UTF-8 as `\xNN`.
std::string shown(std::string_view name);

/// A text as JSON.
std::string quoted_json(std::string_view text);

/// `1 event`, `2 events`.
std::string counted(std::uint64_t count, std::string_view thing);

/// How far something has come, drawn on stderr ten times a second if that is a terminal, and wiped
/// away at the end.
class progress_bar {
public:
  explicit progress_bar(std::string_view what);
  ~progress_bar();
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  void show(std::uint64_t done, std::uint64_t of, std::uint64_t events);

private:
  std::string what_;
  bool on_;
  bool drawn_ = false;
  std::int64_t next_ = 0; // of the steady clock, in milliseconds
};

} // namespace evstore::cli
