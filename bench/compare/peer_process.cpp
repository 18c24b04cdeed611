#include "peer_process.hpp"

#include "contestant.hpp"
#include "stored_record.hpp"

#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

void write_pool(const std::string& path) {
  std::string text = "[";
  for (const event& what : event_pool()) {
    text += text.size() == 1 ? "" : ",\n";
    text += R"({"type":")";
    text += type_name(what);
    text += R"(","data":)";
    write_payload(what, text);
    text += '}';
  }
  std::ofstream file{path, std::ios::binary};
  if (!(file << text << "]\n").flush()) refuse("peer", "cannot write " + path);
}

struct pipe_ends {
  int read = -1;
  int write = -1;
};

pipe_ends make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) refuse("peer", "no pipe");
  return {ends[0], ends[1]};
}

} // namespace

const char* installed_peers() { return std::getenv("EVSTORE_BENCH_PEERS"); }

peer_process::peer_process(const std::string& kind, const std::string& folder,
                           const std::string& connection)
    : name_{kind} {
  const std::string pool = folder + "/pool.json";
  const std::string program = std::string{installed_peers()} + "/peer.mjs";
  write_pool(pool);
  const pipe_ends tasks = make_pipe();
  const pipe_ends answers = make_pipe();
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(tasks.read, 0);
    ::dup2(answers.write, 1);
    ::execlp("node", "node", program.c_str(), kind.c_str(), pool.c_str(), connection.c_str(),
             nullptr);
    ::_exit(127);
  }
  ::close(tasks.read);
  ::close(answers.write);
  to_ = ::fdopen(tasks.write, "w");
  from_ = ::fdopen(answers.read, "r");
  char ready[8] = {};
  if (process_ < 0 || std::fscanf(from_, "%7s", ready) != 1) refuse(kind, "cannot be started");
  static_cast<void>(std::fgetc(from_)); // the line's end
}

peer_process::~peer_process() {
  if (to_) std::fclose(to_); // which it takes for its end
  if (from_) std::fclose(from_);
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
}

std::vector<double> peer_process::ask(const std::string& task) {
  std::fprintf(to_, "%s\n", task.c_str());
  std::fflush(to_);
  std::vector<double> out;
  char end = '\n';
  do {
    double number = 0;
    if (std::fscanf(from_, "%lf%c", &number, &end) != 2) refuse(name_, "failed: " + task);
    out.push_back(number);
  } while (end != '\n');
  return out;
}

} // namespace bench
