// evstore through its typed public interface, as a program would use it.

#include "typed_store.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace bench {

namespace {

namespace jsonl = evstore::jsonl;

/// One thread that waits only when as many commits are in flight as there may be.
class in_flight final : public typed_store<jsonl::adapter> {
public:
  using typed_store::typed_store;

  void commit(std::span<const write> writes) override {
    const write& one = writes.front();
    last_.emplace(
        store_.append_async(stream_name(one.stream), evstore::exactly(one.before), one.events));
  }
  /// Acknowledged in order: behind the last are all of them.
  void settle() override {
    if (last_) require(last_->get());
    last_.reset();
  }

private:
  std::optional<evstore::pending_append_of<jsonl::adapter>> last_;
};

/// Acknowledged before it is written; at the end of a turn all of it is.
class buffered final : public typed_store<jsonl::adapter> {
public:
  using typed_store::typed_store;

  void settle() override { static_cast<void>(store_.head()); }
};

std::unique_ptr<contestant> open_jsonl(const std::string& folder, const jsonl::options& how) {
  return std::make_unique<typed_store<jsonl::adapter>>(jsonl::open(folder + "/log.jsonl", how));
}

std::unique_ptr<contestant> open_to_read(const std::string& folder,
                                         const jsonl::read_options& how) {
  return std::make_unique<typed_store<jsonl::adapter>>(
      jsonl::open_read_only(folder + "/log.jsonl", how));
}

} // namespace

std::vector<entry> evstore_entries() {
  const auto unsynced_log = [](const std::string& folder) {
    return open_jsonl(folder, {.durability = jsonl::durability::none()});
  };
  return {
      {"memory",
       "evstore::memory",
       "memory",
       {role::unsynced, role::reading, role::few},
       [](const std::string&) {
         return std::make_unique<typed_store<evstore::memory::adapter>>(evstore::memory::adapter{});
       },
       {},
       true},
      {"jsonl",
       "durability::sync",
       "jsonl",
       {role::durable},
       [](const std::string& folder) { return open_jsonl(folder, {}); }},
      {"jsonl, 16 MiB ahead",
       "durability::sync, preallocation_size 16 MiB",
       "jsonl_ahead",
       {role::durable},
       [](const std::string& folder) {
         return open_jsonl(folder, {.preallocation_size = std::uint64_t{1} << 24});
       }},
      {"jsonl, 64 MiB ahead",
       "durability::sync, preallocation_size 64 MiB",
       "jsonl_far_ahead",
       {role::durable},
       [](const std::string& folder) {
         return open_jsonl(folder, {.preallocation_size = std::uint64_t{1} << 26});
       }},
      {"jsonl, 1024 in flight",
       "durability::sync, append_async",
       "jsonl_in_flight",
       {role::in_flight},
       [](const std::string& folder) {
         return std::make_unique<in_flight>(jsonl::open(folder + "/log.jsonl"));
       }},
      {"jsonl, unsynced", "durability::none", "jsonl", {role::unsynced}, unsynced_log},
      {"jsonl, buffered",
       "durability::buffered, 1 s: written 64 KiB at a time",
       "jsonl_buffered",
       {role::unsynced},
       [](const std::string& folder) {
         constexpr std::chrono::seconds at_the_latest{1};
         return std::make_unique<buffered>(jsonl::open(
             folder + "/log.jsonl", {.durability = jsonl::durability::buffered(at_the_latest)}));
       }},
      {"jsonl, checksums verified",
       "the default",
       "jsonl",
       {role::reading, role::few},
       unsynced_log,
       [](const std::string& folder) { return open_to_read(folder, {}); }},
      {"jsonl, checksums ignored",
       "checksums::ignored; UTF-8 is checked",
       "jsonl",
       {role::reading},
       unsynced_log,
       [](const std::string& folder) {
         return open_to_read(folder, {.checksums = jsonl::checksums::ignored});
       }},
  };
}

} // namespace bench
