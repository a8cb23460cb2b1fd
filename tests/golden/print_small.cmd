convert @golden@/small.json -o -
