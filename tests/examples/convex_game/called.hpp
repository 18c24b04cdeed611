#pragma once

#include "game/functions.hpp"

#include <evstore/convex/executor.hpp>
#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// The functions of the game as a client calls them, without a network.

namespace called {

namespace convex = evstore::convex;
using convex::array;
using convex::object;
using convex::value;

template <class Adapter = evstore::memory::adapter>
class server {
public:
  explicit server(Adapter log = {}, convex_game::functions all = convex_game::game_functions())
      : log_{log},
        runs_{evstore::open<convex_game::events>(std::move(log)), std::move(all), {.depth = 600}} {}

  /// What the function returns; throws what it throws.
  value operator()(std::string_view path, object arguments) {
    return run({std::string{path}, std::move(arguments)});
  }
  /// The same for what clients cannot call.
  value as_program(std::string_view path, object arguments) {
    return run({std::string{path}, std::move(arguments), true});
  }

  std::string create(object state = {{"entities", object{}}}, bool active = true) {
    return text((*this)("games:create", {{"state", std::move(state)},
                                         {"rules", "be kind"},
                                         {"isActive", active},
                                         {"status", "playing"}}));
  }
  value get(const std::string& game) { return (*this)("games:get", {{"gameId", game}}); }
  array messages(const std::string& game) {
    return *(*this)("messages:list", {{"gameId", game}}).template get_if<array>();
  }

  evstore::global_position head() const { return runs_.head(); }
  Adapter& log() { return log_; }
  auto& executor() { return runs_; }

  static std::string text(const value& of) { return *of.get_if<std::string>(); }

private:
  value run(const convex::function_call& call) {
    const auto given = runs_.run(call);
    if (!given.outcome) throw given.outcome.error();
    return *given.outcome;
  }

  Adapter log_; // a store keeps one of its own, of the same log
  convex::executor<convex_game::events, Adapter, convex_game::tables> runs_;
};

inline const value& field(const value& of, std::string_view name) {
  static const value absent;
  const auto* const fields = of.get_if<object>();
  const value* const found = fields != nullptr ? fields->find(name) : nullptr;
  return found != nullptr ? *found : absent;
}
inline bool has(const value& of, std::string_view name) {
  const auto* const fields = of.get_if<object>();
  return fields != nullptr && fields->find(name) != nullptr;
}
inline std::string text(const value& of) { return *of.get_if<std::string>(); }

} // namespace called
