#pragma once
// A store in a process of its own, for Node: it makes the workload's commits by itself, since a question
// and an answer for each would be what is measured. See bench/peers/peer.mjs for what it is told.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bench {

class peer_process {
public:
  /// `folder` is where the pool of events is written to.
  peer_process(const std::string& kind, const std::string& folder, const std::string& connection);
  peer_process(const peer_process&) = delete;
  ~peer_process();

  /// The numbers of its answer. Throws if it has ended, whose reason is on standard error.
  std::vector<double> ask(const std::string& task);

private:
  std::string name_;
  ::pid_t process_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

/// Where the peers are installed (bench/install_peers), or nothing: then they take no part.
const char* installed_peers();

} // namespace bench
