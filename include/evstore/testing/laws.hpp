#pragma once

#include <evstore/detail/json_scan.hpp>
#include <evstore/event_record.hpp>
#include <evstore/event_set.hpp>
#include <evstore/fold.hpp>
#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>
#include <evstore/testing/arbitrary.hpp>
#include <evstore/testing/stored_value.hpp>
#include <evstore/testing/verdict.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// What has to hold for every program's events and states, each a test of one line:
///
///     CHECK(codec_round_trip<bank>());
///     CHECK(upcast_chain<bank>());
///     CHECK(fold_equals_snapshot_plus_tail<account, bank>());
///
/// Each law is tried on values drawn by `arbitrary`, small ones first, the same in every run. A
/// verdict that fails names the value that broke the law.

namespace evstore::testing {

/// How many values of each type a law is tried on, and which.
struct draws {
  std::uint64_t seed = 1;
  std::size_t count = 200;
  std::size_t largest = 24; ///< sizes grow from 0 to this: see `random_source`
};

namespace detail {

/// The source of the i-th value.
inline random_source source_of(const draws& all, std::size_t i, numbers drawn = numbers::extreme) {
  return random_source{all.seed + i,
                       all.count < 2 ? all.largest : all.largest * i / (all.count - 1), drawn};
}

/// Runs a law; what it throws breaks it.
template <class Law>
verdict try_law(const Law& law) {
  try {
    return law();
  } catch (const std::exception& thrown) {
    return verdict::fails(std::string{"it threw: "}.append(thrown.what()));
  }
}

/// A broken law with the value that broke it, cut where nobody reads on.
template <class T>
verdict broken_by(const T& value, const verdict& broken) {
  constexpr std::size_t most = 2000;
  std::string text = value_in_words(value);
  if (text.size() > most) text.replace(most, text.npos, "...");
  return verdict::fails(broken.why() + "\n by " + text);
}

template <class T, class Law>
verdict for_draws(const draws& all, const Law& law) {
  for (std::size_t i = 0; i < all.count; ++i) {
    random_source from = source_of(all, i);
    const T value = arbitrary<T>(from);
    if (const verdict found = try_law([&] { return law(value); }); !found)
      return broken_by(value, found);
  }
  return verdict::holds();
}

template <class T>
verdict expect_same(std::string_view what, const T& expected, const T& actual) {
  std::string where;
  if (same_value(expected, actual, &where)) return verdict::holds();
  return verdict::fails(std::string{what} + " differs at $" + where);
}

/// The first law of a table that does not hold.
template <std::size_t Size>
verdict all_of(const std::array<verdict (*)(const draws&), Size>& laws,
               [[maybe_unused]] const draws& all) {
  for (const auto law : laws)
    if (verdict found = law(all); !found) return found;
  return verdict::holds();
}

template <class T>
verdict survives_json(const T& value) {
  const std::string text = json::to_string(value);
  if (const auto defect = evstore::detail::find_json_defect(text); defect)
    return verdict::fails("what is written is not JSON: " + text);
  if (text.find('\n') != text.npos) return verdict::fails("what is written is not one line");
  const T back = json::read<T>(text);
  if (verdict same = expect_same("what is read back", value, back); !same) return same;
  // A space sends the reader down its other path, which has to see the same.
  const T tolerant = json::read<T>(" " + text);
  if (verdict same = expect_same("what simdjson reads", value, tolerant); !same) return same;
  if (json::to_string(back) != text)
    return verdict::fails("written again it is another text: " + json::to_string(back));
  return verdict::holds();
}

/// What the set makes of a stored event is this value.
template <class Set, class Event>
verdict decodes_to(const Event& expected, std::uint32_t schema, const std::string& text) {
  verdict found = verdict::fails("the set took it for another event");
  const bool known =
      visit_event<Set>(event_name<Set, Event>, schema, text, [&]<class Came>(const Came& came) {
        if constexpr (std::is_same_v<Came, Event>)
          found = expect_same("what the set decodes", expected, came);
      });
  return known ? found : verdict::fails("the set does not know the event");
}

template <class Set, class Event>
verdict event_survives(const draws& all) {
  return for_draws<Event>(all, [](const Event& event) {
    const verdict found = survives_json(event);
    return found ? decodes_to<Set>(event, event_schema<Set, Event>, json::to_string(event)) : found;
  });
}

template <class Set, class Event, std::uint32_t Schema>
verdict shape_is_brought_up(const draws& all) {
  using history = event_history<Set, Event>;
  using shape = typename history::template shape<Schema>;
  return for_draws<shape>(all, [](const shape& old) {
    const Event current = bring_up_to_date<history, Schema>(old);
    if (const verdict found = survives_json(old); !found) return found;
    if (const verdict found = survives_json(current); !found) return found;
    return decodes_to<Set>(current, Schema, json::to_string(old));
  });
}

template <class Set, class Event>
verdict history_is_brought_up(const draws& all) {
  constexpr std::uint32_t older = event_schema<Set, Event> - 1;
  return [&]<std::uint32_t... I>(std::integer_sequence<std::uint32_t, I...>) {
    return all_of<older>({&shape_is_brought_up<Set, Event, I + 1>...}, all);
  }(std::make_integer_sequence<std::uint32_t, older>{});
}

} // namespace detail

/// Written and read back, a value is the same. For codecs of any kind: `write(value)` gives a text,
/// `read(text)` a value:
///
///     round_trip<monster>([](const monster& m) { return yaml::write(m); },
///                         [](std::string_view text) { return yaml::read<monster>(text); })
template <class T, class Write, class Read>
verdict round_trip(const Write& write, const Read& read, const draws& all = {}) {
  return detail::for_draws<T>(all, [&](const T& value) {
    const auto text = write(value);
    return detail::expect_same<T>("what is read back", value, read(text));
  });
}

/// A described type survives being stored: it is written as one line of JSON, read back the same by
/// the fast and by the tolerant reader, and written again as the same bytes.
template <described T>
verdict codec_round_trip(const draws& all = {}) {
  return detail::for_draws<T>(all, [](const T& value) { return detail::survives_json(value); });
}

/// The same for every event of a set, each decoded by its stored name as well.
template <any_event_set Set>
verdict codec_round_trip(const draws& all = {}) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return detail::all_of<sizeof...(I)>({&detail::event_survives<Set, event_at<Set, I>>...}, all);
  }(std::make_index_sequence<Set::size>{});
}

/// Every older shape of every event still reads, and is brought up to an event that can be stored.
template <any_event_set Set>
verdict upcast_chain(const draws& all = {}) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return detail::all_of<sizeof...(I)>({&detail::history_is_brought_up<Set, event_at<Set, I>>...},
                                        all);
  }(std::make_index_sequence<Set::size>{});
}

/// The events of one stream as they would be stored, of any types of the set.
template <any_event_set Set>
std::vector<event_record> arbitrary_log(random_source& from, std::size_t length) {
  std::vector<event_record> log(length);
  for (std::size_t i = 0; i < length; ++i) {
    log[i].stream = "law-1";
    log[i].version = stream_version{i + 1};
    log[i].position = global_position{i + 1};
    visit_arbitrary_event<Set>(from, [&]<class Event>(const Event& event) {
      log[i].type = event_name<Set, Event>;
      log[i].schema = event_schema<Set, Event>;
      log[i].data = json::to_string(event);
    });
  }
  return log;
}

namespace detail {

template <class Set, class State>
void fold_record(folded<State>& into, const event_record& event) {
  const std::vector<std::string_view> tags(event.tags.begin(), event.tags.end());
  fold_event<Set>(into,
                  {event.position, event.stream, event.version, event.type, event.schema, event.id,
                   event.time, event.commit, tags, event.data, event.metadata},
                  unknown_events::error);
}

} // namespace detail

/// Wherever a log is cut, the snapshot taken there and the events after it lead to the same state
/// as all events do; and folding twice leads to the same state. For a log of one's own, where
/// `evolve` expects events that make sense together.
template <described State, any_event_set Set>
verdict fold_equals_snapshot_plus_tail(std::span<const event_record> log) {
  return detail::try_law([&] {
    folded<State> all;
    folded<State> again;
    for (const event_record& event : log) detail::fold_record<Set>(all, event);
    for (const event_record& event : log) detail::fold_record<Set>(again, event);
    if (auto same = detail::expect_same("folded a second time, the state", all.state, again.state);
        !same)
      return same;
    folded<State> until;
    for (std::size_t cut = 0; cut <= log.size(); ++cut) {
      if (cut != 0) detail::fold_record<Set>(until, log[cut - 1]);
      folded<State> restored;
      json::read_into(json::to_string(until.state), restored.state);
      for (const event_record& event : log.subspan(cut)) detail::fold_record<Set>(restored, event);
      const std::string what = "with a snapshot after event " + std::to_string(cut) + " of " +
                               std::to_string(log.size()) + ", the state";
      if (auto same = detail::expect_same(what, all.state, restored.state); !same)
        return verdict::fails(same.why() + "\n expected " + value_in_words(all.state) +
                              "\n but got  " + value_in_words(restored.state));
    }
    return verdict::holds();
  });
}

/// The same for logs of events drawn at random, with numbers that can be added up.
template <described State, any_event_set Set>
verdict fold_equals_snapshot_plus_tail(const draws& all = {.count = 50}) {
  for (std::size_t i = 0; i < all.count; ++i) {
    random_source from = detail::source_of(all, i, numbers::usual);
    const std::vector<event_record> log = arbitrary_log<Set>(from, from.size());
    verdict found = fold_equals_snapshot_plus_tail<State, Set>(log);
    if (found) continue;
    std::string text = found.why() + "\n by";
    for (const event_record& event : log)
      text.append("\n  ").append(event.type).append(" ").append(event.data);
    return verdict::fails(text);
  }
  return verdict::holds();
}

} // namespace evstore::testing
