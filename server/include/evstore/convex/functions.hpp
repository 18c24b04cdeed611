#pragma once

#include <evstore/assert.hpp>
#include <evstore/convex/answer.hpp>
#include <evstore/convex/function_error.hpp>
#include <evstore/convex/mapping.hpp>
#include <evstore/convex/mutation.hpp>

#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace evstore::convex {

/// The arguments of a function that takes none.
struct no_arguments {};
EVSTORE_DESCRIBE(no_arguments)

/// What an action can call. Each call is a step of its own: what it read may have changed by the next.
class caller {
public:
  caller() = default;
  caller(const caller&) = delete;
  caller& operator=(const caller&) = delete;

  /// Throws `function_error` as the function does.
  virtual value run_query(std::string_view path, const value& arguments) = 0;
  virtual value run_mutation(std::string_view path, const value& arguments) = 0;

protected:
  ~caller() = default;
};

/// `games.js:get` and `games:get` are `games:get`, and `games` is `games:default`.
[[nodiscard]] inline std::string canonical_path(std::string_view path) {
  const std::size_t colon = path.rfind(':');
  std::string_view module = path.substr(0, colon);
  if (module.ends_with(".js")) module.remove_suffix(3);
  const std::string_view name = colon == path.npos ? "default" : path.substr(colon + 1);
  return std::string{module}.append(":").append(name);
}

/// What a program serves: its functions by path, and the tables whose ids they take. Filled before it
/// is served, read by any number of threads then.
///
/// A function is any callable; the type of its arguments is named, what it returns is mapped (see
/// mapping.hpp): `void` and an empty `std::optional` are null.
///
///     all.query<get_game>("games:get", [](const model& seen, const get_game& asked) {...});
///     all.mutation<send>("messages:send", [](convex::mutation<chat, model>& call, const send& sent) {...});
///     all.action<no_arguments>("games:draw", [](convex::caller& call, const no_arguments&) {...});
///
/// An internal function is for the program alone, its actions above all: to clients it is as if it were
/// not there.
template <class Set, class Model>
class functions {
public:
  using query_function = std::function<value(const Model&, const value&)>;
  using mutation_function = std::function<value(convex::mutation<Set, Model>&, const value&)>;
  using action_function = std::function<value(caller&, const value&)>;
  using function = std::variant<query_function, mutation_function, action_function>;

  explicit functions(table_names tables)
      : tables_{std::make_shared<const table_names>(std::move(tables))} {}

  template <class Arguments, std::invocable<const Model&, const Arguments&> F>
  functions& query(std::string_view path, F run) {
    return add<Arguments, query_function, const Model&>(path, std::move(run));
  }
  template <class Arguments, std::invocable<convex::mutation<Set, Model>&, const Arguments&> F>
  functions& mutation(std::string_view path, F run) {
    return add<Arguments, mutation_function, convex::mutation<Set, Model>&>(path, std::move(run));
  }
  template <class Arguments, std::invocable<caller&, const Arguments&> F>
  functions& action(std::string_view path, F run) {
    return add<Arguments, action_function, caller&>(path, std::move(run));
  }

  template <class Arguments, std::invocable<const Model&, const Arguments&> F>
  functions& internal_query(std::string_view path, F run) {
    return query<Arguments>(path, std::move(run)).make_internal(path);
  }
  template <class Arguments, std::invocable<convex::mutation<Set, Model>&, const Arguments&> F>
  functions& internal_mutation(std::string_view path, F run) {
    return mutation<Arguments>(path, std::move(run)).make_internal(path);
  }
  template <class Arguments, std::invocable<caller&, const Arguments&> F>
  functions& internal_action(std::string_view path, F run) {
    return action<Arguments>(path, std::move(run)).make_internal(path);
  }

  /// The function of that kind, whoever asks. Throws `function_error` if there is none, or one of
  /// another kind.
  template <class Kind>
  [[nodiscard]] const Kind& find(std::string_view path) const {
    const std::string canonical = canonical_path(path);
    const auto known = all_.find(canonical);
    if (known == all_.end()) refuse(canonical);
    const Kind* const found = std::get_if<Kind>(&known->second);
    if (found == nullptr)
      throw function_error{"Trying to execute " + module_file(canonical) + " as " +
                           std::string{kind_names[function{Kind{}}.index()]} +
                           ", but it is defined as " +
                           std::string{kind_names[known->second.index()]} + "."};
    return *found;
  }
  /// The same for who calls it.
  template <class Kind>
  [[nodiscard]] const Kind& find(const function_call& call) const {
    require_reachable(call);
    return find<Kind>(call.path);
  }

  /// Throws what `find` throws for a path that has no function, if it is an internal one and the call a
  /// client's.
  void require_reachable(const function_call& call) const {
    if (call.from_program) return;
    if (const std::string path = canonical_path(call.path); internal_.contains(path)) refuse(path);
  }

  /// Which kind of function it is, if there is one.
  [[nodiscard]] const function* find_any(std::string_view path) const {
    const auto known = all_.find(canonical_path(path));
    return known == all_.end() ? nullptr : &known->second;
  }

  [[nodiscard]] const table_names& tables() const noexcept { return *tables_; }

private:
  static constexpr std::string_view kind_names[] = {"Query", "Mutation", "Action"};

  functions& make_internal(std::string_view path) {
    internal_.insert(canonical_path(path));
    return *this;
  }

  [[noreturn]] static void refuse(const std::string& path) {
    throw function_error{"Could not find public function for '" + path + "'."};
  }

  /// `games:get` as the file that it would be in: `games.js:get`.
  static std::string module_file(std::string path) { return path.insert(path.find(':'), ".js"); }

  template <class T>
  static value result_of(const T& returned) {
    return to_value(returned);
  }
  template <class T>
  static value result_of(const std::optional<T>& returned) {
    return returned ? to_value(*returned) : value{};
  }

  template <class Arguments, class Kind, class Context, class F>
  functions& add(std::string_view path, F run) {
    const auto checked = [tables = tables_, run = std::move(run)](Context context,
                                                                  const value& given) -> value {
      const auto arguments = from_value<Arguments>(given, *tables);
      if (!arguments) throw function_error{"ArgumentValidationError: " + arguments.error()};
      if constexpr (std::is_void_v<std::invoke_result_t<const F&, Context, const Arguments&>>)
        return run(context, *arguments), value{};
      else
        return result_of(run(context, *arguments));
    };
    const bool added = all_.emplace(canonical_path(path), Kind{checked}).second;
    EVSTORE_ASSERT(added, "each path has one function");
    return *this;
  }

  std::shared_ptr<const table_names> tables_; // functions know it too
  std::map<std::string, function, std::less<>> all_;
  std::set<std::string, std::less<>> internal_;
};

} // namespace evstore::convex
