#pragma once

#include <evstore/adapter.hpp>

namespace evstore {

namespace detail {

// Never defined: the compiler's complaint about the missing definition is the diagnostic.
template <class Adapter>
struct ADAPTER_LACKS_copying;
template <class Adapter>
struct ADAPTER_LACKS_append;
template <class Adapter>
struct ADAPTER_LACKS_read_stream;
template <class Adapter>
struct ADAPTER_LACKS_read_all;
template <class Adapter>
struct ADAPTER_LACKS_state_of;
template <class Adapter>
struct ADAPTER_LACKS_head;
template <class Adapter>
struct ADAPTER_LACKS_wait_beyond;
template <class Adapter>
struct ADAPTER_LACKS_save_snapshot;
template <class Adapter>
struct ADAPTER_LACKS_load_snapshot;

} // namespace detail

/// Instantiates to nothing for an adapter, and for anything else to an error of one line that names
/// the type and the first member it lacks. For adapter authors: `evstore::check_adapter<mine>();`
template <class A>
consteval bool check_adapter() {
  if constexpr (!std::copyable<A>)
    return sizeof(detail::ADAPTER_LACKS_copying<A>) != 0;
  else if constexpr (!requires(A& a, const commit_view& c) {
                       { a.append(c) } -> std::same_as<append_result>;
                     })
    return sizeof(detail::ADAPTER_LACKS_append<A>) != 0;
  else if constexpr (!requires(A& a, std::string_view s, const stream_range& r) {
                       { a.read_stream(s, r) } -> event_cursor;
                     })
    return sizeof(detail::ADAPTER_LACKS_read_stream<A>) != 0;
  else if constexpr (!requires(A& a, const query& q, const store_range& r) {
                       { a.read_all(q, r) } -> event_cursor;
                     })
    return sizeof(detail::ADAPTER_LACKS_read_all<A>) != 0;
  else if constexpr (!requires(A& a, std::string_view s) {
                       { a.state_of(s) } -> std::same_as<stream_state>;
                     })
    return sizeof(detail::ADAPTER_LACKS_state_of<A>) != 0;
  else if constexpr (!requires(A& a) {
                       { a.head() } -> std::same_as<global_position>;
                     })
    return sizeof(detail::ADAPTER_LACKS_head<A>) != 0;
  else if constexpr (!requires(A& a, global_position p, std::chrono::milliseconds t) {
                       { a.wait_beyond(p, t) } -> std::same_as<global_position>;
                     })
    return sizeof(detail::ADAPTER_LACKS_wait_beyond<A>) != 0;
  else if constexpr (!requires(A& a, std::string_view k, const snapshot_view& s) {
                       { a.save_snapshot(k, s) } -> std::same_as<void>;
                     })
    return sizeof(detail::ADAPTER_LACKS_save_snapshot<A>) != 0;
  else if constexpr (!adapter<A>)
    return sizeof(detail::ADAPTER_LACKS_load_snapshot<A>) != 0;
  else
    return true;
}

} // namespace evstore
