#include <evstore/event_id.hpp>

namespace {

using evstore::event_id;

constexpr std::string_view text = "018f3b5e-7c1a-7000-8000-0123456789ab";
constexpr event_id id = event_id::parse(text).value();

static_assert(id.bytes()[0] == 0x01 && id.bytes()[15] == 0xAB);
static_assert(event_id::parse("018F3B5E-7C1A-7000-8000-0123456789AB") == id, "either case");
static_assert([] {
  char written[event_id::text_size] = {};
  return id.write(written) == written + event_id::text_size &&
         std::string_view{written, event_id::text_size} == text;
}());

// Only this one form.
static_assert(!event_id::parse(""));
static_assert(!event_id::parse("018f3b5e7c1a700080000123456789ab"));
static_assert(!event_id::parse("{018f3b5e-7c1a-7000-8000-0123456789a}"));
static_assert(!event_id::parse("018f3b5e-7c1a-7000-8000-0123456789a"));
static_assert(!event_id::parse("018f3b5e-7c1a-7000-8000-0123456789abc"));
static_assert(!event_id::parse("018f3b5e-7c1a-7000-8000-0123456789ag"));
static_assert(!event_id::parse("018f3b5e_7c1a-7000-8000-0123456789ab"));
static_assert(!event_id::parse("018f3b5-e7c1a-7000-8000-0123456789ab"));
static_assert(!event_id::parse("018f3b5e-7c1a-7000-80000-123456789ab"));
static_assert(!event_id::parse("0x8f3b5e-7c1a-7000-8000-0123456789ab"));

// Ordered like its text.
static_assert(id < event_id::parse("018f3b5e-7c1a-7000-8000-0123456789ac").value());
static_assert(id > event_id{event_id::bytes_type{}});

} // namespace
