// SPDX-License-Identifier: Apache-2.0
/// Entry header of the mapping compiler: check -> partition -> place -> verify -> report.
#pragma once

#include "compiler/mapping/bare_graph.hpp"
#include "compiler/mapping/from_network.hpp"
#include "compiler/mapping/partition.hpp"
#include "compiler/mapping/placement.hpp"
#include "compiler/mapping/problem.hpp"
#include "compiler/mapping/report.hpp"
