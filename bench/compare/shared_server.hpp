#pragma once
// The PostgreSQL server that all who need one share: started when the first of them is opened, and ended
// with the program.

#include <string>

namespace bench {

/// How to connect to it.
const std::string& server_address();
/// A new database for Emmett, as Node's client wants to be told of it.
std::string new_emmett_database();

} // namespace bench
