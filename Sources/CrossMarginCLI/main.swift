// The command line.

print("crossmargin")
