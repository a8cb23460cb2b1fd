# SPDX-License-Identifier: Apache-2.0
# `spikeloom sweep`, and the program behind it where an MPI is there; the command itself never needs one.
target_sources(spikeloom PRIVATE sweep.cpp sweep_dry_run.cpp sweep_job.cpp)
target_link_libraries(spikeloom PRIVATE spikeloom_sweep)

option(SPIKELOOM_MPI "build the MPI program of `spikeloom sweep` where an MPI is found" ON)
if(SPIKELOOM_MPI)
  find_package(MPI COMPONENTS CXX QUIET)
endif()
if(MPI_CXX_FOUND)
  add_executable(spikeloom-sweep-mpi sweep_mpi.cpp sweep_job.cpp sweep_dry_run.cpp)
  # MPI's header is C++98 by default and would bring warnings along; its C interface is all we use.
  target_compile_definitions(spikeloom-sweep-mpi PRIVATE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)
  target_include_directories(spikeloom-sweep-mpi SYSTEM PRIVATE ${MPI_CXX_INCLUDE_DIRS})
  target_link_libraries(spikeloom-sweep-mpi PRIVATE
    spikeloom_options spikeloom_sweep spikeloom_compiler_pipeline CLI11::CLI11 fmt::fmt nlohmann_json::nlohmann_json
    ${MPI_CXX_LIBRARIES})
  add_dependencies(spikeloom spikeloom-sweep-mpi)
endif()
