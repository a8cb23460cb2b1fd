// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::mapping {
namespace {

constexpr double pitch  = 56;  ///< between core centres, in SVG units
constexpr double edge   = 40;  ///< of a core's square
constexpr double margin = 24;
constexpr double title  = 44;  ///< height of the text above

double centre_x(Position p) {
    return margin + pitch * (p.x + 0.5);
}
double centre_y(Position p) {
    return title + margin + pitch * (p.y + 0.5);
}

/// From pale (empty) over amber to red (full).
std::string load_colour(double share) {
    const double s     = std::clamp(share, 0.0, 1.0);
    const auto channel = [](double from, double to, double at) {
        return static_cast<int>(std::lround(from + (to - from) * at));
    };
    return fmt::format("rgb({},{},{})", channel(247, 197, s), channel(240, 48, s),
                       channel(215, 40, s));
}

/// Both directions of a link side by side, as wide as the square root of their share.
void draw_links(const std::vector<LinkLoad>& loads, std::string& svg) {
    std::int64_t most = 1;
    for (const LinkLoad& load : loads)
        most = std::max(most, load.spikes);
    for (const LinkLoad& load : loads) {
        const double share =
            std::sqrt(static_cast<double>(load.spikes) / static_cast<double>(most));
        const double dx      = double(load.to.x) - double(load.from.x);
        const double dy      = double(load.to.y) - double(load.from.y);
        const double aside_x = -dy * 5, aside_y = dx * 5;
        svg += fmt::format(
            "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#31708f\" "
            "stroke-width=\"{:.1f}\" stroke-opacity=\"{:.2f}\"><title>{} spikes</title></line>\n",
            centre_x(load.from) + aside_x, centre_y(load.from) + aside_y,
            centre_x(load.to) + aside_x, centre_y(load.to) + aside_y, 0.5 + 8 * share,
            0.25 + 0.65 * share, load.spikes);
    }
}

void draw_empty_nodes(const Mesh& mesh, std::string& svg) {
    for (std::uint32_t y = 0; y < mesh.height; ++y)
        for (std::uint32_t x = 0; x < mesh.width; ++x)
            svg += fmt::format(
                "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" rx=\"4\" fill=\"#fff\" "
                "stroke=\"#ccc\"/>\n",
                centre_x({x, y}) - edge / 2, centre_y({x, y}) - edge / 2, edge, edge);
}

void draw_core(std::uint32_t core, Position at, double share, std::string& svg) {
    svg += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" rx=\"4\" fill=\"{}\" "
        "stroke=\"#555\"/>\n<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" class=\"load\">{:.0f} %</text>\n",
        centre_x(at) - edge / 2, centre_y(at) - edge / 2, edge, edge, load_colour(share),
        centre_x(at), centre_y(at) - 2, core, centre_x(at), centre_y(at) + 11, 100 * share);
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
    return out;
}

}  // namespace

std::string floorplan_svg(const Mapping& mapping, const CoreTraffic& traffic) {
    const MappingReport& report = mapping.report;
    const Mesh& mesh            = mapping.placement.mesh;
    const double width          = 2 * margin + pitch * mesh.width;
    const double height         = title + 2 * margin + pitch * mesh.height;
    std::string svg             = fmt::format(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
                                "width=\"{0:.0f}\" height=\"{1:.0f}\" font-family=\"sans-serif\" font-size=\"11\">\n"
                                "<style>.load{{font-size:9px}}</style>\n"
                                "<rect width=\"100%\" height=\"100%\" fill=\"#fdfdfb\"/>\n"
                                "<text x=\"{2:.0f}\" y=\"20\" font-size=\"13\">{3}: {4} cores</text>\n"
                                "<text x=\"{2:.0f}\" y=\"38\">colour: {5}; links: spikes, most {6}</text>\n",
                    std::max(width, 420.0), height, margin, escaped(report.network), report.cores,
                    escaped(report.binding), [&] {
            std::int64_t most = 0;
            for (const LinkLoad& load : link_loads(traffic, mapping.placement))
                most = std::max(most, load.spikes);
            return most;
        }());
    draw_empty_nodes(mesh, svg);
    draw_links(link_loads(traffic, mapping.placement), svg);
    const auto binding =
        std::find_if(report.resources.begin(), report.resources.end(),
                     [&](const ResourceUse& resource) { return resource.name == report.binding; });
    for (std::uint32_t core = 0; core < mapping.placement.of.size(); ++core) {
        const double share =
            binding == report.resources.end()
                ? 0.0
                : static_cast<double>(binding->used[core]) / static_cast<double>(*binding->limit);
        draw_core(core, mapping.placement.of[core], share, svg);
    }
    return svg + "</svg>\n";
}

}  // namespace spikeloom::mapping
