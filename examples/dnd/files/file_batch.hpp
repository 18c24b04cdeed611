#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

namespace dnd {

/// What becomes of a file that is there already.
enum class if_there : std::uint8_t { keep, replace };

/// Many files that are each there whole or not at all, whatever happens in between, as with
/// `replace_file`; but they become durable together, which takes a tenth of the time.
///
/// A file waits under a hidden name beside its place. What was not put in its place is removed by
/// the destructor, and what a process that was killed has left by the next batch for that
/// directory: only one at a time may write to a directory. Failures are thrown as `evstore::error`.
class file_batch {
public:
  file_batch() = default;
  ~file_batch();
  file_batch(const file_batch&) = delete;
  file_batch& operator=(const file_batch&) = delete;

  /// Writes a file under its hidden name. Its directory must exist.
  void add(const std::filesystem::path& path, std::string_view contents);

  /// Syncs what was added, then puts one after the other in its place. `placed` is told the number
  /// of the file, from 0, and whether it is there; false: there is another one, which was kept.
  void put_in_place(if_there existing,
                    const std::function<void(std::size_t number, bool is_there)>& placed);

private:
  std::vector<std::filesystem::path> files_;
  std::vector<std::filesystem::path> directories_; ///< of the files, each once
  std::size_t placed_ = 0;
};

} // namespace dnd
