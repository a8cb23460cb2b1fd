    // SPDX-License-Identifier: Apache-2.0
    // A top's parameters handed on to the module inside it.
    .Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords), .SparseRows(SparseRows),
    .ColumnEntries(ColumnEntries), .ParameterSets(ParameterSets), .MembraneWidth(MembraneWidth),
    .CurrentWidth(CurrentWidth), .AccumulatorWidth(AccumulatorWidth), .WeightFraction(WeightFraction),
    .BiasWidth(BiasWidth), .TraceWidth(TraceWidth), .CounterWidth(CounterWidth), .RxBytes(RxBytes),
    .TxBytes(TxBytes), .Window(Window), .TimeoutLog2(TimeoutLog2), .ConfigurationHash(ConfigurationHash)
