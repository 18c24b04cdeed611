// What an append expects is said by name, never by a bare number that might mean something else.
// expect g++: conversion from 'int' to non-scalar type 'const evstore::expected_version' requested
// expect clang++: no viable conversion from 'int' to 'const evstore::expected_version'
#include <evstore/expected_version.hpp>

#ifdef MISUSE
constexpr evstore::expected_version expected = 3;
#else
constexpr evstore::expected_version expected = evstore::exactly(3);
#endif
