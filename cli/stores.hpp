#pragma once

#include "any_store.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evstore::cli {

enum class access : std::uint8_t {
  reading,
  writing, ///< what is there already
  filling, ///< made if it is not there; durable when `settle` has returned, not commit by commit
};

/// What holds a store, apart from the events.
struct medium {
  std::optional<std::uint64_t> bytes{};
  std::string index{};                 ///< how the store finds events, in words
  std::vector<std::string> warnings{}; ///< what opening found; a torn tail among them
};

struct opened_store {
  any_store events;
  medium about{};
  std::function<void()> settle = [] {}; ///< throws if what was written is not safe
};

/// Something wrong in a store, in words, with the place where that is known.
struct finding {
  std::uint64_t line = 0; ///< 0: not known
  std::uint64_t byte = 0;
  std::uint64_t size = 0;
  std::string what{};
  std::uint64_t position = 0; ///< instead of line and byte, in a store that has none
};

struct verdict {
  std::uint64_t events = 0; ///< that can be relied on
  std::vector<finding> damage{};
  std::vector<std::string> notes{}; ///< harmless
};

struct repaired {
  std::uint64_t events = 0; ///< that the store has now
  std::vector<finding> dropped{};
  std::string original{}; ///< where it is as it was
};

/// A kind of store and what can be done with it. A new adapter is one line of the table in
/// stores.cpp.
struct scheme {
  std::string_view name; ///< of an address `name:where`
  std::string_view help; ///< how an address looks
  opened_store (*open)(const std::string& where, access how);
  verdict (*verify)(const std::string& where);
  repaired (*repair)(const std::string& where); ///< null: cannot be repaired
  std::optional<std::uint64_t> (*bytes)(const std::string& where);
};

/// A store's address as the user gave it: `SCHEME:WHERE`, or the path of a JSONL file.
class address {
public:
  /// Throws `usage_error` for a scheme that is not known.
  explicit address(std::string text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  [[nodiscard]] opened_store open(access how) const { return scheme_->open(where_, how); }
  [[nodiscard]] verdict verify() const { return scheme_->verify(where_); }
  /// Throws `errc::unsupported` for a store that cannot be repaired.
  [[nodiscard]] repaired repair() const;
  /// Of the store, also if it is damaged; nothing if it has no size.
  [[nodiscard]] std::optional<std::uint64_t> bytes() const { return scheme_->bytes(where_); }

private:
  std::string text_;
  const scheme* scheme_;
  std::string where_;
};

/// Opens a store and says on stderr what opening found.
opened_store open(const address& where, access how);

/// The ways to say an address, for help texts.
std::string known_addresses();

} // namespace evstore::cli
