#include <evstore/postgres/adapter.hpp>

int main(int count, char** arguments) {
  if (count > 1) static_cast<void>(evstore::postgres::open(arguments[1]).head());
}
