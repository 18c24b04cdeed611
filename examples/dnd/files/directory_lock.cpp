#include "files/directory_lock.hpp"

#include "files/problem.hpp"

#include <evstore/jsonl/file.hpp>

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace dnd {

directory_lock::directory_lock(const std::filesystem::path& directory)
    : descriptor_{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)} {
  using evstore::jsonl::file_error;
  if (descriptor_ < 0) throw file_error(errno, "cannot open", directory.string());
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const int code = errno;
  ::close(descriptor_);
  if (code != EWOULDBLOCK) throw file_error(code, "cannot lock", directory.string());
  throw not_possible("somebody else is writing to " + directory.string() + " now");
}

directory_lock::~directory_lock() { ::close(descriptor_); }

} // namespace dnd
