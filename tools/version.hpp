// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::tools {

/// Written into images and reports.
inline constexpr const char* tool_version = "0.1.0";

}  // namespace spikeloom::tools
