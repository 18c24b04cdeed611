#pragma once

/// Values as YAML and back: `yaml::write(value)` and `yaml::read<T>(text, {"zombie.yaml"})` for any
/// type that the JSON codec stores. For what people read and edit; events are stored as JSON. Link
/// `evstore::yaml`. Only `yaml/document.hpp` knows yaml-cpp.

#include <evstore/yaml/read.hpp>
#include <evstore/yaml/write.hpp>
