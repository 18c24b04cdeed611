#include "app/lines.hpp"

#include "language/text.hpp"
#include "language/words.hpp"

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <histedit.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace dnd {

namespace {

namespace fs = std::filesystem;

volatile std::sig_atomic_t asked_to_stop = 0;

extern "C" void ask_to_stop(int signal) { asked_to_stop = signal; }

class descriptor_lines final : public line_source {
public:
  explicit descriptor_lines(int descriptor) : descriptor_{descriptor} {}

  std::optional<std::string> next(const std::string&) override {
    std::string line;
    while (stop_asked() == 0) {
      const std::size_t end = std::min(pending_.find('\n', at_), pending_.size());
      const std::size_t room = longest_line + 1 - std::min(line.size(), longest_line + 1);
      line.append(pending_, at_, std::min(end - at_, room));
      if (end < pending_.size()) {
        at_ = end + 1;
        return line;
      }
      if (!fill()) return line.empty() ? std::nullopt : std::optional{std::move(line)};
    }
    return std::nullopt;
  }

private:
  /// False at the end of the input.
  bool fill() {
    constexpr std::size_t chunk = 16 * 1024;
    pending_.resize(chunk);
    at_ = 0;
    ssize_t got = 0;
    do {
      got = ::read(descriptor_, pending_.data(), pending_.size());
    } while (got < 0 && errno == EINTR && stop_asked() == 0);
    pending_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return got > 0;
  }

  int descriptor_;
  std::string pending_;
  std::size_t at_ = 0;
};

/// Code points, which is what the editor counts.
int characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

/// Words beneath each other, as many beside each other as fit; of very many the first.
std::string in_columns(const std::vector<std::string>& words, std::size_t room) {
  constexpr std::size_t most = 120;
  const std::size_t count = std::min(words.size(), most);
  std::size_t width = 0;
  for (std::size_t i = 0; i < count; ++i) width = std::max(width, columns(words[i]) + 2);
  const std::size_t across = std::max<std::size_t>(room / width, 1);
  const std::size_t down = (count + across - 1) / across;
  std::string text;
  for (std::size_t row = 0; row < down; ++row) {
    for (std::size_t i = row; i < count; i += down) {
      text.append(i + down < count ? padded(words[i], width) : words[i]);
    }
    text += '\n';
  }
  if (words.size() > most)
    text += "... and " + std::to_string(words.size() - most) + " more; type a letter of it\n";
  return text;
}

/// libedit's editor and its history; one at a time, for it owns the terminal.
class terminal_lines final : public line_source {
public:
  terminal_lines(std::string history_file, completer offer)
      : file_{std::move(history_file)}, offer_{std::move(offer)} {
    use_utf8();
    constexpr int remembered = 1'000;
    HistEvent ignored{};
    ::history(history_, &ignored, H_SETSIZE, remembered);
    ::history(history_, &ignored, H_SETUNIQUE, 1);
    if (!file_.empty()) ::history(history_, &ignored, H_LOAD, file_.c_str());
    ::el_set(editor_, EL_CLIENTDATA, this);
    ::el_set(editor_, EL_PROMPT, &terminal_lines::prompt_of);
    ::el_set(editor_, EL_EDITOR, "emacs");
    ::el_set(editor_, EL_HIST, &::history, history_);
    ::el_set(editor_, EL_SIGNAL, 0);
    ::el_set(editor_, EL_GETCFN, &terminal_lines::read_character);
    ::el_set(editor_, EL_ADDFN, "complete-word", "Complete the word before the cursor",
             &terminal_lines::complete_word);
    ::el_set(editor_, EL_BIND, "^I", "complete-word", nullptr);
    ::el_source(editor_, nullptr); // the person's own key bindings
  }
  ~terminal_lines() override {
    ::el_end(editor_);
    ::history_end(history_);
  }
  terminal_lines(const terminal_lines&) = delete;
  terminal_lines& operator=(const terminal_lines&) = delete;

  std::optional<std::string> next(const std::string& prompt) override {
    prompt_ = prompt;
    int length = 0;
    const char* typed = ::el_gets(editor_, &length);
    if (typed == nullptr || length <= 0 || stop_asked() != 0) return std::nullopt;
    std::string line{typed, static_cast<std::size_t>(length)};
    if (line.ends_with('\n')) line.pop_back();
    if (!is_silent(line)) remember(line);
    return line;
  }

private:
  /// What people type is UTF-8, unless their locale insists on something else.
  static void use_utf8() {
    std::setlocale(LC_CTYPE, "");
    if (std::string_view{::nl_langinfo(CODESET)} == "ANSI_X3.4-1968")
      std::setlocale(LC_CTYPE, "C.UTF-8");
  }

  /// Like libedit's own, which would go on reading after a signal that asks to stop.
  static int read_character(EditLine*, wchar_t* read) {
    std::mbstate_t decoding{};
    char byte = 0;
    while (stop_asked() == 0) {
      const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return static_cast<int>(got);
      const std::size_t used = std::mbrtowc(read, &byte, 1, &decoding);
      constexpr auto incomplete = static_cast<std::size_t>(-2);
      constexpr auto invalid = static_cast<std::size_t>(-1);
      if (used == invalid) decoding = {};
      if (used != incomplete && used != invalid) return 1;
    }
    return 0;
  }

  static terminal_lines& of(EditLine* editor) {
    terminal_lines* self = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &self);
    return *self;
  }

  static char* prompt_of(EditLine* editor) { return of(editor).prompt_.data(); }

  static unsigned char complete_word(EditLine* editor, int) {
    const LineInfo* line = ::el_line(editor);
    const std::string_view before{line->buffer,
                                  static_cast<std::size_t>(line->cursor - line->buffer)};
    const completion found = of(editor).offer_(before);
    const std::string_view typed = before.substr(found.at);
    if (found.choices.empty()) return CC_ERROR;
    std::string word = found.shared(typed);
    if (found.choices.size() == 1) word += ' ';
    if (word == typed) {
      std::fputs(("\n" + in_columns(found.choices, columns_of_terminal())).c_str(), stdout);
      return CC_REDISPLAY;
    }
    if (!typed.empty()) ::el_deletestr(editor, characters(typed));
    return ::el_insertstr(editor, word.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
  }

  static std::size_t columns_of_terminal() {
    constexpr std::size_t usual = 80;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
    return size.ws_col;
  }

  void remember(const std::string& line) {
    HistEvent ignored{};
    ::history(history_, &ignored, H_ENTER, line.c_str());
    if (!file_.empty()) ::history(history_, &ignored, H_SAVE, file_.c_str());
  }

  std::string file_;
  completer offer_;
  std::string prompt_;
  History* history_ = ::history_init();
  EditLine* editor_ = ::el_init("dnd", stdin, stdout, stderr);
};

} // namespace

std::unique_ptr<line_source> plain_lines(int descriptor) {
  return std::make_unique<descriptor_lines>(descriptor);
}

std::unique_ptr<line_source> edited_lines(std::string history_file, completer offer) {
  return std::make_unique<terminal_lines>(std::move(history_file), std::move(offer));
}

std::string usual_history_file() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? fs::path{} : fs::path{value};
  };
  fs::path base = variable("XDG_STATE_HOME");
  if (!base.is_absolute()) {
    base = variable("HOME");
    if (!base.is_absolute()) return {};
    base = base / ".local" / "state";
  }
  const fs::path directory = base / "dnd";
  std::error_code failed;
  fs::create_directories(directory, failed);
  return failed ? std::string{} : (directory / "history").string();
}

void stop_at_next_line() {
  // Without SA_RESTART: a read that waits for a line returns and sees that it is over. Who asks
  // twice does not want to wait for an answer that nobody reads.
  struct sigaction action {};
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  action.sa_handler = ask_to_stop;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int stop_asked() noexcept { return asked_to_stop; }

} // namespace dnd
