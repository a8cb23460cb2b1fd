// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/html/page.hpp"

#include <string_view>

extern "C" {  // of assets.S
extern const char spikeloom_page_css[], spikeloom_page_css_end[];
extern const char spikeloom_page_html[], spikeloom_page_html_end[];
extern const char spikeloom_page_js[], spikeloom_page_js_end[];
extern const char spikeloom_echarts_js[], spikeloom_echarts_js_end[];
extern const char spikeloom_echarts_license[], spikeloom_echarts_license_end[];
}

namespace spikeloom::runtime {
namespace {

std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

/// JSON as the content of a script element: it must not hold "</" or "<!--".
void put_json(std::string& out, std::string_view json) {
    for (const char c : json)
        if (c == '<')
            out += "\\u003c";
        else
            out += c;
}

void put_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    out += '"';
}

void put_entry(std::string& out, const PageEntry& entry) {
    std::string json = "{\"name\":";
    put_string(json, entry.name);
    json += ",\"report\":" + entry.report;
    if (!entry.raster.empty()) json += ",\"raster\":" + entry.raster;
    if (!entry.comparison.empty()) json += ",\"difference\":" + entry.comparison;
    put_json(out, json + "}");
}

void put_license(std::string& out, std::string_view license) {
    out +=
        "<footer><p>Plots: Apache ECharts, Copyright The Apache Software Foundation, under the "
        "Apache License 2.0; its code is part of this file.</p>"
        "<details><summary>License of Apache ECharts</summary><pre>";
    for (const char c : license) {
        if (c == '<')
            out += "&lt;";
        else if (c == '&')
            out += "&amp;";
        else
            out += c;
    }
    out += "</pre></details></footer>\n";
}

}  // namespace

Result<std::string> html_page(const std::vector<PageEntry>& entries) {
    const auto library = between(spikeloom_echarts_js, spikeloom_echarts_js_end);
    if (library.empty())
        return fault("report.no-plots", "this program was built without its plotting library", {},
                     {"run scripts/install-deps and build again"});
    std::string out =
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
        "<title>Spikeloom report</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n";
    out += between(spikeloom_page_css, spikeloom_page_css_end);
    out += "</style>\n</head>\n<body>\n";
    out += between(spikeloom_page_html, spikeloom_page_html_end);
    put_license(out, between(spikeloom_echarts_license, spikeloom_echarts_license_end));
    out += "<script type=\"application/json\" id=\"data\">[";
    for (std::size_t k = 0; k < entries.size(); ++k) {
        if (k > 0) out += ",\n";
        put_entry(out, entries[k]);
    }
    out += "]</script>\n<script>";
    out += library;
    out += "</script>\n<script>\n";
    out += between(spikeloom_page_js, spikeloom_page_js_end);
    return out + "</script>\n</body>\n</html>\n";
}

}  // namespace spikeloom::runtime
