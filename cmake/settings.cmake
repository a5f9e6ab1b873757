# What every target of the project shares: where outputs go, warnings, sanitizers.

set(NATUPNP_SANITIZE "" CACHE STRING "Sanitizers to build with, such as address,undefined")
option(NATUPNP_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(NATUPNP_WERROR "Treat warnings as errors" OFF)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)

# Linked PRIVATE by everything: by what SWIG wrote as it is, with the warnings that the compiler gives
# unasked; by what is written by hand through natupnp_settings, which asks for more.
add_library(natupnp_generated INTERFACE)
target_compile_definitions(natupnp_generated INTERFACE _GNU_SOURCE)
target_compile_options(natupnp_generated INTERFACE $<$<BOOL:${NATUPNP_WERROR}>:-Werror>
    $<$<CONFIG:RelWithDebInfo>:-fstack-protector-strong>)
add_library(natupnp_settings INTERFACE)
target_link_libraries(natupnp_settings INTERFACE natupnp_generated)
target_compile_options(natupnp_settings INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
    -Wwrite-strings -Wvla -Wundef)
if(NATUPNP_SANITIZE)
    add_compile_options(-fsanitize=${NATUPNP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${NATUPNP_SANITIZE})
endif()
if(NATUPNP_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
