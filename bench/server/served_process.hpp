#pragma once
// The server in a process of its own, and what the system says of that.

#include "connection.hpp"

#include <csignal>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

/// A convex_game on a port that is free. It ends with this object, or with the process that has it.
class served_process {
public:
  /// `store` is what the program calls so.
  served_process(const std::string& program, const std::filesystem::path& data,
                 const std::string& store = "jsonl")
      : data_{data} {
    std::filesystem::remove_all(data);
    std::filesystem::create_directories(data);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe2");
    pid_ = ::fork();
    if (pid_ < 0) fail("fork");
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(program.c_str(), program.c_str(), "--data", data.c_str(), "--store", store.c_str(),
              nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    std::string said;
    for (char one = 0; one != '\n' && ::read(ends[0], &one, 1) == 1;) said.push_back(one);
    ::close(ends[0]);
    const std::size_t colon = said.rfind(':');
    if (!said.starts_with("http://") || colon == said.npos) {
      stop();
      throw std::runtime_error{program + " has not started"};
    }
    port_ = static_cast<std::uint16_t>(std::stoi(said.substr(colon + 1)));
  }
  served_process(const served_process&) = delete;
  served_process& operator=(const served_process&) = delete;
  ~served_process() { stop(); }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::uint64_t bytes_of_log() const {
    return std::filesystem::file_size(data_ / "games.jsonl");
  }

  /// Processor time of all of its threads, in seconds.
  [[nodiscard]] double processor_time() const {
    clockid_t clock{};
    timespec spent{};
    if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &spent) != 0)
      throw std::runtime_error{"the processor time of the server is not known"};
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
  }

  /// Memory that it occupies, in bytes.
  [[nodiscard]] double resident() const {
    std::ifstream pages{"/proc/" + std::to_string(pid_) + "/statm"};
    double whole = 0;
    double held = 0;
    if (!(pages >> whole >> held)) throw std::runtime_error{"its memory is not known"};
    return held * static_cast<double>(::sysconf(_SC_PAGESIZE));
  }

private:
  void stop() const {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }

  std::filesystem::path data_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

} // namespace bench
