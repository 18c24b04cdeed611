#include "app/misspelling.hpp"

#include "language/text.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace dnd {

namespace {

std::string complain(std::string_view what, std::string_view word,
                     const std::vector<std::string>& known) {
  const auto meant = nearest(word, known);
  return "there is no " + std::string{what} + " \"" + std::string{word} + "\"; " +
         (meant ? "did you mean " + *meant + "?" : std::string{"--help lists them"});
}

const CLI::App* find_command(const CLI::App& app, std::string_view name) {
  for (const CLI::App* each : app.get_subcommands({}))
    if (each->get_name() == name) return each;
  return nullptr;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* each : app.get_subcommands({})) names.push_back(each->get_name());
  return names;
}

/// Options may be said behind any command below the one that has them.
const CLI::Option* find_option(const CLI::App* app, const std::string& name) {
  for (; app != nullptr; app = app->get_parent())
    if (const CLI::Option* found = app->get_option_no_throw(name)) return found;
  return nullptr;
}

std::vector<std::string> options_of(const CLI::App* app) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent())
    for (const CLI::Option* each : app->get_options())
      for (const std::string& name : each->get_lnames()) names.push_back("--" + name);
  return names;
}

} // namespace

std::optional<std::string> find_misspelling(const CLI::App& program,
                                            std::span<const char* const> arguments) {
  const CLI::App* app = &program;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--") return std::nullopt; // names follow, whatever they look like
    if (word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      const std::string name{word.substr(0, equals)};
      const CLI::Option* option = find_option(app, name);
      if (option == nullptr) return complain("option", name, options_of(app));
      if (equals == word.npos && option->get_items_expected_max() > 0) ++i; // its value
      continue;
    }
    if (word.starts_with('-')) continue;
    if (const CLI::App* below = find_command(*app, word))
      app = below;
    else if (app->get_require_subcommand_min() > 0)
      return complain("command", word, commands_of(*app));
  }
  return std::nullopt;
}

} // namespace dnd
