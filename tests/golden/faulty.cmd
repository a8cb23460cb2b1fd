convert @golden@/faulty.json -o -
