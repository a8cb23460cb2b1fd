# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, a C++ file that holds every chip file of FOLDER as text.
# Use: cmake -DFOLDER=hw/chips -DOUTPUT=x.cpp -P embed_chips.cmake
file(GLOB chips ${FOLDER}/*.json)
list(SORT chips)
set(entries "")
foreach(chip IN LISTS chips)
  cmake_path(GET chip STEM name)
  file(READ ${chip} text)
  # Compilers limit the length of one literal; pieces of 8000 characters stay well below.
  set(literal "")
  string(LENGTH "${text}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND literal "R\"chip(${piece})chip\"\n")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(APPEND entries "    {\"${name}\",\n${literal}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by hw/spec/embed_chips.cmake from hw/chips/*.json. Do not edit.
#include \"hw/spec/builtin_chips.hpp\"

namespace spikeloom::hw {
namespace {
constexpr BuiltinChip chips[] = {
${entries}};
}  // namespace

std::span<const BuiltinChip> builtin_chip_texts() { return chips; }
}  // namespace spikeloom::hw
")
