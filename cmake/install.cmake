# Library, headers, pkg-config file and CMake package.
include(CMakePackageConfigHelpers)

install(TARGETS libnatupnp EXPORT natupnp-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/core/include/natupnp
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# Paths in it are relative to itself, so that an installed tree may be moved.
file(RELATIVE_PATH NATUPNP_PC_TO_INCLUDE
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${PROJECT_SOURCE_DIR}/cmake/natupnp.pc.in ${CMAKE_CURRENT_BINARY_DIR}/natupnp.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/natupnp.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/natupnp)
install(EXPORT natupnp-targets NAMESPACE natupnp:: DESTINATION ${package}
    FILE natupnp-targets.cmake)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/natupnp-config.cmake.in
    ${CMAKE_CURRENT_BINARY_DIR}/natupnp-config.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/natupnp-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/natupnp-config.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/natupnp-config-version.cmake DESTINATION ${package})
