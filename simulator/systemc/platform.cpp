// SPDX-License-Identifier: Apache-2.0
#include "simulator/systemc/platform.hpp"

#include "simulator/systemc/modules/aer_link.hpp"
#include "simulator/systemc/modules/device_module.hpp"
#include "simulator/systemc/modules/environment_module.hpp"
#include "simulator/systemc/modules/uart_line.hpp"

#include <atomic>
#include <utility>

/// Debian's library refers to it; the program has a main() of its own.
int sc_main(int /*argc*/, char** /*argv*/) {
    return 0;
}

namespace spikeloom::systemc {
namespace {

/// All modules of a platform.
class System {
public:
    explicit System(Platform& platform) : platform_{platform}, shared_{platform} {
        shared_.outcome.devices.resize(platform.devices.size());
        shared_.outcome.links.resize(platform.links.size());
        make_lines();
        for (std::size_t d = 0; d < platform.devices.size(); ++d)
            devices_.push_back(
                std::make_unique<DeviceModule>(sc_core::sc_gen_unique_name("device"), shared_, d));
        for (std::size_t l = 0; l < platform.links.size(); ++l) {
            const LinkNode& link = platform.links[l];
            links_.push_back(std::make_unique<AerLink>(sc_core::sc_gen_unique_name("link"), link));
            devices_[link.from]->sender(l).bind(links_.back()->in);
            links_.back()->out.bind(devices_[link.to]->receiver(l));
        }
        if (platform.environment != nullptr)
            environment_ = std::make_unique<EnvironmentModule>("environment", shared_, devices_);
    }

    Result<PlatformOutcome> run() {
        sc_core::sc_start();
        for (const auto& [name, line] : lines_)
            shared_.outcome.lines.push_back({name, line->to_core(), line->to_host()});
        for (DeviceNode& node : platform_.devices)
            if (node.line) node.device.reset();  // its end of the line goes before the line
        if (shared_.failure) return tl::unexpected{*shared_.failure};
        for (const std::uint64_t done : shared_.done)
            if (done < platform_.ticks)
                return fault("cosim.stalled",
                             "the platform stopped at tick " + std::to_string(done));
        return std::move(shared_.outcome);
    }

private:
    void make_lines() {
        for (DeviceNode& node : platform_.devices) {
            if (!node.line) continue;
            lines_.emplace_back(
                node.name, std::make_unique<UartLine>(sc_core::sc_gen_unique_name("line"),
                                                      node.line->uart, std::move(node.line->core)));
            node.device = node.line->drive(lines_.back().second->host_end());
        }
    }

    Platform& platform_;
    Shared shared_;
    std::vector<std::pair<std::string, std::unique_ptr<UartLine>>> lines_;
    std::vector<std::unique_ptr<DeviceModule>> devices_;
    std::vector<std::unique_ptr<AerLink>> links_;
    std::unique_ptr<EnvironmentModule> environment_;
};

}  // namespace

Result<PlatformOutcome> run_platform(Platform platform) {
    static std::atomic<bool> used = false;
    if (used.exchange(true))
        return fault("cosim.second-run", "SystemC builds one platform in a process, no second one");
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
    System system{platform};
    return system.run();
}

}  // namespace spikeloom::systemc
