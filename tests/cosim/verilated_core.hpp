// SPDX-License-Identifier: Apache-2.0
/// A CorePort around a class that Verilator made.
#pragma once

#include "tests/cosim/core_port.hpp"

#include <verilated.h>

namespace spikeloom::cosim {

template <typename Model>
class VerilatedCore final : public CorePort {
public:
    explicit VerilatedCore(std::uint32_t seed) {
        context_.randReset(2);
        context_.randSeed(static_cast<int>(seed & 0x7FFFFFFF));
        model_ = std::make_unique<Model>(&context_);
    }
    ~VerilatedCore() override { model_->final(); }

    CoreOutputs settle(const CoreInputs& in) override {
        Model& m            = *model_;
        m.rst_ni            = in.reset_n;
        m.token_valid_i     = in.token_valid;
        m.token_kind_i      = in.token_kind;
        m.token_data_i      = in.token_data;
        m.event_ready_i     = in.event_ready;
        m.bus_req_valid_i   = in.request_valid;
        m.bus_req_write_i   = in.request_write;
        m.bus_req_address_i = in.address;
        m.bus_req_data_i    = in.request_data;
        m.bus_rsp_ready_i   = in.response_ready;
        m.clk_i             = 0;
        m.eval();
        return {.token_ready       = m.token_ready_o != 0,
                .event_valid       = m.event_valid_o != 0,
                .event_is_tick_end = m.event_kind_o != 0,
                .event_data        = m.event_data_o,
                .request_ready     = m.bus_req_ready_o != 0,
                .response_valid    = m.bus_rsp_valid_o != 0,
                .response_data     = m.bus_rsp_data_o,
                .response_fault    = m.bus_rsp_fault_o != 0,
                .status            = m.status_o,
                .tick              = m.tick_o,
                .busy              = m.busy_o != 0};
    }

    void clock() override {
        model_->clk_i = 1;
        model_->eval();
    }

private:
    VerilatedContext context_;
    std::unique_ptr<Model> model_;
};

}  // namespace spikeloom::cosim
