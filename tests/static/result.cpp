#include <evstore/result.hpp>

#include <string_view>

namespace {

using evstore::failure;
using evstore::result;

enum class reason { no_money, closed };
[[noreturn]] inline void throw_refusal(reason why) { throw why; }

constexpr result<int, reason> withdraw(int balance, int amount) {
  if (amount > balance) return failure{reason::no_money};
  return balance - amount;
}

static_assert(withdraw(5, 3).has_value());
static_assert(withdraw(5, 3));
static_assert(*withdraw(5, 3) == 2);
static_assert(withdraw(5, 3).value() == 2);
static_assert(!withdraw(5, 9));
static_assert(withdraw(5, 9).error() == reason::no_money);
static_assert(withdraw(5, 9).value_or(0) == 0);
static_assert(withdraw(5, 3).value_or(0) == 2);
static_assert(withdraw(5, 3) == withdraw(4, 2));
static_assert(withdraw(5, 3) != withdraw(5, 9));

// The same type on both sides stays unambiguous.
constexpr result<int, int> same(bool good) {
  if (good) return 1;
  return failure{1};
}
static_assert(same(true) != same(false));
static_assert(same(false).error() == 1);

// Taking the value for granted needs a way to throw the refusal.
template <class R>
concept can_be_taken_for_granted = requires(R r) { r.value(); };
static_assert(can_be_taken_for_granted<result<int, reason>>);
static_assert(!can_be_taken_for_granted<result<int, int>>);

// A failure converts like its content.
constexpr result<int, std::string_view> from_literal() { return failure{"too late"}; }
static_assert(from_literal().error() == "too late");

// Values are members too.
struct pair {
  int first, second;
};
constexpr result<pair, int> both() { return pair{1, 2}; }
static_assert(both()->second == 2);

static_assert(!std::is_convertible_v<reason, result<int, reason>>, "a refusal is wrapped");

} // namespace
