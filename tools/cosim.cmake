# SPDX-License-Identifier: Apache-2.0
# Co-simulation: a network cut over devices on SystemC's clock.
target_sources(spikeloom PRIVATE cosim.cpp cosim_build.cpp cosim_cut.cpp cosim_platform.cpp cosim_report.cpp)
target_link_libraries(spikeloom PRIVATE spikeloom_simulator_systemc)
