compile @golden@/small.json --target emulator --chip up5k -o small.img
