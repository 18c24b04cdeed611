#pragma once

#include <support/scratch_folder.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

namespace evstore::tests {

/// Servers that a script starts and stops, for tests that kill some of them. The script is called with
/// what to do and the name of a file, in which it notes how to connect to the group.
class server_group {
public:
  server_group(const server_group&) = delete;
  server_group& operator=(const server_group&) = delete;

  /// All hosts: whichever can be written to.
  [[nodiscard]] const std::string& where() const { return where_; }

protected:
  server_group(std::string script, const std::string& start) : script_{std::move(script)} {
    run(start);
    std::ifstream file{file_};
    where_ = {std::istreambuf_iterator<char>{file}, {}};
  }
  ~server_group() { static_cast<void>(std::system(command("stop", "").c_str())); }

  void run(const std::string& what, const std::string& which = "") const {
    if (std::system(command(what, which).c_str()) != 0)
      throw std::runtime_error{script_ + ' ' + what + " failed"};
  }

private:
  [[nodiscard]] std::string command(const std::string& what, const std::string& which) const {
    return "exec " + script_ + ' ' + what + ' ' + file_ + ' ' + which;
  }

  std::string script_;
  scratch_folder folder_;
  std::string file_ = (folder_ / "servers").string();
  std::string where_;
};

} // namespace evstore::tests
