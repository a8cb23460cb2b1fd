// SPDX-License-Identifier: Apache-2.0
/// The files of sweep/page as text, put into the program at build time.
#pragma once

#include <string_view>

namespace spikeloom::sweep {

/// Text of a file of sweep/page ("index.html"); empty for any other name.
std::string_view page_text(std::string_view name);

}  // namespace spikeloom::sweep
