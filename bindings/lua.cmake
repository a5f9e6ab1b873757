# One module for each version of Lua, natupnp/core51.so to core54.so, side by side: the Lua part
# takes the one of the interpreter that runs it. LuaJIT has the ABI of 5.1.
set(wrapper ${generated}/lua/core.c)
swig_wrap(lua ${wrapper} ARGS -nomoduleglobal)
add_custom_target(lua_wrapper DEPENDS ${wrapper})
set(package ${CMAKE_BINARY_DIR}/lua/natupnp)
set(on_request EXCLUDE_FROM_ALL) # for luarocks the module is what `install` means
if(NATUPNP_ONLY)
    set(on_request)
endif()

if(LUA_INCDIR) # luarocks says which, and so may you
    file(STRINGS ${LUA_INCDIR}/lua.h found REGEX "define[ \t]+LUA_VERSION_NUM[ \t]+50[1-4]")
    string(REGEX REPLACE ".*50([1-4]).*" "5.\\1" found "${found}")
    set(include_${found} ${LUA_INCDIR})
else()
    find_package(PkgConfig REQUIRED)
    set(found)
    foreach(version IN ITEMS 5.4 5.3 5.2 5.1)
        string(REPLACE "." "" short ${version})
        pkg_search_module(LUA${short} QUIET lua${version} lua${short} lua-${version})
        if(NOT LUA${short}_FOUND AND version STREQUAL "5.1")
            pkg_search_module(LUA${short} QUIET luajit)
        endif()
        if(LUA${short}_FOUND)
            list(APPEND found ${version})
            set(include_${version} ${LUA${short}_INCLUDE_DIRS})
        endif()
    endforeach()
endif()

if(NOT found)
    if(NATUPNP_LUA STREQUAL "ON")
        message(FATAL_ERROR "The Lua module needs the headers of Lua 5.1 to 5.4 (liblua5.4-dev)")
    endif()
    message(STATUS "No headers of Lua: the Lua module is left out")
    return()
endif()

foreach(version IN LISTS found)
    string(REPLACE "." "" short ${version})
    set(target natupnp_lua${short})
    script_module(${target} ${wrapper} convert_lua.c luaopen_natupnp_core${short}
        "${include_${version}}")
    add_dependencies(${target}_wrapper lua_wrapper)
    target_compile_definitions(${target}_wrapper PRIVATE
        luaopen_natupnp_core=luaopen_natupnp_core${short})
    set_target_properties(${target} PROPERTIES OUTPUT_NAME core${short} SUFFIX .so
        LIBRARY_OUTPUT_DIRECTORY ${package})
    install(TARGETS ${target} DESTINATION ${NATUPNP_LUA_LIBDIR}/natupnp
        COMPONENT lua ${on_request})
endforeach()
link_sources(${PROJECT_SOURCE_DIR}/lua ${CMAKE_BINARY_DIR}/lua ${PROJECT_SOURCE_DIR}/lua/*.lua)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/lua/ DESTINATION ${NATUPNP_LUA_DIR}
    COMPONENT lua ${on_request} FILES_MATCHING PATTERN *.lua)
list(JOIN found ", " names)
message(STATUS "The Lua module is built for Lua ${names}")
set(NATUPNP_LUA_VERSIONS "${found}" PARENT_SCOPE)
