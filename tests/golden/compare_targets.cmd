compare @golden@/small.json --targets golden,emulator --input @golden@/spikes.csv --ticks 12
