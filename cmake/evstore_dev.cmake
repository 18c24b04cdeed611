# The twin that our own tests, examples and benchmarks link: every part of evstore plus every warning. Whether a warning
# is fatal is the preset's choice (CMAKE_COMPILE_WARNING_AS_ERROR), so that a newer compiler can still build the tests.
add_library(evstore_dev INTERFACE)
target_link_libraries(evstore_dev INTERFACE
  evstore::evstore evstore::memory evstore::jsonl evstore::convex evstore::testing
  $<TARGET_NAME_IF_EXISTS:evstore::ranges> $<TARGET_NAME_IF_EXISTS:evstore::yaml>)
target_compile_options(evstore_dev INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-align
  $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
