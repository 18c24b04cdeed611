#pragma once

/// The whole framework; adapters and the opt-in headers (views.hpp, yaml.hpp, testing/…) come on
/// top. Where compile time counts, include <evstore/store.hpp> and, in the files that decode,
/// <evstore/json/read.hpp>.

#include <evstore/fwd.hpp>
#include <evstore/generate_event_id.hpp>
#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>
#include <evstore/store.hpp>
#include <evstore/table.hpp>
#include <evstore/transfer.hpp>
#include <evstore/version.hpp>
