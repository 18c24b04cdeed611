#pragma once

#include <evstore/testing/conformance/probe.hpp>

#include <limits>

namespace evstore::testing::conformance {

/// Snapshots: derived data under a key, never an error when they are missing.
template <adapter A>
void add_snapshots(check_list<A>& checks) {
  static constexpr auto saved = [](const snapshot_record& record) {
    return snapshot_view{record.version, record.position, record.fingerprint, record.state};
  };
  static constexpr auto finds = [](probe<A>& on, std::string_view key,
                                   const snapshot_record& expected) {
    const snapshot_lookup found = on.store.load_snapshot(key);
    on.expect(found.snapshot.has_value(),
              "a snapshot under \"" + std::string{key} + "\" (" + found.ignored + ")");
    on.equal(found.ignored, "", "nothing was ignored");
    on.equal(found.snapshot->version, expected.version, "version");
    on.equal(found.snapshot->position, expected.position, "position");
    on.equal(found.snapshot->fingerprint, expected.fingerprint, "fingerprint");
    on.equal(found.snapshot->state, expected.state, "state");
  };

  checks.push_back(
      {"a snapshot is found again", "Every field and every byte of it.", [](probe<A>& on) {
         const auto head = on.append("s", any, "a b").last;
         const snapshot_record record{stream_version{2}, head,
                                      std::numeric_limits<std::uint64_t>::max(),
                                      R"({"a":-0.0,"b":"\u0000🐉", "b":9223372036854775807})"};
         on.store.save_snapshot("s", saved(record));
         finds(on, "s", record);
         finds(on, "s", record);
         const snapshot_record nothing{{}, {}, 0, "null"};
         on.store.save_snapshot("of the empty store", saved(nothing));
         finds(on, "of the empty store", nothing);
       }});
  checks.push_back({"a key without a snapshot has none, and nothing was ignored",
                    "Absence is no error.", [](probe<A>& on) {
                      on.append("s", any, "a");
                      const auto found = on.store.load_snapshot("s");
                      on.expect(!found.snapshot, "no snapshot");
                      on.equal(found.ignored, "", "nothing ignored");
                    }});
  checks.push_back(
      {"a snapshot replaces what was under its key", "Also by something older or shorter.",
       [](probe<A>& on) {
         const auto head = on.append("s", any, "a b").last;
         const snapshot_record newer{stream_version{2}, head, 7, R"({"long":"xxxxxxxxxxxxxxxx"})"};
         const snapshot_record older{stream_version{1}, on.stream("s").at(0).position, 8, "{}"};
         on.store.save_snapshot("k", saved(newer));
         on.store.save_snapshot("k", saved(older));
         finds(on, "k", older);
         on.store.save_snapshot("k", saved(newer));
         finds(on, "k", newer);
       }});
  checks.push_back(
      {"snapshots are kept under odd keys",
       "A key is 1–512 bytes of UTF-8 without control characters; nothing else is special, and "
       "keys that differ are different.",
       [](probe<A>& on) {
         const std::vector<std::string> keys{"a",
                                             "A",
                                             "a.",
                                             "a ",
                                             " a",
                                             ".",
                                             "..",
                                             "../a",
                                             "/",
                                             "/etc/passwd",
                                             "a/b",
                                             "a_b",
                                             "a%2Fb",
                                             "a\\b",
                                             "CON",
                                             "nul.json",
                                             "a:b",
                                             "*?",
                                             "\"'",
                                             "-rf",
                                             "$x",
                                             "é",
                                             "e\u0301",
                                             "🐉",
                                             "\u202Ea",
                                             "state/account/account-ada",
                                             std::string(512, 'k'),
                                             std::string(511, 'k'),
                                             std::string(511, 'k') + "l"};
         for (std::size_t i = 0; i < keys.size(); ++i)
           on.store.save_snapshot(keys[i], {.fingerprint = i, .state = "{}"});
         for (std::size_t i = 0; i < keys.size(); ++i) finds(on, keys[i], {{}, {}, i, "{}"});
       }});
  checks.push_back(
      {"a bad snapshot key is refused", "By saving and by loading, as `require_snapshot_key` does.",
       [](probe<A>& on) {
         for (const std::string& key : {std::string{}, std::string(513, 'k'), std::string{"a\nb"},
                                        std::string{"a\0b", 3}, std::string{"\xFF"}}) {
           on.throws(
               errc::invalid_argument, [&] { on.store.save_snapshot(key, {.state = "{}"}); },
               "save");
           on.throws(
               errc::invalid_argument, [&] { (void)on.store.load_snapshot(key); }, "load");
         }
       }});
  checks.push_back({"a long snapshot is kept", "A state has no small limit.", [](probe<A>& on) {
                      const snapshot_record record{
                          {}, {}, 1, "{\"a\":\"" + std::string(std::size_t{2} << 20U, 'x') + "\"}"};
                      on.store.save_snapshot("k", saved(record));
                      finds(on, "k", record);
                    }});
  checks.push_back(
      {"a snapshot of the future is refused",
       "Nobody can have folded what the store does not have; what was under the key stays. (One "
       "that is found ahead of a log which was put back is ignored and reported.)",
       [](probe<A>& on) {
         const auto head = on.append("s", any, "a").last;
         const snapshot_record good{stream_version{1}, head, 1, "{}"};
         on.store.save_snapshot("k", saved(good));
         on.throws(
             errc::invalid_argument,
             [&] {
               on.store.save_snapshot("k", {stream_version{2}, head.next(), 2, "{}"});
             },
             "of the position behind the head");
         finds(on, "k", good);
         on.throws(
             errc::invalid_argument,
             [&] {
               on.store.save_snapshot("new", {{}, global_position{~0ULL}, 2, "{}"});
             },
             "of the last position there can be");
         on.expect(!on.store.load_snapshot("new").snapshot, "nothing was kept");
       }});
  checks.push_back(
      {"a snapshot changes nothing in the log", "It is derived data.", [](probe<A>& on) {
         on.append("s", any, "a b");
         on.writes_nothing([&] {
           on.store.save_snapshot("s", {stream_version{2}, on.store.head(), 1, "{}"});
         });
         on.append("s", exactly(2), "c");
         on.equal(on.types_of("s"), "a b c", "the log goes on");
       }});
}

} // namespace evstore::testing::conformance
