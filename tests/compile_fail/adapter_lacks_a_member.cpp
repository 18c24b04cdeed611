// expect: ADAPTER_LACKS_copying<without::no_copying>
// expect: ADAPTER_LACKS_append<without::no_append>
// expect: ADAPTER_LACKS_read_stream<without::no_read_stream>
// expect: ADAPTER_LACKS_read_all<without::no_read_all>
// expect: ADAPTER_LACKS_state_of<without::no_state_of>
// expect: ADAPTER_LACKS_head<without::no_head>
// expect: ADAPTER_LACKS_wait_beyond<without::no_wait_beyond>
// expect: ADAPTER_LACKS_save_snapshot<without::no_save_snapshot>
// expect: ADAPTER_LACKS_load_snapshot<without::no_load_snapshot>
#include <evstore/check.hpp>
#include <evstore/memory/adapter.hpp>

// Adapters with one wrong member each, which hides the right one.
namespace without {

using evstore::memory::adapter;
using evstore::memory::cursor;

struct no_copying : adapter {
  no_copying(no_copying&&) = default;
};
struct no_append : adapter {
  bool append(const evstore::commit_view& commit);
};
struct no_read_stream : adapter {
  evstore::event_view read_stream(std::string_view name, const evstore::stream_range& range);
};
struct no_read_all : adapter {
  cursor read_all(const evstore::store_range& range); // without a query
};
struct no_state_of : adapter {
  evstore::stream_version state_of(std::string_view name);
};
struct no_head : adapter {
  std::uint64_t head();
};
struct no_wait_beyond : adapter {
  evstore::global_position wait_beyond(evstore::global_position after);
};
struct no_save_snapshot : adapter {
  bool save_snapshot(std::string_view key, const evstore::snapshot_view& snapshot);
};
struct no_load_snapshot : adapter {
  evstore::snapshot_record load_snapshot(std::string_view key);
};

} // namespace without

static_assert(evstore::check_adapter<evstore::memory::adapter>());
#ifdef MISUSE
static_assert(evstore::check_adapter<without::no_copying>());
static_assert(evstore::check_adapter<without::no_append>());
static_assert(evstore::check_adapter<without::no_read_stream>());
static_assert(evstore::check_adapter<without::no_read_all>());
static_assert(evstore::check_adapter<without::no_state_of>());
static_assert(evstore::check_adapter<without::no_head>());
static_assert(evstore::check_adapter<without::no_wait_beyond>());
static_assert(evstore::check_adapter<without::no_save_snapshot>());
static_assert(evstore::check_adapter<without::no_load_snapshot>());
#endif
