// SPDX-License-Identifier: Apache-2.0
/// One network for each fault that check() can find.
#include "compiler/ir/network.hpp"
#include "tests/compiler/ir/network_builder.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace spikeloom::ir {
namespace {

using testing::array_of;
using testing::indices;
using testing::pair;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Network good() {
    return pair({4}, {4}, OneToOne{});
}

/// Expects exactly this one fault.
void expect_fault(const Network& network, const std::string& code, const std::string& pointer,
                  const std::string& part = "") {
    const auto result = check(network);
    ASSERT_FALSE(result) << "expected " << code;
    ASSERT_EQ(result.error().size(), 1U) << to_string(result.error());
    const Diagnostic& fault = result.error().front();
    EXPECT_EQ(fault.code, "network." + code);
    EXPECT_EQ(fault.location.file, "pair.json");
    EXPECT_EQ(fault.location.where, pointer);
    EXPECT_NE(fault.message.find(part), std::string::npos) << fault.message;
}

void expect_parameter_fault(const std::string& name, Values values, const std::string& code,
                            const std::string& part = "", const std::string& below = "") {
    Network network                               = good();
    network.populations[1].model.parameters[name] = std::move(values);
    expect_fault(network, code, "/populations/1/parameters/" + name + below, part);
}

void expect_connector_fault(const Network& network, const std::string& part) {
    expect_fault(network, "connector", "/projections/0/connector", part);
}

TEST(CheckErrors, GoodNetworkHasNone) {
    EXPECT_TRUE(check(good()));
}

TEST(CheckErrors, Header) {
    Network network;
    network.file = "pair.json";
    expect_fault(network, "empty", "/populations");
    for (const double dt : {0.0, -1.0, nan}) {
        network    = good();
        network.dt = dt;
        expect_fault(network, "dt", "/dt");
    }
    network       = good();
    network.reset = "zero";
    expect_fault(network, "reset", "/reset", "'zero'");
}

TEST(CheckErrors, Names) {
    for (const std::string bad : {"", "a,b", "a\nb", "\"a\""}) {
        Network network             = good();
        network.populations[0].name = bad;
        expect_fault(network, "name", "/populations/0/name");
    }
    Network network             = good();
    network.populations[1].name = "in";
    expect_fault(network, "duplicate-name", "/populations/1/name", "'in'");
    network = good();
    network.projections.push_back(network.projections[0]);
    expect_fault(network, "duplicate-name", "/projections/1/name");
}

TEST(CheckErrors, Shapes) {
    for (const std::vector<std::uint32_t>& bad :
         {std::vector<std::uint32_t>{}, std::vector<std::uint32_t>{3, 0}}) {
        Network network              = good();
        network.populations[1].shape = bad;
        expect_fault(network, "shape", "/populations/1/shape");
    }
}

TEST(CheckErrors, HugeSizesAreRefusedAndNeverOverflow) {
    for (const std::vector<std::uint32_t>& huge :
         {std::vector<std::uint32_t>{1U << 24}, std::vector<std::uint32_t>(9, 0xFFFFFFFF)}) {
        Network network              = good();
        network.populations[1].shape = huge;
        expect_fault(network, "too-large", "/populations", "16777216");
    }
}

TEST(CheckErrors, ModelsAndParameters) {
    Network network                   = good();
    network.populations[1].model.name = "cuba_lff";
    expect_fault(network, "unknown-model", "/populations/1/model", "did you mean 'cuba_lif'?");
    expect_parameter_fault("tua", 1.0, "unknown-parameter", "did you mean 'tau'?");
    network                                          = good();
    network.populations[1].model.parameters["a/b~c"] = 1.0;
    expect_fault(network, "unknown-parameter", "/populations/1/parameters/a~1b~0c");
}

TEST(CheckErrors, MissingParameter) {
    Network network = good();
    network.populations[1].model.parameters.clear();
    expect_fault(network, "missing-parameter", "/populations/1/parameters", "'tau'");
}

TEST(CheckErrors, ParameterValues) {
    expect_parameter_fault("tau", nan, "not-finite");
    expect_parameter_fault("tau", -1.0, "range");
    expect_parameter_fault("refractory", 1.5, "range", "an integer");
    expect_parameter_fault("r", array_of({1, 2}), "length", "2 elements where 4");
    expect_parameter_fault("r", Array{}, "length");
    expect_parameter_fault("r", array_of({1, nan, nan, 1}), "not-finite", "1 more", "/1");
    expect_parameter_fault("tau", array_of({1, 1, 1, 0}), "range", "", "/3");
    expect_parameter_fault("v_init", Normal{nan, 1}, "not-finite");
    expect_parameter_fault("v_init", Normal{0, -1}, "distribution");
    expect_parameter_fault("v_init", Normal{0, 1, 2, 1}, "distribution");
    expect_parameter_fault("v_init", Normal{0, 1, 50, 60}, "distribution", "1/1000");
    expect_parameter_fault("v_init", Normal{0, 0, 1, 2}, "distribution");
    expect_parameter_fault("tau", Normal{1, 0.1}, "range");
    expect_parameter_fault("v_init", Uniform{0, nan}, "not-finite");
    expect_parameter_fault("v_init", Uniform{2, 1}, "distribution");
    expect_parameter_fault("refractory", Uniform{1.2, 1.8}, "distribution");
    expect_parameter_fault("tau", Uniform{-1, 1}, "range");
}

TEST(CheckErrors, Ends) {
    Network network             = good();
    network.projections[0].post = {9};
    expect_fault(network, "unknown-population", "/projections/0/post");
    network                     = good();
    network.projections[0].post = {0};
    expect_fault(network, "source-target", "/projections/0/post", "'in'");
}

TEST(CheckErrors, Delays) {
    for (const double bad : {0.0, -1.0, 1.5, 65536.0}) {
        Network network               = good();
        network.projections[0].delays = bad;
        expect_fault(network, "delay", "/projections/0/delays");
    }
    Network network               = good();
    network.projections[0].delays = array_of({1, 2, 3, 0});
    expect_fault(network, "delay", "/projections/0/delays/3");
    network.projections[0].delays = Uniform{0, 5};
    expect_fault(network, "delay", "/projections/0/delays");
    network.projections[0].delays = Normal{5, 1};
    expect_fault(network, "delay", "/projections/0/delays");
}

TEST(CheckErrors, Weights) {
    expect_fault(pair({2}, {2}, Dense{}, array_of({1, 2, 3})), "length", "/projections/0/weights",
                 "3 elements where 4");
    expect_fault(pair({2}, {2}, Dense{}, array_of({1, 2, nan, 3})), "not-finite",
                 "/projections/0/weights/2");
    expect_fault(pair({2}, {2}, AllToAll{}, array_of({1, 2, 3, 4})), "length",
                 "/projections/0/weights");
    expect_fault(pair({1, 2, 2}, {1, 1, 1}, Pool2d{2, 2, 2, 2, 0, 0}, Uniform{0, 1}),
                 "distribution", "/projections/0/weights");
}

TEST(CheckErrors, SparseIndices) {
    expect_fault(pair({2}, {3}, Sparse{indices({0, 2}), indices({0, 0})}), "index",
                 "/projections/0/connector/pre/1", "neuron 2");
    expect_fault(pair({2}, {3}, Sparse{indices({0}), indices({3})}), "index",
                 "/projections/0/connector/post/0");
    expect_connector_fault(pair({2}, {3}, Sparse{indices({0}), indices({})}), "differ in length");
    expect_connector_fault(pair({2}, {3}, Sparse{}), "differ in length");
}

TEST(CheckErrors, Connectors) {
    expect_connector_fault(pair({2}, {3}, OneToOne{}), "equal sizes");
    expect_connector_fault(pair({2}, {3}, FixedProbability{1.5, true}), "0 to 1");
    expect_connector_fault(pair({2}, {3}, FixedProbability{nan, true}), "0 to 1");
    expect_connector_fault(pair({2}, {3}, FixedOutdegree{0xFFFFFFFF, true}), "limit");
    expect_connector_fault(pair({2}, {3}, FixedTotalNumber{~std::uint64_t{0}}), "limit");
    expect_connector_fault(pair({4}, {4}, Conv2d{}), "[channels, height, width]");
    expect_connector_fault(pair({4}, {4}, Pool2d{}), "[channels, height, width]");
    expect_connector_fault(pair({1, 4, 4}, {1, 4, 4}, Pool2d{2, 2, 0, 1, 0, 0}), "stride");
    expect_connector_fault(pair({1, 4, 4}, {1, 4, 4}, Pool2d{2, 2, 2, 2, 0, 0}), "[1, 2, 2]");
    expect_connector_fault(pair({3, 4, 4}, {2, 4, 4}, Conv2d{1, 1, 2, 1, 1, 0, 0, 0, 0, 1, 1, 2}),
                           "groups");
    expect_connector_fault(
        pair({1, 4, 4}, {1, 4, 4}, Conv2d{4097, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1}), "4096");
    expect_connector_fault(pair({1, 4, 4}, {1, 4, 4}, Pool2d{1, 1, 1, 1, 4097, 0}), "padding");
    expect_connector_fault(pair({1, 4, 4}, {1, 4, 4}, Conv2d{1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0}),
                           "groups");
    expect_connector_fault(pair({1, 2, 2}, {1, 1, 1}, Conv2d{3, 3, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1}),
                           "[1, 0, 0]");
    Network lonely            = pair({1}, {1}, FixedOutdegree{1, false});
    lonely.projections[0].pre = {1};
    expect_connector_fault(lonely, "no target");
}

TEST(CheckErrors, TooManySynapses) {
    Network network = pair({1U << 22}, {1U << 22}, AllToAll{});
    expect_fault(network, "too-many-synapses", "/projections/0");
}

Network plastic(const std::string& changed, double value) {
    Network network = pair({4}, {4}, OneToOne{});
    Plasticity rule{"stdp_pair",
                    {{"tau_plus", 0.02},
                     {"tau_minus", 0.02},
                     {"a_plus", 0.1},
                     {"a_minus", 0.1},
                     {"w_min", 0},
                     {"w_max", 1}}};
    if (!changed.empty()) rule.parameters[changed] = value;
    network.projections[0].plasticity = rule;
    return network;
}

TEST(CheckErrors, Plasticity) {
    const std::string where = "/projections/0/plasticity";
    EXPECT_TRUE(check(plastic("", 0)));
    expect_fault(plastic("tau_pluss", 1), "unknown-parameter", where + "/parameters/tau_pluss",
                 "did you mean 'tau_plus'?");
    expect_fault(plastic("tau_plus", 0), "range", where + "/parameters/tau_plus");
    expect_fault(plastic("a_plus", nan), "not-finite", where + "/parameters/a_plus");
    expect_fault(plastic("w_min", 2), "plasticity", where + "/parameters/w_min", "above w_max");
    Network network = plastic("", 0);
    network.projections[0].plasticity->parameters.erase("a_minus");
    expect_fault(network, "missing-parameter", where + "/parameters", "'a_minus'");
    network                                 = plastic("", 0);
    network.projections[0].plasticity->rule = "stdp";
    expect_fault(network, "unknown-rule", where + "/rule");
    network                           = plastic("", 0);
    network.populations[1].model.name = "li";
    expect_fault(network, "plasticity", where, "does not spike");
}

TEST(CheckErrors, SharedWeightsCannotLearn) {
    Network network                   = pair({1, 2, 2}, {1, 2, 2}, Conv2d{});
    network.projections[0].weights    = array_of({1});
    network.projections[0].plasticity = plastic("", 0).projections[0].plasticity;
    expect_fault(network, "plasticity", "/projections/0/plasticity", "shared");
}

TEST(CheckErrors, AllFaultsAreCollected) {
    Network network                                = good();
    network.dt                                     = -1;
    network.populations[1].model.parameters["tau"] = nan;
    network.populations[1].model.parameters["xyz"] = 1.0;
    network.projections[0].delays                  = 0.0;
    const auto result                              = check(network);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().size(), 4U) << to_string(result.error());
}

}  // namespace
}  // namespace spikeloom::ir
