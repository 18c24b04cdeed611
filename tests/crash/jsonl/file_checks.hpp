#pragma once

#include "moments.hpp"
#include "promise.hpp"

#include <support/simulated_files.hpp>

#include <evstore/jsonl/verify.hpp>

namespace evstore::tests {

/// What opening has cut off a log is in the file that its report names.
inline void check_kept_aside(const simulated_machine& machine, const jsonl::open_report& report) {
  const auto& torn = report.torn;
  if (!torn || torn->bytes == 0) return;
  const auto kept = machine.disk.find(torn->kept_in);
  hold(kept != 0 && machine.disk.bytes(kept).size() == torn->bytes, "cut bytes were not kept");
}

/// A log that was closed is sound, and has all that is promised.
template <class Files>
void check_file(const Files& files, const promise& promised) {
  const auto report = jsonl::detail::verify(log_path, files);
  hold(report.is_sound() && !report.torn, "verify finds fault with a log that was opened");
  expected_log expected;
  for (const testing::plain_commit& commit : promised.commits) expected.add(commit);
  hold(report.records == expected.size(), "verify counts other records");
}

} // namespace evstore::tests
