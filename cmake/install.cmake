# Library, headers, pkg-config file and CMake package; and how they are removed.
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

# Where the system looks, it finds a new library only once this has been told. Other prefixes are the
# affair of whoever chose them, and so are packages, which are made below DESTDIR.
install(CODE [[
    if("$ENV{DESTDIR}" STREQUAL "" AND CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/?$")
        execute_process(COMMAND /sbin/ldconfig RESULT_VARIABLE failed ERROR_QUIET)
        if(failed)
            message(STATUS "ldconfig could not be run: run it as root, so that programs find the library")
        endif()
    endif()]])

configure_file(${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake ${PROJECT_BINARY_DIR}/uninstall.cmake COPYONLY)
add_custom_target(uninstall COMMAND ${CMAKE_COMMAND} -P ${PROJECT_BINARY_DIR}/uninstall.cmake)
