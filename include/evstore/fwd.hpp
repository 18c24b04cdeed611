#pragma once

#include <evstore/config.hpp>

#include <cstdint>

/// The map of the library: every public name that others build on, by layer, lowest first.

namespace evstore {

// L0 ground
enum class errc : std::uint8_t;
struct error_place;
class error;
template <class T, class E>
class result;

// L1 words
class event_id;
class stream_name;
class stream_version;
class global_position;
class expected_version;
struct metadata;
class json_view;
class raw_json;
struct event_view;
struct event_record;
struct query_item;
class query;
struct new_event;
struct stream_write;
struct append_condition;
struct commit_view;
struct append_receipt;
struct append_conflict;
struct stream_state;
struct snapshot_view;
struct snapshot_record;
struct snapshot_lookup;

// L2 ports
enum class direction : std::uint8_t;
struct stream_range;
struct store_range;

// L4 codec
enum class unknown_events : std::uint8_t;

// L5 behaviour
struct event_details;
template <class Event>
struct envelope;
template <class Refusal>
class rejection;
template <class State>
struct folded;
template <class Model>
struct projection;
template <class... Events>
struct snapshot_policy;
struct snapshot_rule;

// L6 store
struct store_options;
struct execute_options;
template <class Set, class Adapter>
class store;
template <class Set>
class typed_event;
template <class Set, class Cursor>
class event_range;
template <class Set, class Adapter>
class commit_builder;
template <class Set, class Adapter>
class subscription;
class log_digest;
struct transfer_options;
struct transfer_progress;
struct transfer_report;

} // namespace evstore
