# SPDX-License-Identifier: Apache-2.0
# One function per kind of thing that the house is made of: rooms, unit tests, fuzz targets.

find_program(SPIKELOOM_CCACHE ccache)
if(SPIKELOOM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers can be cached only when told that their time stamps do not matter.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${SPIKELOOM_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# Warnings and sanitizers for our own code; never applied to generated code.
add_library(spikeloom_options INTERFACE)
target_compile_options(spikeloom_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion)
if(SPIKELOOM_WERROR)
  target_compile_options(spikeloom_options INTERFACE -Werror)
endif()
if(SPIKELOOM_SANITIZE)
  add_compile_options(-fsanitize=${SPIKELOOM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SPIKELOOM_SANITIZE})
endif()
if(SPIKELOOM_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# spikeloom_room(<folder> SOURCES ... HEADERS ... DEPENDS ... PRIVATE_DEPENDS ...)
# makes the library spikeloom_<folder with _ for />; HEADERS are its public headers, each verified to
# compile alone by the target all_verify_interface_header_sets.
function(spikeloom_room folder)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  set(target spikeloom_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE spikeloom_options ${arg_PRIVATE_DEPENDS})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} ${scope} ${arg_DEPENDS})
  if(arg_HEADERS)
    target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${arg_HEADERS})
  endif()
endfunction()

# What all test programs share, so that they can share one precompiled header. Tests spend their time in the
# rooms, which keep their optimisation; their own code is cheaper to build than to run.
function(spikeloom_test_options target)
  target_link_libraries(${target} PRIVATE spikeloom_options GTest::gtest GTest::gmock fmt::fmt tl::expected)
  target_compile_definitions(${target} PRIVATE
    SPIKELOOM_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SPIKELOOM_SHARED_DATA="${CMAKE_SOURCE_DIR}/../shared/data")
  # g++ 12 sees bounds overrun where it inlines std::string but not what guards it.
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1> -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
endfunction()

# spikeloom_test(<name> SOURCES ... DEPENDS ... [LABELS ...] [TIMEOUT s] [WHOLE])
# makes one GoogleTest program. Tests are found at build time, one ctest entry per test; WHOLE makes the
# program one ctest entry (for suites whose set-up is dear).
function(spikeloom_test name)
  cmake_parse_arguments(arg "WHOLE" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT TARGET spikeloom_test_headers)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/test_headers.cpp CONTENT "")
    add_library(spikeloom_test_headers OBJECT ${CMAKE_BINARY_DIR}/test_headers.cpp)
    spikeloom_test_options(spikeloom_test_headers)
    target_precompile_headers(spikeloom_test_headers PRIVATE
      <gmock/gmock.h> <gtest/gtest.h> <fmt/format.h> <tl/expected.hpp> <filesystem> <map> <optional> <string> <vector>)
  endif()
  add_executable(${name} ${arg_SOURCES})
  spikeloom_test_options(${name})
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM spikeloom_test_headers)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set(properties TIMEOUT ${arg_TIMEOUT})
  if(arg_LABELS)
    list(APPEND properties LABELS "${arg_LABELS}")
  endif()
  if(arg_WHOLE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES ${properties})
  else()
    gtest_discover_tests(${name} PROPERTIES ${properties} DISCOVERY_TIMEOUT 60)
  endif()
endfunction()

# spikeloom_fuzz(<name> SOURCES ... DEPENDS ... [CORPUS folder] [ARGS ...] [FIXTURE name]): a libFuzzer target and its
# test, only in the fuzz preset. It runs for SPIKELOOM_FUZZ_SECONDS (environment; 5 when not set) and keeps
# what it finds in the build folder.
if(SPIKELOOM_FUZZ)
  add_custom_target(fuzzers)
endif()
function(spikeloom_fuzz name)
  if(NOT SPIKELOOM_FUZZ)
    return()
  endif()
  cmake_parse_arguments(arg "" "CORPUS;FIXTURE" "SOURCES;DEPENDS;ARGS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE spikeloom_options ${arg_DEPENDS} -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name})
  set(found ${CMAKE_CURRENT_BINARY_DIR}/found_${name})
  file(MAKE_DIRECTORY ${found})
  list(JOIN arg_ARGS " " arguments)
  add_test(NAME ${name} COMMAND sh -c
           "exec $<TARGET_FILE:${name}> -max_total_time=\${SPIKELOOM_FUZZ_SECONDS:-5} -timeout=30 ${arguments} ${found} ${arg_CORPUS}")
  set_tests_properties(${name} PROPERTIES LABELS fuzz)
  if(arg_FIXTURE)
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED ${arg_FIXTURE})
  endif()
endfunction()
