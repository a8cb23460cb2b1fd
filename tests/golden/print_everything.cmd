convert @golden@/everything.json -o -
