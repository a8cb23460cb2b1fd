# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, a C++ file that holds the files of the sweep's page as text.
# Use: cmake -DFOLDER=sweep/page -DOUTPUT=x.cpp -P embed_page.cmake
file(GLOB parts ${FOLDER}/*)
list(SORT parts)
set(entries "")
foreach(part IN LISTS parts)
  cmake_path(GET part FILENAME name)
  file(READ ${part} text)
  # Compilers limit the length of one literal; pieces of 8000 characters stay well below.
  set(literal "")
  string(LENGTH "${text}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND literal "R\"page(${piece})page\"\n")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(APPEND entries "    if (name == \"${name}\") return\n${literal};\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by sweep/embed_page.cmake from sweep/page. Do not edit.
#include \"sweep/page_texts.hpp\"

namespace spikeloom::sweep {
std::string_view page_text(std::string_view name) {
${entries}    return {};
}
}  // namespace spikeloom::sweep
")
