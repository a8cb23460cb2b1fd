// SPDX-License-Identifier: Apache-2.0
/// Speed, memory and load time of the Loihi-like chip, in CPU time of this process.
///   loihi_speed [dvs|large] [TICKS [DEVICE]...]
/// dvs: the published DVS-gesture shape (18,678 neurons, 3,564,441 synapses) with random weights.
/// large: 100,000 neurons with 100 synapses each into their neighbourhood, on 32 x 16 routers.
#include "backends/loihi/chip_model.hpp"
#include "backends/loihi/device.hpp"
#include "backends/loihi/target.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "support/keyed_rng.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

using namespace spikeloom;

namespace {

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double peak_gigabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1e6;
}

ir::Array normal_array(std::size_t count, double mean, double deviation, std::uint64_t id) {
    KeyedSequence random{7, Stream::weight, id};
    std::vector<double> values(count);
    for (double& v : values)
        v = std::round(mean + deviation * random.normal());
    return std::make_shared<const std::vector<double>>(std::move(values));
}

ir::Population layer(std::string name, std::vector<std::uint32_t> shape, double threshold) {
    ir::Population p;
    p.name             = std::move(name);
    p.shape            = std::move(shape);
    p.model.name       = "lif";
    p.model.parameters = {{"tau", 4.096}, {"r", 4096.0}, {"v_threshold", threshold}};
    return p;
}

/// Thresholds and shapes of SANA-FE's snn/dvs.yaml; 294 inputs have a bias.
ir::Network dvs_network(double gain) {
    ir::Network n;
    n.name = "dvs", n.dt = 1e-3, n.reset = "value", n.seed = 1;
    n.populations = {layer("input", {1, 32, 32}, 255),  layer("conv1", {16, 15, 15}, 420),
                     layer("conv2", {32, 13, 13}, 351), layer("conv3", {64, 11, 11}, 276),
                     layer("conv4", {11, 9, 9}, 371),   layer("out", {11}, 341)};
    std::vector<double> bias(1024, 0.0);
    for (std::size_t k = 0; k < 294; ++k)
        bias[keyed_bits(3, Stream::test, k, 0) % 1024] = 20 + 4 * static_cast<double>(k % 32);
    n.populations[0].model.parameters["bias"] =
        std::make_shared<const std::vector<double>>(std::move(bias));
    const std::uint32_t channels[]{1, 16, 32, 64, 11};
    for (std::uint32_t k = 0; k < 5; ++k) {
        ir::Projection p;
        p.name = fmt::format("p{}", k), p.pre = PopulationId{k}, p.post = PopulationId{k + 1};
        if (k < 4) {
            ir::Conv2d conv;
            conv.kernel_y = conv.kernel_x = 3;
            conv.stride_y = conv.stride_x = k == 0 ? 2 : 1;
            conv.out_channels             = channels[k + 1];
            p.connector                   = conv;
            const double fan_in           = 9.0 * channels[k];
            p.weights = normal_array(std::size_t{9} * channels[k] * channels[k + 1],
                                     gain * 150 / std::sqrt(fan_in), 60, k);
        } else {
            p.connector = ir::Dense{};
            p.weights   = normal_array(891 * 11, 4, 40, k);
        }
        n.projections.push_back(std::move(p));
    }
    return n;
}

/// Every neuron reaches 100 random ones among the 1000 around it; each tenth is driven by a bias.
ir::Network large_network() {
    constexpr std::uint32_t neurons = 100'000, fan_out = 100, reach = 1000;
    ir::Network n;
    n.name = "large", n.dt = 1e-3, n.reset = "value", n.seed = 1;
    n.populations = {layer("n", {neurons}, 200)};
    std::vector<double> bias(neurons, 0.0);
    for (std::uint32_t k = 0; k < neurons; k += 10)
        bias[k] = 10;
    n.populations[0].model.parameters["bias"] =
        std::make_shared<const std::vector<double>>(std::move(bias));
    std::vector<std::uint32_t> pre, post;
    pre.reserve(std::size_t{neurons} * fan_out), post.reserve(std::size_t{neurons} * fan_out);
    for (std::uint32_t k = 0; k < neurons; ++k) {
        KeyedSequence random{1, Stream::connectivity, k};
        for (std::uint32_t s = 0; s < fan_out; ++s) {
            pre.push_back(k);
            post.push_back(static_cast<std::uint32_t>(
                (k + neurons - reach / 2 + random.below(reach)) % neurons));
        }
    }
    ir::Projection p;
    p.name      = "p";
    p.connector = ir::Sparse{std::make_shared<const std::vector<std::uint32_t>>(std::move(pre)),
                             std::make_shared<const std::vector<std::uint32_t>>(std::move(post))};
    p.weights   = ir::Uniform{-40, 44};
    n.projections.push_back(std::move(p));
    return n;
}

template <class T>
T must(tl::expected<T, Diagnostic> result) {
    if (result) return std::move(*result);
    fmt::print(stderr, "{}\n", to_string(result.error()));
    std::exit(1);
}

void run(const hw::HardwareImage& image, const std::string& name, std::uint64_t ticks) {
    const double start = cpu_seconds();
    auto device        = must(backends::loihi::open_device(name));
    if (const auto done = device->load(image); !done) {
        fmt::print(stderr, "{}\n", to_string(done.error()));
        std::exit(1);
    }
    const double loaded = cpu_seconds();
    if (!device->advance(ticks)) std::exit(1);
    const double seconds = cpu_seconds() - loaded;
    const auto activity  = must(device->activity());
    const auto count = [&](const char* key) { return static_cast<double>(activity.at(key).value); };
    const double events = count("synaptic_events");
    const double time   = count("time_total") * 1e-12 / static_cast<double>(ticks);
    fmt::print(
        "{:9} load {:5.2f} s; {} ticks in {:6.2f} s: {:7.2f} M synaptic events/s; {:.0f} spikes, "
        "{:.0f} events, {:.0f} messages; {:.2f} us a tick of the chip\n",
        name, loaded - start, ticks, seconds, events / seconds * 1e-6, count("spikes"), events,
        count("messages_out"), time * 1e6);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string which   = argc > 1 ? argv[1] : "dvs";
    const std::uint64_t ticks = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 128;
    const char* gain          = std::getenv("LOIHI_SPEED_GAIN");
    const ir::Network network =
        which == "large" ? large_network() : dvs_network(gain == nullptr ? 1 : std::atof(gain));
    compiler::CompileOptions options;
    if (which == "large") options.sets = {{"topology.columns", "32"}, {"topology.rows", "16"}};
    const double start = cpu_seconds();
    const auto output  = compiler::compile(network, backends::loihi::target(), options);
    if (!output) {
        fmt::print(stderr, "{}\n", to_string(output.error()));
        return 1;
    }
    fmt::print("compile {:.2f} s, {} cores, peak {:.2f} GB\n", cpu_seconds() - start,
               output->image.cores.size(), peak_gigabytes());
    const auto tables = must(backends::loihi::core_tables(output->image));
    const auto model  = must(backends::loihi::ChipModel::make(
         tables, must(backends::loihi::chip_table(output->image)), 1));
    fmt::print("running model: {} synapses, {:.2f} bytes a synapse, all state included\n",
               model.synapses(),
               static_cast<double>(model.bytes()) / static_cast<double>(model.synapses()));
    std::vector<std::string> devices{"analytic", "event", "cycle"};
    if (argc > 3) devices.assign(argv + 3, argv + argc);
    for (const std::string& device : devices)
        run(output->image, device, ticks);
    fmt::print("peak {:.2f} GB\n", peak_gigabytes());
    return 0;
}
