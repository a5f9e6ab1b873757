# A program that embeds Lua, with the newest version that the module was built for.
if(NOT NATUPNP_LUA_VERSIONS)
    return()
endif()
list(SORT NATUPNP_LUA_VERSIONS COMPARE NATURAL ORDER DESCENDING)
list(GET NATUPNP_LUA_VERSIONS 0 version)
string(REPLACE "." "" short ${version})
find_package(PkgConfig REQUIRED)
pkg_search_module(LUA_HOST QUIET IMPORTED_TARGET lua${version} lua${short} lua-${version})
if(NOT LUA_HOST_FOUND)
    message(STATUS "No library of Lua ${version}: the example lua_host is left out")
    return()
endif()

add_executable(example_lua_host lua_host.c)
target_link_libraries(example_lua_host PRIVATE natupnp_settings PkgConfig::LUA_HOST)
set_target_properties(example_lua_host PROPERTIES ENABLE_EXPORTS ON) # should the library be static
if(BUILD_TESTING)
    add_test(NAME example_lua_host
        COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/run_lua_host.sh $<TARGET_FILE:example_lua_host>
            ${CMAKE_CURRENT_SOURCE_DIR}/game_server.lua $<TARGET_FILE:natupnp-gateway>
            ${CMAKE_BINARY_DIR}/lua)
    set_tests_properties(example_lua_host PROPERTIES LABELS lua TIMEOUT 300)
endif()
