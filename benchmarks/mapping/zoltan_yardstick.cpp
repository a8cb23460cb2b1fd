// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/mapping/zoltan_yardstick.hpp"

#include <mpi.h>
#include <zoltan.h>

#include <algorithm>
#include <string>

using spikeloom::CoreId;
using spikeloom::mapping::MappingProblem;
using spikeloom::mapping::Partition;

namespace {

/// One pin list per net: its source, then its targets.
struct Pins {
    const MappingProblem* problem;
    std::vector<int> begin;
    std::vector<ZOLTAN_ID_TYPE> pins;
};

Pins list_pins(const MappingProblem& problem) {
    Pins lists{&problem, {0}, {}};
    for (std::uint32_t n = 0; n < problem.neurons; ++n) {
        lists.pins.push_back(n);
        for (const std::uint32_t target : problem.net(n))
            if (target != n) lists.pins.push_back(target);
        lists.begin.push_back(static_cast<int>(lists.pins.size()));
    }
    return lists;
}

const Pins& pins_of(void* data) {
    return *static_cast<const Pins*>(data);
}

int count_objects(void* data, int* error) {
    *error = ZOLTAN_OK;
    return static_cast<int>(pins_of(data).problem->neurons);
}

void list_objects(void* data, int, int, ZOLTAN_ID_PTR global, ZOLTAN_ID_PTR local, int,
                  float* weights, int* error) {
    *error = ZOLTAN_OK;
    for (std::uint32_t v = 0; v < pins_of(data).problem->neurons; ++v) {
        global[v] = local[v] = v;
        weights[v]           = 1;
    }
}

void size_pins(void* data, int* lists, int* pins, int* format, int* error) {
    *lists  = static_cast<int>(pins_of(data).problem->neurons);
    *pins   = static_cast<int>(pins_of(data).pins.size());
    *format = ZOLTAN_COMPRESSED_EDGE;
    *error  = ZOLTAN_OK;
}

void fill_pins(void* data, int, int nets, int count, int, ZOLTAN_ID_PTR net, int* begin,
               ZOLTAN_ID_PTR pin, int* error) {
    const Pins& lists = pins_of(data);
    for (int n = 0; n < nets; ++n) {
        net[n]   = static_cast<ZOLTAN_ID_TYPE>(n);
        begin[n] = lists.begin[static_cast<std::size_t>(n)];
    }
    std::copy_n(lists.pins.begin(), count, pin);
    *error = ZOLTAN_OK;
}

void size_weights(void* data, int* count, int* error) {
    *count = static_cast<int>(pins_of(data).problem->neurons);
    *error = ZOLTAN_OK;
}

void fill_weights(void* data, int, int, int nets, int, ZOLTAN_ID_PTR global, ZOLTAN_ID_PTR local,
                  float* weights, int* error) {
    for (int n = 0; n < nets; ++n) {
        global[n] = local[n] = static_cast<ZOLTAN_ID_TYPE>(n);
        weights[n] = static_cast<float>(pins_of(data).problem->spikes[static_cast<std::size_t>(n)]);
    }
    *error = ZOLTAN_OK;
}

/// Initialised once for the whole program.
void start_zoltan() {
    static const bool started = [] {
        int none = 0;
        MPI_Init(&none, nullptr);
        float version = 0;
        Zoltan_Initialize(0, nullptr, &version);
        return true;
    }();
    (void)started;
}

Partition cut(Pins& lists, std::uint32_t parts, double imbalance) {
    Zoltan_Struct* zoltan = Zoltan_Create(MPI_COMM_SELF);
    const auto set        = [&](const char* key, const std::string& value) {
        Zoltan_Set_Param(zoltan, key, value.c_str());
    };
    set("DEBUG_LEVEL", "0");
    set("LB_METHOD", "HYPERGRAPH");
    set("HYPERGRAPH_PACKAGE", "PHG");
    set("LB_APPROACH", "PARTITION");
    set("RETURN_LISTS", "PARTS");
    set("NUM_GLOBAL_PARTS", std::to_string(parts));
    set("OBJ_WEIGHT_DIM", "1");
    set("EDGE_WEIGHT_DIM", "1");
    set("IMBALANCE_TOL", std::to_string(imbalance));
    set("PHG_EDGE_SIZE_THRESHOLD", "1.0");
    set("SEED", "1");
    Zoltan_Set_Num_Obj_Fn(zoltan, count_objects, &lists);
    Zoltan_Set_Obj_List_Fn(zoltan, list_objects, &lists);
    Zoltan_Set_HG_Size_CS_Fn(zoltan, size_pins, &lists);
    Zoltan_Set_HG_CS_Fn(zoltan, fill_pins, &lists);
    Zoltan_Set_HG_Size_Edge_Wts_Fn(zoltan, size_weights, &lists);
    Zoltan_Set_HG_Edge_Wts_Fn(zoltan, fill_weights, &lists);

    int changes = 0, global_size = 0, local_size = 0, imports = 0, exports = 0;
    ZOLTAN_ID_PTR import_global = nullptr, import_local = nullptr, export_global = nullptr,
                  export_local = nullptr;
    int *import_process = nullptr, *import_part = nullptr, *export_process = nullptr,
        *export_part = nullptr;
    Zoltan_LB_Partition(zoltan, &changes, &global_size, &local_size, &imports, &import_global,
                        &import_local, &import_process, &import_part, &exports, &export_global,
                        &export_local, &export_process, &export_part);
    Partition result{parts, std::vector<CoreId>(lists.problem->neurons)};
    for (int i = 0; i < exports; ++i)
        result.core_of[export_global[i]] = CoreId{static_cast<std::uint32_t>(export_part[i])};
    Zoltan_LB_Free_Part(&import_global, &import_local, &import_process, &import_part);
    Zoltan_LB_Free_Part(&export_global, &export_local, &export_process, &export_part);
    Zoltan_Destroy(&zoltan);
    return result;
}

}  // namespace

std::optional<Partition> zoltan_partition(const MappingProblem& problem) {
    start_zoltan();
    Pins lists                = list_pins(problem);
    const std::uint32_t limit = problem.limits.neurons;
    std::uint32_t parts       = (problem.neurons + limit - 1) / limit;
    for (int attempt = 0; attempt < 8; ++attempt) {
        const double slack = static_cast<double>(limit) * parts / problem.neurons;
        Partition result   = cut(lists, parts, std::max(1.001, slack));
        if (verify(problem, result)) return result;
        parts += 1 + parts / 40;
    }
    return std::nullopt;
}
