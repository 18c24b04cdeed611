#include <evstore/detail/spare.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <thread>

namespace {

using spare = evstore::detail::spare<std::string>;

std::unique_ptr<std::string> made(const char* text) { return std::make_unique<std::string>(text); }

/// Uses the spare when its thread's objects are destroyed.
struct late {
  bool& found;
  ~late() {
    found = spare::take() != nullptr;
    spare::give_back(made("too late"));
    found = found || spare::take() != nullptr;
  }
};

TEST_CASE("what is given back is taken again, once") {
  std::thread{[] {
    CHECK_FALSE(spare::take());
    spare::give_back(made("kept"));
    const auto taken = spare::take();
    REQUIRE(taken);
    CHECK(*taken == "kept");
    CHECK_FALSE(spare::take());
  }}.join();
}

TEST_CASE("one is kept, and another thread's is another") {
  std::thread{[] {
    spare::give_back(made("first"));
    spare::give_back(made("second"));
    std::thread{[] { CHECK_FALSE(spare::take()); }}.join();
    CHECK(*spare::take() == "first");
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
