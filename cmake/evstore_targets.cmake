# evstore_add_library(<name> [COMPONENT] [DIRECTORY <folder>] LINK <targets>...)
#
# Defines the header-only library evstore::<name> and its install rules. Users get include paths, dependencies and
# C++20; never a warning flag or an optimisation. As part of a larger build its headers are SYSTEM headers, so that the
# warnings a user turns on are about the user's code.
#   DIRECTORY  where the headers are, relative to the calling CMakeLists.txt
#   COMPONENT  export it apart: find_package(evstore COMPONENTS <name>) looks for its dependency, plain
#              find_package(evstore) does not
function(evstore_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "COMPONENT" "DIRECTORY" "LINK")
  if(name STREQUAL "evstore")
    set(target evstore)
  else()
    set(target evstore_${name})
  endif()
  add_library(${target} INTERFACE)
  add_library(evstore::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  if(NOT PROJECT_IS_TOP_LEVEL)
    set_target_properties(${target} PROPERTIES SYSTEM ON)
  endif()
  target_compile_features(${target} INTERFACE cxx_std_20)
  target_link_libraries(${target} INTERFACE ${arg_LINK})
  if(arg_DIRECTORY)
    target_include_directories(${target} INTERFACE
      $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/${arg_DIRECTORY}>
      $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  endif()
  if(EVSTORE_INSTALL)
    if(arg_COMPONENT)
      set(export evstore_${name}_targets)
      install(EXPORT ${export} NAMESPACE evstore:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/evstore)
    else()
      set(export evstore_targets)
    endif()
    install(TARGETS ${target} EXPORT ${export})
    if(arg_DIRECTORY)
      install(DIRECTORY ${arg_DIRECTORY}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
    endif()
  endif()
endfunction()
