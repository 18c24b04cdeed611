# find_package(evstore) for programs built against an installed copy. The headers and targets themselves are installed
# where they are defined (evstore_add_library).
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/evstore)
install(EXPORT evstore_targets NAMESPACE evstore:: DESTINATION ${package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/evstore-config.cmake.in evstore-config.cmake
  INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO)
# Until 1.0 a minor version may change the interface.
write_basic_package_version_file(evstore-config-version.cmake
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/evstore-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/evstore-config-version.cmake
  DESTINATION ${package_dir})
