# One extension for each interpreter of NATUPNP_PYTHONS; their names carry the ABI, so that they
# stand side by side in one package.
if(DEFINED Python_EXECUTABLE) # scikit-build-core says which
    set(NATUPNP_PYTHONS ${Python_EXECUTABLE})
endif()
set(NATUPNP_PYTHONS "python3" CACHE STRING "The Python interpreters to build the module for")

set(package ${CMAKE_BINARY_DIR}/python/natupnp)
set(wrapper ${generated}/python/core.c)
swig_wrap(python ${wrapper} ALSO ${generated}/python/core.py
    ARGS -O -outdir ${generated}/python)
# Newer SWIGs import typing for hints that they were not asked for: half the time of an import.
add_custom_command(OUTPUT ${wrapper} APPEND
    COMMAND sed -i "/^import typing$/d" ${generated}/python/core.py)
add_custom_target(python_wrapper DEPENDS ${wrapper})

set(described "import sys, sysconfig as s; print(';'.join((s.get_path('include'), \
s.get_config_var('EXT_SUFFIX'), s.get_config_var('SOABI') or '', sys.executable, s.get_path('platlib'))))")

# Below the folder to which pip looks, or where this interpreter looks for modules: by a path below
# the prefix where it is there (/usr/local/lib/python3.11/dist-packages), else as it is.
function(python_site result platlib)
    if(NATUPNP_ONLY)
        set(platlib .)
    elseif(NATUPNP_PYTHON_DIR)
        set(platlib ${NATUPNP_PYTHON_DIR})
    else()
        cmake_path(IS_PREFIX CMAKE_INSTALL_PREFIX ${platlib} NORMALIZE inside)
        if(inside)
            cmake_path(RELATIVE_PATH platlib BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX})
        endif()
    endif()
    set(${result} ${platlib} PARENT_SCOPE)
endfunction()

set(soabis)
set(sites)
set(interpreters) # as they are, behind links and the scripts of pyenv
foreach(interpreter IN LISTS NATUPNP_PYTHONS)
    execute_process(COMMAND ${interpreter} -c "${described}"
        OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
    if(failed)
        set(answer "-;-;-;-;-")
    endif()
    list(GET answer 0 include)
    list(GET answer 1 suffix)
    list(GET answer 2 soabi)
    if(NOT EXISTS ${include}/Python.h)
        if(NATUPNP_PYTHON STREQUAL "ON")
            message(FATAL_ERROR "${interpreter} has no headers to build a module with (python3-dev)")
        endif()
        message(STATUS "${interpreter} has no headers: the Python module is not built for it")
        continue()
    endif()
    if(soabi IN_LIST soabis)
        continue()
    endif()
    list(APPEND soabis ${soabi})
    list(GET answer 3 executable)
    list(APPEND interpreters ${executable})
    set(target natupnp_python_${soabi})
    script_module(${target} ${wrapper} convert_python.c PyInit__core ${include})
    add_dependencies(${target}_wrapper python_wrapper)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME _core SUFFIX ${suffix}
        LIBRARY_OUTPUT_DIRECTORY ${package}/_swig)
    list(GET answer 4 platlib)
    python_site(site ${platlib})
    list(APPEND sites ${site})
    install(TARGETS ${target} DESTINATION ${site}/natupnp/_swig COMPONENT python EXCLUDE_FROM_ALL)
endforeach()

if(soabis)
    link_sources(${PROJECT_SOURCE_DIR}/python ${CMAKE_BINARY_DIR}/python
        ${PROJECT_SOURCE_DIR}/python/*.py ${PROJECT_SOURCE_DIR}/python/*.pyi
        ${PROJECT_SOURCE_DIR}/python/*/py.typed)
    add_custom_command(OUTPUT ${package}/_swig/core.py
        COMMAND ${CMAKE_COMMAND} -E copy ${generated}/python/core.py ${package}/_swig/core.py
        DEPENDS ${generated}/python/core.py)
    add_custom_target(natupnp_python ALL DEPENDS ${package}/_swig/core.py)
    list(REMOVE_DUPLICATES sites)
    foreach(site IN LISTS sites)
        install(FILES ${generated}/python/core.py DESTINATION ${site}/natupnp/_swig
            COMPONENT python EXCLUDE_FROM_ALL)
        if(TARGET natupnp-gateway)
            install(TARGETS natupnp-gateway RUNTIME DESTINATION ${site}/natupnp/_bin
                COMPONENT python EXCLUDE_FROM_ALL)
        endif()
        if(NOT NATUPNP_ONLY) # pip takes these by itself (pyproject.toml)
            install(DIRECTORY ${PROJECT_SOURCE_DIR}/python/natupnp DESTINATION ${site}
                COMPONENT python EXCLUDE_FROM_ALL PATTERN __pycache__ EXCLUDE)
        endif()
    endforeach()
    list(JOIN soabis ", " names)
    message(STATUS "The Python module is built for ${names}")
endif()
set(NATUPNP_PYTHON_SOABIS "${soabis}" PARENT_SCOPE)
set(NATUPNP_PYTHONS "${interpreters}" PARENT_SCOPE)
