#include "commands.hpp"
#include "output.hpp"
#include "stores.hpp"

#include <evstore/error.hpp>

#include <array>
#include <cstdio>

#include <unistd.h>

namespace evstore::cli {

namespace {

std::string place_of(const std::string& log, const finding& found) {
  if (found.position != 0) return log + ": position " + std::to_string(found.position) + ": ";
  return log + (found.line == 0 ? "" : ":" + std::to_string(found.line)) + ": byte " +
         std::to_string(found.byte) + ": ";
}

std::string words(const std::string& log, const finding& found) {
  return place_of(log, found) + shown(found.what) +
         (found.size == 0 ? "" : " (" + counted(found.size, "byte") + ")");
}

std::string json(const finding& found) {
  if (found.position != 0)
    return "{\"position\":" + std::to_string(found.position) +
           ",\"what\":" + quoted_json(found.what) + "}";
  return "{\"line\":" + std::to_string(found.line) + ",\"byte\":" + std::to_string(found.byte) +
         ",\"size\":" + std::to_string(found.size) + ",\"what\":" + quoted_json(found.what) + "}";
}

void tell_json(output& out, const verify_request& asked, const verdict& found) {
  std::string text = "{\"log\":" + quoted_json(asked.log) +
                     ",\"sound\":" + (found.damage.empty() ? "true" : "false") +
                     ",\"events\":" + std::to_string(found.events) + ",\"damage\":[";
  for (const finding& damage : found.damage)
    text.append(text.ends_with('[') ? "" : ",").append(json(damage));
  text += "],\"notes\":[";
  for (const std::string& note : found.notes)
    text.append(text.ends_with('[') ? "" : ",").append(quoted_json(note));
  out.line(text + "]}");
}

/// Asks on the terminal; only the word itself is a yes.
bool is_confirmed() {
  std::fputs("Leave these out and keep the log as it was beside it? Type yes: ", stderr);
  std::array<char, 16> answer{};
  return std::fgets(answer.data(), answer.size(), stdin) != nullptr &&
         std::string_view{answer.data()} == "yes\n";
}

} // namespace

int carry_out(const verify_request& asked) {
  const address where{asked.log};
  const verdict found = where.verify();
  output out;
  if (asked.json) {
    tell_json(out, asked, found);
  } else {
    for (const finding& damage : found.damage) out.line(words(asked.log, damage));
    for (const std::string& note : found.notes) out.line(asked.log + ": note: " + shown(note));
    out.line(asked.log + ": " + counted(found.events, "event") +
             (found.damage.empty() ? ", sound"
                                   : " can be relied on, " + counted(found.damage.size(), "place") +
                                         " damaged; bring back a copy, or see `evstore repair`"));
  }
  out.flush();
  return found.damage.empty() ? exit_status::done : exit_status::failed;
}

int carry_out(const repair_request& asked) {
  const address where{asked.log};
  const verdict found = where.verify();
  output out;
  if (found.damage.empty()) {
    for (const std::string& note : found.notes) out.line(asked.log + ": note: " + shown(note));
    out.line(asked.log + ": sound, nothing to repair");
    out.flush();
    return exit_status::done;
  }
  for (const finding& damage : found.damage) out.line(words(asked.log, damage));
  out.line(asked.log +
           ": to be left out: these, what is torn at the end, and the rest of the "
           "commits that they are parts of; what stays is numbered anew");
  out.flush();
  if (!asked.yes) {
    if (::isatty(0) != 1)
      throw usage_error{"nothing was changed; say --yes to leave out what is damaged"};
    if (!is_confirmed()) {
      tell("nothing was changed");
      return exit_status::failed;
    }
  }
  const repaired done = where.repair();
  for (const finding& dropped : done.dropped) out.line("left out: " + words(asked.log, dropped));
  out.line(asked.log + ": " + counted(done.events, "event") + " now; as it was: " + done.original);
  out.flush();
  return exit_status::done;
}

} // namespace evstore::cli
