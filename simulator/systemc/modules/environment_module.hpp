// SPDX-License-Identifier: Apache-2.0
/// The environment as a SystemC process: steps when all that it sees has been seen.
#pragma once

#include "simulator/systemc/modules/device_module.hpp"

#include <memory>
#include <vector>

namespace spikeloom::systemc {

class EnvironmentModule : public sc_core::sc_module {
public:
    EnvironmentModule(const sc_core::sc_module_name& name, Shared& shared,
                      std::vector<std::unique_ptr<DeviceModule>>& devices);

private:
    void run();
    [[nodiscard]] bool sees(std::uint64_t tick) const;
    bool act(const Result<Action>& action, std::uint64_t tick);

    Shared& shared_;
    std::vector<std::unique_ptr<DeviceModule>>& devices_;
};

}  // namespace spikeloom::systemc
