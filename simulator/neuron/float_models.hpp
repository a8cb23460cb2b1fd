// SPDX-License-Identifier: Apache-2.0
/// Neuron models in float64: what one tick does to one neuron. Pure functions without branches, so
/// that a loop over them vectorises.
///
/// `input` is the sum of everything that arrives in the tick, bias included. The forward Euler step
/// and the exact step (closed form for an input that is constant over the tick) of a first-order
/// equation differ only in the fraction by which a state approaches its target, see approach().
#pragma once

#include <cmath>
#include <cstdint>

namespace spikeloom::neuron {

enum class Integrator : std::uint8_t { euler, exact };
enum class Reset : std::uint8_t { value, subtract };

/// Fraction of the way to its target that a state with time constant `tau` covers in `dt`.
inline double approach(double dt, double tau, Integrator integrator) {
    return integrator == Integrator::euler ? dt / tau : -std::expm1(-dt / tau);
}

/// What is left of a trace n ticks after an event (the exponential itself for either integrator);
/// nothing below 1e-30.
inline double trace_left(double dt, double tau, double ticks) {
    const double left = std::exp(-ticks * dt / tau);
    return left < 1e-30 ? 0.0 : left;
}

/// Threshold and reset, shared by all models that spike.
struct Firing {
    double v_threshold;
    double v_reset;
};

/// Strict threshold test; resets v. Returns the spike.
template <Reset How>
constexpr bool fire(double& v, const Firing& f) {
    const bool spike   = v > f.v_threshold;
    const double after = How == Reset::subtract ? v - f.v_threshold : f.v_reset;
    v                  = spike ? after : v;
    return spike;
}

/// lif, li: tau dv/dt = v_leak - v + r input.
struct Leaky {
    double approach_v;
    double r;
    double v_leak;

    static Leaky make(double dt, double tau, double r, double v_leak, Integrator integrator) {
        return {approach(dt, tau, integrator), r, v_leak};
    }
    [[nodiscard]] constexpr double next_v(double v, double input) const {
        return v + approach_v * (v_leak - v + r * input);
    }
};

/// if, i: dv/dt = r input.
struct Perfect {
    double gain;  ///< dt r

    static Perfect make(double dt, double r) { return {dt * r}; }
    [[nodiscard]] constexpr double next_v(double v, double input) const { return v + gain * input; }
};

/// cuba_lif, cuba_li: tau_syn di/dt = w_in input - i; tau_mem dv/dt = v_leak - v + r i.
/// Euler updates i first and v with the new i. Exact solves both together: with s = w_in input,
/// v gains r (i - s) tau_syn / (tau_syn - tau_mem) (e^(-dt/tau_syn) - e^(-dt/tau_mem)) from the
/// part of the current that decays.
struct CurrentBased {
    double approach_i;
    double w_in;
    double approach_v;
    double r;
    double v_leak;
    double transient;  ///< exact only: factor of r (i - s)

    struct Parameters {
        double tau_syn, tau_mem, r, w_in, v_leak;
    };
    static CurrentBased make(double dt, const Parameters& p, Integrator integrator) {
        return {approach(dt, p.tau_syn, integrator),
                p.w_in,
                approach(dt, p.tau_mem, integrator),
                p.r,
                p.v_leak,
                transient_factor(dt, p.tau_syn, p.tau_mem)};
    }
    [[nodiscard]] constexpr double next_i(double i, double input) const {
        return i + approach_i * (w_in * input - i);
    }
    /// `i` after next_i().
    [[nodiscard]] constexpr double next_v_euler(double v, double i) const {
        return v + approach_v * (v_leak - v + r * i);
    }
    /// `i` before next_i().
    [[nodiscard]] constexpr double next_v_exact(double v, double i, double input) const {
        const double s = w_in * input;
        return v + approach_v * (v_leak - v + r * s) + transient * (r * (i - s));
    }

    /// tau_syn / (tau_syn - tau_mem) (e^(-dt/tau_syn) - e^(-dt/tau_mem)), also for equal time
    /// constants, where it is dt/tau e^(-dt/tau).
    static double transient_factor(double dt, double tau_syn, double tau_mem) {
        const double rate_difference = dt / tau_mem - dt / tau_syn;
        const double at_mem          = std::exp(-dt / tau_mem);
        const double ratio =
            std::abs(rate_difference) < 1e-12 ? 1.0 : std::expm1(rate_difference) / rate_difference;
        return dt / tau_mem * at_mem * ratio;
    }
};

/// Pair STDP on one weight: post spike with pre trace x, pre spike with post trace y.
struct PairRule {
    double a_plus, a_minus, w_min, w_max;

    [[nodiscard]] constexpr double clamped(double w) const {
        return w < w_min ? w_min : (w > w_max ? w_max : w);
    }
    [[nodiscard]] constexpr double potentiate(double w, double x) const {
        return clamped(w + a_plus * x);
    }
    [[nodiscard]] constexpr double depress(double w, double y) const {
        return clamped(w - a_minus * y);
    }
};

}  // namespace spikeloom::neuron
