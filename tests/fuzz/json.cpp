// Any bytes at all, for the two readers of JSON: the same value or both refuse, whatever is accepted
// is JSON, and what is written from it is read back the same.
#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>

#include <support/samples.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

template <class T>
std::optional<std::string> canonically(const evstore::padded_text& text) {
  T value{};
  if (!evstore::json::detail::read_canonical(text, value)) return std::nullopt;
  return evstore::json::to_string(value);
}

template <class T>
std::optional<std::string> tolerantly(std::string_view text) {
  try {
    T value{};
    evstore::json::detail::read_tolerant(text, value);
    return evstore::json::to_string(value);
  } catch (const evstore::error& refused) {
    require(refused.code() == evstore::errc::decode_failed);
    return std::nullopt;
  }
}

template <class T>
void check(std::string_view text) {
  const auto fast = canonically<T>(text);
  const auto slow = tolerantly<T>(text);
  if (fast) require(fast == slow);
  const std::string_view front = text.substr(0, text.size() - text.size() / 4);
  const auto padded = evstore::padded_text::with_room(front, text.size() - front.size());
  require(canonically<T>(padded) == canonically<T>(std::string{front}));
  if (!slow) return;
  require(!evstore::detail::find_json_defect(text));
  require(canonically<T>(*slow) == slow);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check<samples::everything>(text);
  check<std::map<std::string, samples::point>>(text);
  check<std::vector<std::variant<double, std::string, evstore::raw_json>>>(text);
  static_cast<void>(evstore::json::detail::path_at(text, size));
  return 0;
}
