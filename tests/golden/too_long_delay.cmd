compile @golden@/late.json --target emulator -o none.img
