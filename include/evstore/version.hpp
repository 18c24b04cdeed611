#pragma once

/// The library's version, for `#if` and for messages. Semantic versioning: the stored format and
/// the public names are what the major number protects.
#define EVSTORE_VERSION_MAJOR 0
#define EVSTORE_VERSION_MINOR 1
#define EVSTORE_VERSION_PATCH 0
#define EVSTORE_VERSION_STRING "0.1.0"
