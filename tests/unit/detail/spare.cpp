#include <evstore/detail/spare.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <thread>

namespace {

using spare = evstore::detail::spare<std::string>;

std::unique_ptr<std::string> take() { return std::unique_ptr<std::string>{spare::take()}; }
std::string* made(const char* text) { return new std::string{text}; }

/// Uses the spare when its thread's objects are destroyed.
struct late {
  bool& found;
  ~late() {
    found = take() != nullptr;
    spare::give_back(made("too late"));
    found = found || take() != nullptr;
  }
};

TEST_CASE("what is given back is taken again, once") {
  std::thread{[] {
    CHECK_FALSE(take());
    spare::give_back(made("kept"));
    const auto taken = take();
    REQUIRE(taken);
    CHECK(*taken == "kept");
    CHECK_FALSE(take());
  }}.join();
}

TEST_CASE("one is kept, and another thread's is another") {
  std::thread{[] {
    spare::give_back(made("first"));
    spare::give_back(made("second"));
    std::thread{[] { CHECK_FALSE(take()); }}.join();
    CHECK(*take() == "first");
  }}.join();
}

TEST_CASE("a thread that ends keeps nothing, and whoever comes later finds nothing") {
  bool found = true;
  std::thread{[&found] {
    thread_local late last{found}; // made before, so destroyed after what the spare is kept in
    static_cast<void>(last);
    spare::give_back(made("kept"));
  }}.join();
  CHECK_FALSE(found);
}

} // namespace
