#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

namespace bench {

/// A server for as long as the benchmark runs.
class server {
public:
  /// The file says how to connect to it, for as long as it runs.
  explicit server(std::string file) : file_{std::move(file)} {
    if (std::system(command("start").c_str()) != 0) throw std::runtime_error{"no server"};
    std::ifstream file_of_it{file_};
    where = {std::istreambuf_iterator<char>{file_of_it}, {}};
  }
  ~server() { static_cast<void>(std::system(command("stop").c_str())); }
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  [[nodiscard]] std::string database(const std::string& name) const {
    return where + " dbname=" + name;
  }

  std::string where;

private:
  [[nodiscard]] std::string command(const std::string& what) const {
    return "exec " EVSTORE_CLUSTER " " + what + " '" + file_ + "'";
  }

  std::string file_;
};

} // namespace bench
