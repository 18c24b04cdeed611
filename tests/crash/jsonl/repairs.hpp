#pragma once

#include "drawn_commits.hpp"
#include "moments.hpp"

#include <support/simulated_files.hpp>

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace evstore::tests {

/// A damaged log, and what repairing has to make of it. `Files` wraps `simulated_files`.
template <class Files>
class damaged_log {
public:
  using log = jsonl::basic_adapter<Files>;

  explicit damaged_log(std::uint64_t seed) {
    random_source draw{seed};
    const auto machine = std::make_shared<simulated_machine>(simulated_disk{}, seed);
    write(machine, draw);
    const auto file = machine->disk.find(log_path);
    for (std::size_t places = 1 + draw() % 3; places != 0; --places) {
      std::string byte{machine->disk.bytes(file)[draw() % machine->disk.bytes(file).size()]};
      byte[0] = static_cast<char>(byte[0] ^ (1 << draw() % 7));
      machine->disk.write(file, byte, draw() % machine->disk.bytes(file).size());
    }
    damaged_ = machine->disk.bytes(file);
    machine->disk.sync_all();
    disk_ = machine->disk;

    const auto again = std::make_shared<simulated_machine>(disk_, seed);
    is_sound_ = jsonl::detail::repair(log_path, Files{simulated_files{again}}).dropped.empty();
    repaired_ = again->disk.bytes(again->disk.find(log_path));
  }

  [[nodiscard]] const simulated_disk& disk() const noexcept { return disk_; }
  /// The damage hit nothing that matters.
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }

  /// Whatever happened to a repair, the log is as it was or as it should become, and nothing is
  /// lost.
  void check(const simulated_disk& disk) const {
    const auto file = disk.find(log_path);
    hold(file != 0, "the log is gone");
    if (disk.bytes(file) == damaged_) return;
    hold(disk.bytes(file) == repaired_, "the log is neither as it was nor repaired");
    for (const std::string& path : disk.files())
      if (path.find(".damaged-") != path.npos && disk.bytes(disk.find(path)) == damaged_) return;
    throw broken_promise{"the log as it was is gone"};
  }

  /// Repairs what is left, without further trouble.
  void finish(const std::shared_ptr<simulated_machine>& machine) const {
    const Files files{simulated_files{machine}};
    const bool is_damaged = machine->disk.bytes(machine->disk.find(log_path)) == damaged_;
    if (is_damaged) {
      try {
        static_cast<void>(log::open(log_path, {}, files));
        throw broken_promise{"a damaged log is opened"};
      } catch (const error& why) {
        hold(why.code() == errc::corrupt, std::string{"a damaged log: "} + why.what());
      }
      check(machine->disk);
    }
    const auto report = jsonl::detail::repair(log_path, files);
    hold(report.dropped.empty() != is_damaged, "the report is of another log");
    hold(machine->disk.bytes(machine->disk.find(log_path)) == repaired_, "it is not repaired");
    check(machine->disk);
    if (is_damaged)
      for (const std::string& path : machine->disk.files())
        hold(path.find(".repairing") == path.npos, "a repair leaves " + path);
    log opened = log::open(log_path, {}, files);
    hold(!opened.report().torn, "a repaired log has a torn end");
    hold(opened.head().value() == report.records, "the report counts other records");
    static_cast<void>(testing::append(opened, {{{"s-z", any, testing::events("e")}}, {}}).value());
    hold(jsonl::detail::verify(log_path, files).is_sound(), "verify finds fault with it");
  }

private:
  /// Commits, each synced by itself.
  static void write(const std::shared_ptr<simulated_machine>& machine, random_source& draw) {
    log opened = log::open(log_path, {}, Files{simulated_files{machine}});
    std::vector<testing::plain_commit> commits;
    for (std::size_t left = 3 + draw() % 6; left != 0; --left) {
      commits.push_back(draw_commit(draw, commits));
      static_cast<void>(testing::append(opened, commits.back()).value());
    }
  }

  simulated_disk disk_;
  std::string damaged_;
  std::string repaired_;
  bool is_sound_ = false;
};

} // namespace evstore::tests
